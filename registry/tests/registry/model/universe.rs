//! Universes 0 to 8 and our test universe: elements, their dependencies, and groups of random dimensions.

use std::sync::Arc;

use pantry_registry::config::Environment;
use pantry_registry::dimension_config;
use pantry_registry::model::column::Column;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;
use pantry_testkit::oracle;
use serde_json::{Value, json};

/// Describes each universe and, for each, groups of random dimensions (always the same ones).
const ORACLE: &str = "
import sys, json, random, pathlib
import lsst.daf.butler
from lsst.daf.butler import DimensionUniverse, DimensionConfig
folder = pathlib.Path(lsst.daf.butler.__file__).parent / 'configs' / 'old_dimensions'
files = [str(folder / f'daf_butler_universe{v}.yaml') for v in range(9)] + sys.argv[1:]

def column(c):
    return [c.name, c.type, getattr(c, 'length', None), getattr(c, 'nbytes', None) if c.type == 'hash' else None]

def element(e):
    dimension = e.name in e.universe.dimensions
    return {
        'name': e.name,
        'required': list(e.required.names),
        'implied': list(e.implied.names),
        # Regions of sky pixels are computed, not stored.
        'columns': [column(c) for c in (e.schema.dimensions if e.name in e.universe.skypix_dimensions else e.schema.all)],
        'keys': [column(c) for c in e.unique_keys] if dimension else [],
        'spatial': e.spatial.name if e.spatial else None,
        'temporal': e.temporal.name if e.temporal else None,
        'governor': e.governor.name if e.governor else None,
        'has_own_table': e.has_own_table,
        'is_cached': e.is_cached,
        'union': e.implied_union_target.name if e.implied_union_target else None,
        'always_join': e.alwaysJoin,
        'defines_relationships': e.defines_relationships,
        'populated_by': None if dimension or not e.populated_by else e.populated_by.name,
    }

def sorted_sets(simple):
    for e in simple['elements'].values():
        e['requires'], e['implies'] = sorted(e['requires']), sorted(e['implies'])
    return simple

result = []
for file in files:
    u = DimensionUniverse(DimensionConfig(file))
    names = [d.name for d in u.dimensions]
    few = [n for n in names if not n.startswith(('htm', 'healpix'))]
    rng = random.Random(u.version)
    groups = []
    for i in range(150):
        given = rng.sample(few, rng.randint(0, min(6, len(few)))) + rng.sample(names, rng.randint(0, 1))
        g = u.conform(given)
        groups.append({
            'given': given,
            'names': list(g.names),
            'required': list(g.required),
            'implied': list(g.implied),
            'keys': list(g.data_coordinate_keys),
            'elements': list(g.elements),
            'governors': list(g.governors),
            'lookup_order': list(g.lookup_order),
        })
    result.append({
        'file': file,
        'version': u.version,
        'namespace': u.namespace,
        'common': u.commonSkyPix.name,
        'elements': [element(e) for e in u.elements],
        'governors': list(u.governor_dimensions.names),
        'database_elements': [e.name for e in u.database_elements],
        'simple': sorted_sets(json.loads(DimensionConfig(file).to_simple().model_dump_json(by_alias=True))),
        'dimensions': names,
        'groups': groups,
    })
print(json.dumps(result))
";

fn column(column: &Column) -> Value {
    use pantry_registry::model::column::ColumnType::{Hash, String};
    let length = match column.column_type {
        String { length } => Some(length),
        _ => None,
    };
    let nbytes = match column.column_type {
        Hash { nbytes } => Some(nbytes),
        _ => None,
    };
    json!([column.name, column.column_type.name(), length, nbytes])
}

fn element(universe: &Universe, element: &Element) -> Value {
    json!({
        "name": element.name,
        "required": element.required,
        "implied": element.implied,
        "columns": universe.record_columns(element).iter().map(column).collect::<Vec<_>>(),
        "keys": element.keys.iter().map(column).collect::<Vec<_>>(),
        "spatial": element.spatial,
        "temporal": element.temporal,
        "governor": element.governor,
        "has_own_table": element.has_own_table(),
        "is_cached": element.is_cached,
        "union": element.implied_union_target,
        "always_join": element.always_join,
        "defines_relationships": element.defines_relationships(),
        "populated_by": element.populated_by,
    })
}

