//! A new registry is the one that `butler create` makes.

use std::path::Path;

use pantry_registry::config::Environment;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::schema::managers::{CollectionKey, IngestDate, Managers};
use pantry_registry::{RegistryError, dimension_config, resume_registry};
use pantry_testkit::compare::{assert_same_rows, assert_same_schema};
use pantry_testkit::oracle;
use pantry_testkit::postgres::Database;

use super::place::Place;

const CUSTOM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/registry/schema/custom_universe.yaml"
);

fn compare(place: &Place, dimensions: Option<&str>) {
    let universe = dimension_config(dimensions, &Environment::from_process()).unwrap();
    place.create_ours(Managers::default(), &universe).unwrap();
    compare_with(place);
}

fn compare_with(place: &Place) {
    assert_same_schema(place.theirs(), place.ours(), &place.options());
    assert_same_rows(place.theirs(), place.ours(), &place.options());
}

/// The folder of definitions of old universes that comes with the reference.
fn old_universes() -> String {
    let code = "import lsst.daf.butler as b, pathlib; print(pathlib.Path(b.__file__).parent)";
    format!(
        "{}/configs/old_dimensions",
        oracle::eval(code, [""; 0]).trim()
    )
}

#[test]
fn universe_8_is_the_same_on_both_back_ends() {
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_theirs("", &[]);
        compare(&place, None);
    }
}

/// Makes all repos in one process, which saves a second for each.
const CREATE_ALL: &str = "
import sys
from lsst.daf.butler import Butler, Config
for seed, dimensions, repo in zip(*[iter(sys.argv[1:])] * 3):
    Butler.makeRepo(repo, config=Config(seed), dimensionConfig=dimensions)
";

/// Compares all pairs of repos in one process: what `schema.py` and `dump.py` of `tests/oracle` find different.
const COMPARE_ALL: &str = "
import sys, types
sys.path.insert(0, sys.argv[1])
import dump, schema
options = types.SimpleNamespace(skip=[], only=[], keep_ids=True, keep_times=True, map_uuid7=False)
count = 0
for theirs, ours in zip(*[iter(sys.argv[2:])] * 2):
    sides = [(theirs, None), (ours, 'ours' if '://' in ours else None)]
    lines = [schema.lines(where, namespace, False) for where, namespace in sides]
    rows = [list(dump.Dump(schema.Database(where, namespace), options).lines()) for where, namespace in sides]
    assert len(lines[0]) > 60 and len(rows[0]) == 13, (theirs, len(lines[0]), len(rows[0]))
    count += dump.differences(*lines, 40) + dump.differences(*rows, 40)
print(count)
";

#[test]
fn old_universes_are_the_same() {
    let folder = old_universes();
    let (mut places, mut seeds) = (Vec::new(), Vec::new());
    for version in 0..=8 {
        for place in [Place::sqlite(), Place::postgresql()] {
            let file = format!("{folder}/daf_butler_universe{version}.yaml");
            let universe = dimension_config(Some(&file), &Environment::from_process()).unwrap();
            place.create_ours(Managers::default(), &universe).unwrap();
            let repo = place.theirs().display().to_string();
            seeds.extend([place.seed(""), file, repo]);
            places.push(place);
        }
    }
    oracle::eval(CREATE_ALL, &seeds);
    let scripts = pantry_testkit::workspace().join("tests/oracle");
    let mut args = vec![scripts.display().to_string()];
    for place in &places {
        args.extend([place.theirs().display().to_string(), place.ours()]);
    }
    assert_eq!(oracle::eval(COMPARE_ALL, &args).trim(), "0");
}

#[test]
fn a_custom_universe_with_reserved_and_long_names_is_the_same() {
    assert!(Path::new(CUSTOM).exists());
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_theirs("", &["--dimension-config", CUSTOM]);
        compare(&place, Some(CUSTOM));
    }
}

#[test]
fn older_managers_make_the_same_tables() {
    let seed = "  managers:\n    \
                collections: lsst.daf.butler.registry.collections.nameKey.NameKeyCollectionManager\n    \
                datasets:\n      cls: lsst.daf.butler.registry.datasets.byDimensions.\
                ByDimensionsDatasetRecordStorageManagerUUID\n      schema_version: 1.0.0\n";
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    let managers = Managers {
        collections: CollectionKey::Name,
        ingest_date: IngestDate::Timestamp,
    };
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_theirs(seed, &[]);
        place.create_ours(managers, &universe).unwrap();
        assert_same_schema(place.theirs(), place.ours(), &place.options());
        assert_eq!(attributes(&place, true), attributes(&place, false));
    }
}

/// Rows of `butler_attributes` but the universe; the dump script knows no name-keyed collections.
fn attributes(place: &Place, theirs: bool) -> serde_json::Value {
    let code = "import sys, json; sys.path.insert(0, sys.argv[3])\n\
                from tables import Database\n\
                rows = Database(sys.argv[1], sys.argv[2] or None).rows('butler_attributes')\n\
                print(json.dumps(sorted([r['name'], r['value']] for r in rows if 'json' not in r['name'])))";
    let scripts = pantry_testkit::workspace().join("tests/oracle");
    let (repo, namespace) = match theirs {
        true => (place.theirs().display().to_string(), "theirs"),
        false => (place.ours(), "ours"),
    };
    let namespace = place.namespace().map_or("", |_| namespace);
    oracle::json(code, [repo.as_str(), namespace, scripts.to_str().unwrap()])
}

