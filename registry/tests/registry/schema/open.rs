//! What a repo says about itself decides whether and how it opens.

use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
use pantry_registry::database::Access;
use pantry_registry::schema::managers::{CollectionKey, IngestDate, Managers};
use pantry_registry::{Registry, RegistryError, dimension_config, managers_of};

use super::place::Place;

fn config(repo: &std::path::Path) -> RegistryConfig {
    let environment = Environment::from_process();
    let config = ButlerConfig::load(repo.to_str().unwrap(), &[], &environment).unwrap();
    RegistryConfig::of(&config, &environment).unwrap()
}

fn open(repo: &std::path::Path, access: Access) -> Result<Registry, RegistryError> {
    Registry::open(&config(repo), &Environment::from_process(), access)
}

fn set(place: &Place, name: &str, value: &str) {
    let connection = rusqlite::Connection::open(place.theirs().join("gen3.sqlite3")).unwrap();
    let sql = "INSERT OR REPLACE INTO butler_attributes (name, value) VALUES (?, ?)";
    connection.execute(sql, [name, value]).unwrap();
}

#[test]
fn repos_of_the_reference_open() {
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_theirs("", &[]);
        let mut registry = open(&place.theirs(), Access::ReadWrite).unwrap();
        assert_eq!(registry.managers(), Managers::default());
        assert_eq!(
            (
                registry.universe().version(),
                registry.universe().namespace()
            ),
            (8, "daf_butler")
        );
        assert!(registry.collections().unwrap().is_empty());
        assert!(registry.dataset_types().unwrap().is_empty());
        assert!(registry.collection_summaries().unwrap().is_empty());
        assert!(
            open(&place.theirs(), Access::ReadOnly)
                .unwrap()
                .connection()
                .begin_write()
                .is_err()
        );
    }
}

#[test]
fn older_managers_are_recognised() {
    let place = Place::sqlite();
    let seed = "  managers:\n    \
                collections: lsst.daf.butler.registry.collections.nameKey.NameKeyCollectionManager\n    \
                datasets:\n      cls: lsst.daf.butler.registry.datasets.byDimensions.\
                ByDimensionsDatasetRecordStorageManagerUUID\n      schema_version: 1.0.0\n";
    place.create_theirs(seed, &[]);
    let expected = Managers {
        collections: CollectionKey::Name,
        ingest_date: IngestDate::Timestamp,
    };
    assert_eq!(managers_of(&config(&place.theirs())).unwrap(), expected);
    assert_eq!(
        open(&place.theirs(), Access::ReadWrite).unwrap().managers(),
        expected
    );
}

#[test]
fn unknown_managers_and_versions_are_refused_with_a_remedy() {
    let dimensions =
        "lsst.daf.butler.registry.dimensions.static.StaticDimensionRecordStorageManager";
    let key = format!("version:{dimensions}");
    // `VersionTuple.checkCompatibility` of the reference: major must agree, an older minor may be read.
    let cases = [
        ("7.0.0", false, false, "newer pantry"),
        ("6.1.0", false, false, "newer pantry"),
        ("5.0.0", false, false, "butler migrate"),
        ("6.0.9", true, true, ""),
    ];
    for (version, read, write, remedy) in cases {
        let place = Place::sqlite();
        place.create_theirs("", &[]);
        set(&place, &key, version);
        for (access, allowed) in [(Access::ReadOnly, read), (Access::ReadWrite, write)] {
            let result = open(&place.theirs(), access);
            assert_eq!(result.is_ok(), allowed, "{version} {access:?}");
            if let Err(error) = result {
                let text = error.to_string();
                assert!(
                    matches!(error, RegistryError::Incompatible { .. }),
                    "{text}"
                );
                assert!(
                    text.contains(version) && text.contains("6.0.2") && text.contains(remedy),
                    "{text}"
                );
            }
        }
    }
    let place = Place::sqlite();
    place.create_theirs("", &[]);
    let collections =
        "lsst.daf.butler.registry.collections.synthIntKey.SynthIntKeyCollectionManager";
    set(&place, &format!("version:{collections}"), "1.0.0");
    assert!(open(&place.theirs(), Access::ReadOnly).is_err());
    set(&place, "config:registry.managers.opaque", "somewhere.Else");
    let error = open(&place.theirs(), Access::ReadOnly)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("somewhere.Else") && error.contains("opaque"),
        "{error}"
    );
}

