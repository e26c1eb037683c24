//! Tables and rows that dataset types bring.

use pantry_registry::config::Environment;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::schema::managers::Managers;
use pantry_registry::{Registry, RegistryError, dimension_config};
use pantry_testkit::compare::{assert_same_rows, assert_same_schema};
use pantry_testkit::oracle;

use super::place::Place;

/// Name, dimensions, storage class, calibration: groups shared and not, with and without calibrations, in an order that
/// makes a table of calibrations come later than that of tags.
const TYPES: &[(&str, &[&str], &str, bool)] = &[
    ("nothing", &[], "StructuredDataDict", false),
    ("flat_plain", &["instrument", "detector"], "Exposure", false),
    ("bias", &["instrument", "detector"], "ExposureF", true),
    (
        "flat",
        &["instrument", "detector", "physical_filter"],
        "ExposureF",
        true,
    ),
    ("camera", &["instrument"], "Camera", true),
    ("raw", &["exposure", "detector"], "Exposure", false),
    ("calexp", &["visit", "detector"], "ExposureF", false),
    ("warp", &["visit", "tract", "patch"], "ExposureF", false),
    ("coadd", &["tract", "patch", "band"], "ExposureF", false),
    ("skyMap", &["skymap"], "SkyMap", false),
    ("refcat", &["htm7"], "SimpleCatalog", false),
    ("hips", &["healpix9", "band"], "ExposureF", false),
    ("defects", &["instrument", "detector"], "Defects", true),
    ("gaia", &["htm7"], "ArrowTable", false),
];

const REGISTER: &str = "
import sys, json
from lsst.daf.butler import Butler, DatasetType, CollectionType
with Butler.from_config(sys.argv[1], writeable=True) as butler:
    for name, dimensions, storage_class, is_calibration in json.loads(sys.argv[2]):
        butler.registry.registerDatasetType(
            DatasetType(name, dimensions, storage_class, universe=butler.dimensions, isCalibration=is_calibration))
    c = butler.collections
    c.register('run/a', CollectionType.RUN, doc='first')
    c.register('run/b', CollectionType.RUN)
    c.register('tag', CollectionType.TAGGED, doc='é')
    c.register('calib', CollectionType.CALIBRATION)
    c.register('inner', CollectionType.CHAINED)
    c.register('all', CollectionType.CHAINED, doc='everything')
    c.redefine_chain('inner', ['run/b', 'tag'])
    c.redefine_chain('all', ['run/a', 'inner'])
    c.redefine_chain('all', ['calib', 'inner', 'run/a', 'calib'])
";

fn dataset_type(registry: &Registry, row: &(&str, &[&str], &str, bool)) -> DatasetType {
    DatasetType {
        name: row.0.to_owned(),
        dimensions: DimensionGroup::conform(registry.universe(), row.1).unwrap(),
        storage_class: row.2.to_owned(),
        parent_storage_class: None,
        is_calibration: row.3,
    }
}

fn fill(registry: &mut Registry) -> Result<(), RegistryError> {
    registry.write(|registry| {
        registry.ensure_file_records("file_datastore_records")?;
        for row in TYPES {
            let wanted = dataset_type(registry, row);
            let (record, new) = registry.register_dataset_type(&wanted)?;
            assert!(new);
            assert_eq!(record.dataset_type, wanted);
        }
        let chain = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let collections = [
            ("run/a", CollectionType::Run, Some("first")),
            ("run/b", CollectionType::Run, None),
            ("tag", CollectionType::Tagged, Some("é")),
            ("calib", CollectionType::Calibration, None),
            ("inner", CollectionType::Chained, None),
            ("all", CollectionType::Chained, Some("everything")),
        ];
        for (name, collection_type, doc) in collections {
            assert!(registry.register_collection(name, collection_type, doc)?.1);
        }
        registry.set_collection_chain("inner", &chain(&["run/b", "tag"]))?;
        registry.set_collection_chain("all", &chain(&["run/a", "inner"]))?;
        let new = chain(&["calib", "inner", "run/a", "calib"]);
        let before = registry.set_collection_chain("all", &new)?;
        assert_eq!(before, chain(&["run/a", "inner"]));
        Ok(())
    })
}

#[test]
fn dataset_types_and_collections_leave_the_same_tables_and_rows() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_theirs("", &[]);
        let types = serde_json::to_string(TYPES).unwrap();
        oracle::eval(REGISTER, [place.theirs().to_str().unwrap(), &types]);
        place.create_ours(Managers::default(), &universe).unwrap();
        fill(&mut place.open_ours()).unwrap();
        let mut options = place.options();
        assert_same_schema(place.theirs(), place.ours(), &options);
        options.push("--keep-ids");
        assert_same_rows(place.theirs(), place.ours(), &options);
    }
}