fn group(universe: &Arc<Universe>, given: &Value) -> Value {
    let names = given
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_str().unwrap());
    let group = DimensionGroup::conform(universe, names).unwrap();
    json!({
        "given": given,
        "names": group.names().collect::<Vec<_>>(),
        "required": group.required().collect::<Vec<_>>(),
        "implied": group.implied().collect::<Vec<_>>(),
        "keys": group.data_coordinate_keys().collect::<Vec<_>>(),
        "elements": group.elements().collect::<Vec<_>>(),
        "governors": group.governors().collect::<Vec<_>>(),
        "lookup_order": group.lookup_order(),
    })
}

fn names<'a>(elements: impl Iterator<Item = &'a Element>) -> Value {
    elements.map(|e| e.name.as_str()).collect()
}

fn with_sorted_sets(mut simple: Value) -> Value {
    for element in simple["elements"].as_object_mut().unwrap().values_mut() {
        for set in ["requires", "implies"] {
            let names = element[set].as_array_mut().unwrap();
            names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        }
    }
    simple
}

#[test]
fn universes_and_groups_agree() {
    let custom = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/registry/schema/custom_universe.yaml"
    );
    let reference = oracle::json(ORACLE, [custom]);
    let reference = reference.as_array().unwrap();
    assert_eq!(reference.len(), 10);
    for theirs in reference {
        let file = theirs["file"].as_str();
        let json = dimension_config(file, &Environment::from_process()).unwrap();
        let universe = Universe::from_json(&json).unwrap();
        let label = format!("universe {}", theirs["version"]);
        assert_eq!(json!(universe.version()), theirs["version"], "{label}");
        assert_eq!(universe.namespace(), theirs["namespace"], "{label}");
        assert_eq!(universe.common_skypix(), theirs["common"], "{label}");
        assert_eq!(
            names(universe.dimensions()),
            theirs["dimensions"],
            "{label}"
        );
        assert_eq!(names(universe.governors()), theirs["governors"], "{label}");
        assert_eq!(
            names(universe.database_elements()),
            theirs["database_elements"],
            "{label}"
        );
        assert_eq!(
            with_sorted_sets(universe.to_simple()),
            theirs["simple"],
            "{label}"
        );
        let elements = theirs["elements"].as_array().unwrap();
        assert_eq!(universe.elements().len(), elements.len(), "{label}");
        for (ours, expected) in universe.elements().iter().zip(elements) {
            assert_eq!(&element(&universe, ours), expected, "{label}");
        }
        let groups = theirs["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 150);
        for expected in groups {
            assert_eq!(&group(&universe, &expected["given"]), expected, "{label}");
        }
    }
}

/// The universe that new repos get says what the reference's says, prose apart.
#[test]
fn the_default_universe_is_that_of_the_reference() {
    let code = "
import json
from lsst.daf.butler import DimensionConfig
def without_prose(tree):
    if isinstance(tree, dict):
        return {k: without_prose(v) for k, v in tree.items() if k != 'doc'}
    return [without_prose(v) for v in tree] if isinstance(tree, list) else tree
print(json.dumps(without_prose(DimensionConfig().toDict())))
";
    fn without_prose(tree: &Value) -> Value {
        match tree {
            Value::Object(map) => map
                .iter()
                .filter(|(key, _)| *key != "doc")
                .map(|(key, value)| (key.clone(), without_prose(value)))
                .collect(),
            Value::Array(list) => list.iter().map(without_prose).collect(),
            other => other.clone(),
        }
    }
    let ours: Value = serde_json::from_str(Universe::default_json()).unwrap();
    assert_eq!(without_prose(&ours), oracle::json(code, [""; 0]));
}