#[test]
fn a_repo_with_an_obscore_manager_is_for_reading_only() {
    let place = Place::sqlite();
    place.create_theirs("", &[]);
    set(
        &place,
        "config:registry.managers.obscore",
        "lsst.daf.butler.registry.obscore.ObsCoreLiveTableManager",
    );
    let registry = open(&place.theirs(), Access::ReadOnly).unwrap();
    assert!(registry.read_only_reason().unwrap().contains("obscore"));
    let error = open(&place.theirs(), Access::ReadWrite).err().unwrap();
    assert!(matches!(error, RegistryError::ReadOnly { .. }), "{error}");
}

#[test]
fn a_database_without_registry_is_told_from_a_missing_one() {
    let place = Place::sqlite();
    let missing = Registry::open_target(&place.target(), None, Access::ReadWrite, &[]);
    assert!(matches!(missing.err(), Some(RegistryError::Connect { .. })));
    assert!(!place.our_file().exists());
    std::fs::write(place.our_file(), "").unwrap();
    let empty = Registry::open_target(&place.target(), None, Access::ReadOnly, &[]);
    assert!(matches!(
        empty.err(),
        Some(RegistryError::NotARegistry { .. })
    ));
    std::fs::write(
        place.our_file(),
        "this is not a database, but long enough to be read as one",
    )
    .unwrap();
    let broken = Registry::open_target(&place.target(), None, Access::ReadOnly, &[]);
    // Opening names the file and says what is wrong with it.
    assert!(matches!(
        broken.err(),
        Some(RegistryError::Connect { reason, .. }) if reason.contains("not a database")
    ));
    let place = Place::postgresql();
    let empty = Registry::open_target(&place.target(), Some("nowhere"), Access::ReadOnly, &[]);
    assert!(matches!(
        empty.err(),
        Some(RegistryError::NotARegistry { .. })
    ));
}

#[test]
fn dataset_types_follow_the_overrides_of_the_configuration() {
    let place = Place::sqlite();
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    assert!(universe.starts_with("{\"version\": 8, \"namespace\": \"daf_butler\""));
    let seed = "  managers:\n    datasets:\n      cls: lsst.daf.butler.registry.datasets.byDimensions.\
                ByDimensionsDatasetRecordStorageManagerUUID\n";
    place.create_theirs(seed, &[]);
    let code = "import sys; from lsst.daf.butler import Butler, DatasetType\n\
                b = Butler.from_config(sys.argv[1], writeable=True)\n\
                for n in ('old', 'kept'):\n    \
                b.registry.registerDatasetType(DatasetType(n, ['visit'], 'Exposure', universe=b.dimensions))";
    pantry_testkit::oracle::eval(code, [place.theirs()]);
    let file = place.theirs().join("butler.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let class = "ByDimensionsDatasetRecordStorageManagerUUID\n";
    let overrides = "      config:\n        overrides:\n          old: {rename: new, storageClass: ExposureF}\n          \
                     kept: {storageClass: Mask}\n";
    assert!(text.contains(class));
    std::fs::write(&file, text.replace(class, &format!("{class}{overrides}"))).unwrap();
    let code = "import sys, json; from lsst.daf.butler import Butler\n\
                r = Butler.from_config(sys.argv[1]).registry\n\
                print(json.dumps(sorted([t.name, t.storageClass_name] for t in r.queryDatasetTypes())))";
    let expected = pantry_testkit::oracle::json(code, [place.theirs()]);
    let mut registry = open(&place.theirs(), Access::ReadWrite).unwrap();
    let found = registry.dataset_types().unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|t| &t.dataset_type)
        .map(|t| [&t.name, &t.storage_class])
        .collect();
    assert_eq!(serde_json::json!(found), expected);
    assert!(registry.find_dataset_type("old").unwrap().is_none());
    assert_eq!(
        registry
            .find_dataset_type("new")
            .unwrap()
            .unwrap()
            .dataset_type
            .storage_class,
        "ExposureF"
    );
}