#[test]
fn what_is_there_already_is_found_or_conflicts() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_ours(Managers::default(), &universe).unwrap();
        let mut registry = place.open_ours();
        fill(&mut registry).unwrap();
        let row = &TYPES[2];
        let wanted = dataset_type(&registry, row);
        let (_, new) = registry
            .write(|r| r.register_dataset_type(&wanted))
            .unwrap();
        assert!(!new);
        let others = [
            ("bias", row.1, "Exposure", true),
            ("bias", row.1, row.2, false),
            ("bias", &["instrument"][..], row.2, true),
        ];
        for other in &others {
            let other = dataset_type(&registry, other);
            let error = registry
                .write(|r| r.register_dataset_type(&other))
                .unwrap_err();
            let text = error.to_string();
            assert!(matches!(error, RegistryError::Conflict { .. }), "{text}");
            assert!(
                text.contains("'bias' exists as {instrument, detector}, ExposureF, a calibration"),
                "{text}"
            );
        }
        let run = |r: &mut Registry| r.register_collection("run/a", CollectionType::Run, Some("x"));
        let (found, new) = registry.write(run).unwrap();
        assert!(!new);
        assert_eq!(found.doc.as_deref(), Some("first"));
        let tag = |r: &mut Registry| r.register_collection("run/a", CollectionType::Tagged, None);
        let error = registry.write(tag).unwrap_err();
        assert!(matches!(error, RegistryError::Conflict { .. }), "{error}");
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let cycle = |r: &mut Registry| r.set_collection_chain("inner", &names(&["run/a", "all"]));
        let error = registry.write(cycle).unwrap_err();
        assert!(error.to_string().contains("cycle"), "{error}");
        let missing = |r: &mut Registry| r.set_collection_chain("inner", &names(&["nowhere"]));
        let error = registry.write(missing).unwrap_err();
        assert!(matches!(error, RegistryError::Missing { .. }), "{error}");
        let chains = registry.collection_chains().unwrap();
        assert_eq!(chains["inner"], ["run/b", "tag"]);
        assert_eq!(chains["all"], ["calib", "inner", "run/a"]);
    }
}

#[test]
fn a_failed_transaction_leaves_no_tables() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_ours(Managers::default(), &universe).unwrap();
        let mut registry = place.open_ours();
        let before = registry.connection().table_names().unwrap();
        let result = registry.write(|registry| {
            for row in TYPES {
                registry.register_dataset_type(&dataset_type(registry, row))?;
            }
            registry.set_collection_chain("nowhere", &[])
        });
        assert!(matches!(result, Err(RegistryError::Missing { .. })));
        assert_eq!(registry.connection().table_names().unwrap(), before);
        assert!(registry.dataset_types().unwrap().is_empty());
    }
}

/// Registers all types, each in its own transaction, forwards or backwards; returns how many were new.
fn register_one_by_one(place: &Place, backwards: bool) -> usize {
    let mut registry = place.open_ours();
    let mut rows: Vec<_> = TYPES.iter().collect();
    if backwards {
        rows.reverse();
    }
    let added = rows.into_iter().map(|row| {
        let wanted = dataset_type(&registry, row);
        registry
            .write(|r| {
                let registered = r.register_dataset_type(&wanted)?;
                r.register_collection(row.0, CollectionType::Run, None)?;
                Ok::<_, RegistryError>(registered)
            })
            .unwrap()
    });
    added.filter(|(_, new)| *new).count()
}

#[test]
fn two_who_register_the_same_things_at_once_share_the_work() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_ours(Managers::default(), &universe).unwrap();
        let added: usize = std::thread::scope(|scope| {
            let workers = [false, true, false, true].map(|backwards| {
                scope.spawn({
                    let place = &place;
                    move || register_one_by_one(place, backwards)
                })
            });
            workers.map(|w| w.join().unwrap()).iter().sum()
        });
        assert_eq!(added, TYPES.len());
        let mut registry = place.open_ours();
        assert_eq!(registry.dataset_types().unwrap().len(), TYPES.len());
        assert_eq!(registry.collections().unwrap().len(), TYPES.len());
        let groups = registry.dimension_groups().unwrap();
        let mut seen: Vec<String> = groups.values().map(ToString::to_string).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(
            seen.len(),
            groups.len(),
            "a group has two numbers: {groups:?}"
        );
    }
}
