//! What identifiers of `--order-by` mean, beside the reference: every field of every element and dataset, with and without
//! its element, for dataset types of several dimensions.

use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::expression::{Binds, IdentifierContext, order_by};
use pantry_registry::query::tree::{DatasetSearch, QueryTree, ResultKind, ResultSpec};
use pantry_testkit::oracle;
use serde_json::{Value, json};

const GROUPS: [&[&str]; 6] = [
    &[],
    &["instrument", "detector"],
    &["visit", "detector"],
    &["exposure"],
    &["patch", "band"],
    &["visit", "exposure", "tract"],
];

/// Reads groups and identifiers, prints for each group what each identifier means; null if it is refused.
const REFERENCE: &str = "
import sys, json
from lsst.daf.butler import DatasetType, DimensionUniverse
from lsst.daf.butler.queries.convert_args import convert_order_by_args
from lsst.daf.butler.queries.result_specs import DatasetRefResultSpec
from lsst.daf.butler.queries.tree import DatasetSearch, make_column_literal, make_identity_query_tree
universe = DimensionUniverse()
groups, identifiers = json.load(sys.stdin)
def meaning(group, identifier):
    try:
        [term] = order_by = convert_order_by_args(group, {'image'}, identifier)
        tree = make_identity_query_tree(universe).join_dataset(
            'image', DatasetSearch.model_construct(collections=('c',), dimensions=group))
        DatasetRefResultSpec(dataset_type_name='image', dimensions=group, storage_class_name='int',
                             find_first=False, order_by=order_by).validate_tree(tree)
        return str(term)
    except Exception as error:
        assert type(error).__name__ in ('InvalidQueryError', 'ValidationError'), repr(error)
        return None
print(json.dumps([[meaning(universe.conform(g), i) for i in identifiers] for g in groups]))";

/// Our meaning.
fn meaning(identifier: &str, dimensions: &DimensionGroup) -> Option<String> {
    let context = IdentifierContext {
        dimensions,
        datasets: &["image".to_owned()],
        binds: &Binds::new(),
    };
    let mut spec = ResultSpec::new(ResultKind::DatasetRef {
        dataset_type_name: "image".to_owned(),
        dimensions: dimensions.clone(),
        storage_class_name: "int".to_owned(),
        include_dimension_records: false,
        find_first: false,
    });
    spec.order_by = order_by(&[identifier.to_owned()], &context).ok()?;
    let search = DatasetSearch {
        collections: vec!["c".to_owned()],
        dimensions: dimensions.clone(),
    };
    let tree = QueryTree::identity(dimensions.universe());
    let tree = tree.join_dataset("image", search).ok()?;
    spec.validate_tree(&tree).ok()?;
    spec.order_by.first().map(ToString::to_string)
}

fn identifiers(universe: &Universe) -> Vec<String> {
    let dataset = ["dataset_id", "ingest_date", "run", "collection", "timespan"];
    let odd = [
        "nosuch",
        "a.b.c.d",
        "visit.nosuch",
        "other.run",
        "timespan.middle",
        "-",
        "--visit",
        "visit.id.begin",
    ];
    let mut all: Vec<String> = dataset
        .iter()
        .chain(&odd)
        .map(|s| (*s).to_owned())
        .collect();
    all.extend(dataset.map(|field| format!("image.{field}")));
    for element in universe.elements().iter().filter(|e| !e.is_skypix()) {
        all.push(element.name.clone());
        for column in universe.record_columns(element) {
            all.push(column.name.clone());
            all.push(format!("{}.{}", element.name, column.name));
        }
    }
    let bounds: Vec<String> = all
        .iter()
        .filter(|name| name.ends_with("timespan"))
        .flat_map(|name| [format!("{name}.begin"), format!("-{name}.end")])
        .collect();
    all.extend(bounds);
    all.extend(["-visit".to_owned(), "-band".to_owned()]);
    all.sort();
    all.dedup();
    all
}

#[test]
fn identifiers_mean_what_they_mean_to_the_reference() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let identifiers = identifiers(&universe);
    let theirs = oracle::ask(REFERENCE, &json!([GROUPS, identifiers]));
    let mut accepted = 0;
    for (group, theirs) in GROUPS.iter().zip(theirs.as_array().unwrap()) {
        let dimensions = DimensionGroup::conform(&universe, *group).unwrap();
        for (identifier, theirs) in identifiers.iter().zip(theirs.as_array().unwrap()) {
            let ours = meaning(identifier, &dimensions).map_or(Value::Null, Value::String);
            assert_eq!(ours, *theirs, "{identifier} for {group:?}");
            accepted += usize::from(!theirs.is_null());
        }
    }
    assert!(accepted > 100, "only {accepted} identifiers were accepted");
}
