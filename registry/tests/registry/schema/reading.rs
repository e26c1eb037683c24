//! Collections, chains, summaries and dataset types of a repo that the reference filled.

use pantry_registry::Registry;
use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
use pantry_registry::database::Access;
use pantry_testkit::oracle;
use serde_json::{Value, json};

use super::place::Place;

const FILL: &str = "
import sys
from lsst.daf.butler import Butler, CollectionType
with Butler.from_config(sys.argv[1], writeable=True) as butler:
    c = butler.collections
    c.register('tagged/one', CollectionType.TAGGED, doc='some of them')
    c.register('Empty', CollectionType.RUN)
    c.register('chain', CollectionType.CHAINED, doc='all')
    c.register('inner', CollectionType.CHAINED)
    c.register('hollow', CollectionType.CHAINED)
    c.redefine_chain('inner', ['tagged/one', 'imported_r'])
    c.redefine_chain('chain', ['imported_g', 'inner', 'hollow'])
    refs = butler.registry.queryDatasets('bias', collections='imported_g')
    butler.registry.associate('tagged/one', refs)
";

const READ: &str = "
import sys, json
from lsst.daf.butler import Butler, CollectionType
butler = Butler.from_config(sys.argv[1])
r = butler.registry
collections, chains, summaries = [], {}, {}
for name in sorted(r.queryCollections()):
    kind = r.getCollectionType(name)
    collections.append([name, kind.name, r.getCollectionDocumentation(name)])
    if kind is CollectionType.CHAINED:
        if children := list(r.getCollectionChain(name)):
            chains[name] = children
        continue
    s = r.getCollectionSummary(name)
    if s.dataset_types:
        summaries[name] = [sorted(t.name for t in s.dataset_types),
                           {g: sorted(v) for g, v in sorted(s.governors.items())}]
types = [[t.name, list(t.dimensions.names), t.storageClass_name, t.isCalibration()]
         for t in sorted(r.queryDatasetTypes(), key=lambda t: t.name)]
print(json.dumps([collections, chains, summaries, types]))
";

fn read(registry: &mut Registry) -> Value {
    let collections = registry.collections().unwrap();
    let collections: Vec<_> = collections
        .iter()
        .map(|c| json!([c.name, c.collection_type.name(), c.doc]))
        .collect();
    let summaries = registry.collection_summaries().unwrap();
    let summaries: serde_json::Map<String, Value> = summaries
        .into_iter()
        .map(|(name, s)| (name, json!([s.dataset_types, s.governors])))
        .collect();
    let types = registry.dataset_types().unwrap();
    let types: Vec<_> = types
        .iter()
        .map(|record| &record.dataset_type)
        .map(|t| {
            let dimensions: Vec<_> = t.dimensions.names().collect();
            json!([t.name, dimensions, t.storage_class, t.is_calibration])
        })
        .collect();
    let chains = registry.collection_chains().unwrap();
    json!([collections, chains, summaries, types])
}

#[test]
fn what_the_reference_wrote_is_read() {
    let by_name = "  managers:\n    \
                   collections: lsst.daf.butler.registry.collections.nameKey.NameKeyCollectionManager\n";
    let places = [
        (Place::sqlite(), ""),
        (Place::postgresql(), ""),
        (Place::sqlite(), by_name),
        (Place::postgresql(), by_name),
    ];
    for (place, managers) in places {
        place.create_theirs(managers, &[]);
        oracle::load(&place.theirs(), ["base.yaml", "datasets.yaml"]);
        oracle::eval(FILL, [place.theirs()]);
        let expected = oracle::json(READ, [place.theirs()]);
        assert_eq!(expected[0].as_array().unwrap().len(), 7);
        assert_eq!(expected[2]["imported_g"][1]["instrument"], json!(["Cam1"]));
        let environment = Environment::from_process();
        let repo = place.theirs().display().to_string();
        let config = ButlerConfig::load(&repo, &[], &environment).unwrap();
        let config = RegistryConfig::of(&config, &environment).unwrap();
        let mut registry = Registry::open(&config, &environment, Access::ReadOnly).unwrap();
        assert_eq!(read(&mut registry), expected);
        // All in one snapshot as well.
        registry.connection().begin_read().unwrap();
        assert_eq!(read(&mut registry), expected);
        registry.connection().rollback().unwrap();
    }
}