#[test]
fn attributes_are_in_the_reference_order() {
    let place = Place::sqlite();
    place.create_theirs("", &[]);
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    place.create_ours(Managers::default(), &universe).unwrap();
    let names = |file: &Path| -> Vec<String> {
        let connection = rusqlite::Connection::open(file).unwrap();
        let sql = "SELECT name FROM butler_attributes ORDER BY rowid";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let theirs = names(&place.theirs().join("gen3.sqlite3"));
    assert_eq!(theirs.len(), 13);
    assert_eq!(names(&place.our_file()), theirs);
}

#[test]
fn the_default_namespace_is_the_first_of_the_search_path() {
    let database = Database::new();
    let url = database.url();
    let place = Place::of(database);
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    pantry_registry::create_registry(&place.target(), None, Managers::default(), &universe)
        .unwrap();
    let theirs = Place::postgresql();
    theirs.create_theirs("", &[]);
    let options = ["--namespace=theirs", "--other-namespace=public"];
    assert_same_schema(theirs.theirs(), url, &options);
}

#[test]
fn a_place_that_is_not_empty_is_refused_and_left_alone() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    for place in [Place::sqlite(), Place::postgresql()] {
        place.create_ours(Managers::default(), &universe).unwrap();
        let before = pantry_testkit::compare::schema(place.ours(), &our_namespace(&place));
        let error = place
            .create_ours(Managers::default(), &universe)
            .unwrap_err();
        assert!(
            matches!(error, RegistryError::AlreadyExists { .. }),
            "{error}"
        );
        let after = pantry_testkit::compare::schema(place.ours(), &our_namespace(&place));
        assert_eq!(before, after);
    }
}

#[test]
fn a_creation_that_was_cut_short_is_resumed_only_if_nothing_differs() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    for place in [Place::sqlite(), Place::postgresql()] {
        let resume = |universe: &str| {
            let (target, managers) = (place.target(), Managers::default());
            resume_registry(&target, place.namespace(), managers, universe)
        };
        resume(&universe).unwrap();
        resume(&universe).unwrap();
        let other = universe.replace("\"htm7\"", "\"htm8\"");
        assert!(matches!(
            resume(&other),
            Err(RegistryError::AlreadyExists { .. })
        ));
        let mut registry = place.open_ours();
        registry
            .write(|r| r.register_collection("run", CollectionType::Run, None))
            .unwrap();
        assert!(matches!(
            resume(&universe),
            Err(RegistryError::AlreadyExists { .. })
        ));
    }
}

#[test]
fn what_a_killed_creation_left_goes_away() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    let place = Place::sqlite();
    // No process has this number: the largest of Linux is 4194304.
    let left = place.folder.path().join(".ours.sqlite3.4194305.tmp");
    std::fs::write(&left, "half a database").unwrap();
    place.create_ours(Managers::default(), &universe).unwrap();
    assert!(!left.exists());
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), 1);
}

fn our_namespace(place: &Place) -> Vec<&'static str> {
    place
        .namespace()
        .map_or(Vec::new(), |_| vec!["--namespace=ours"])
}

#[test]
fn a_failed_creation_leaves_no_file() {
    let place = Place::sqlite();
    // Two families of one governor cannot have overlap tables.
    let universe =
        include_str!("custom_universe.yaml").replace("requires: [ship]", "requires: [sky]");
    let file = place.folder.path().join("broken.yaml");
    std::fs::write(&file, universe).unwrap();
    let universe = dimension_config(file.to_str(), &Environment::from_process()).unwrap();
    let error = place
        .create_ours(Managers::default(), &universe)
        .unwrap_err();
    assert!(matches!(error, RegistryError::Universe(_)), "{error}");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), 0);
}

#[test]
fn a_missing_extension_is_added_or_explained() {
    let universe = dimension_config(None, &Environment::from_process()).unwrap();
    let place = Place::of(Database::without_btree_gist());
    place.create_ours(Managers::default(), &universe).unwrap();
    let database = Database::without_btree_gist();
    let role = format!("poor_{}", database.name());
    database.sql(&format!("CREATE ROLE {role} LOGIN"));
    let url = database.url().replace("pantry@", &format!("{role}@"));
    let connection = pantry_registry::config::ConnectionString::from_url(&url).unwrap();
    let target = connection.target(&Environment::from_process()).unwrap();
    let result =
        pantry_registry::create_registry(&target, Some("x"), Managers::default(), &universe);
    let error = result.unwrap_err();
    database.sql(&format!("DROP ROLE {role}"));
    assert!(
        matches!(error, RegistryError::MissingExtension { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("CREATE EXTENSION btree_gist"));
    assert_eq!(
        database.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'x'"),
        "0\n"
    );
}
