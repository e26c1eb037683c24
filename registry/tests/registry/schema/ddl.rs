//! The text of every shape of table, per dialect. The files in `expected/` were written by SQLAlchemy for the reference
//! (`UPDATE_EXPECTED=1` writes them again); this test compares ours with them, and them with the reference.

use std::path::PathBuf;

use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::schema::dataset_tables::{calibs_table, tags_table};
use pantry_registry::schema::datastore_tables::file_records_table;
use pantry_registry::schema::ddl::create_statements;
use pantry_registry::schema::dialect::Dialect;
use pantry_registry::schema::managers::{CollectionKey, Managers};
use pantry_registry::schema::static_tables::static_tables;
use pantry_registry::schema::table::TableSpec;
use pantry_testkit::oracle;

use super::place::Place;

/// Dimension groups whose tables of tags and calibrations are shown.
const GROUPS: &[&[&str]] = &[
    &[],
    &["instrument", "detector"],
    &["visit", "detector", "patch"],
    &["htm7", "band"],
];

const ORACLE: &str = "
import sys, json
from sqlalchemy.schema import CreateTable, CreateIndex, CreateSequence
from lsst.daf.butler import Butler, DatasetType
butler = Butler.from_config(sys.argv[1], writeable=True)
for i, dimensions in enumerate(json.loads(sys.argv[2])):
    t = DatasetType(f't{i}', dimensions, 'Exposure', universe=butler.dimensions, isCalibration=True)
    butler.registry.registerDatasetType(t)
db = butler._registry._db
metadata = db._metadata._metadata
text = lambda ddl: str(ddl.compile(dialect=db._engine.dialect)).strip()
result = {}
for table in metadata.tables.values():
    found = [text(CreateTable(table))]
    found += [text(CreateIndex(i)) for i in table.indexes]
    if db._engine.dialect.name == 'postgresql':
        found += [text(CreateSequence(c.default)) for c in table.columns if c.default is not None]
    result[table.name] = sorted(found)
print(json.dumps(result, sort_keys=True))
";

fn expected_file(dialect: Dialect) -> PathBuf {
    let name = format!("tests/registry/schema/expected/{dialect:?}.sql").to_lowercase();
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn written(tables: impl IntoIterator<Item = (String, Vec<String>)>) -> String {
    let mut tables: Vec<_> = tables.into_iter().collect();
    tables.sort();
    let one = |(_, mut statements): (String, Vec<String>)| {
        statements.sort();
        statements
            .iter()
            .map(|s| format!("{s};\n"))
            .collect::<String>()
    };
    tables.into_iter().map(one).collect::<Vec<_>>().join("\n")
}

fn theirs(place: &Place) -> String {
    place.create_theirs("", &[]);
    let groups = serde_json::to_string(GROUPS).unwrap();
    let found = oracle::json(ORACLE, [place.theirs().to_str().unwrap(), &groups]);
    let tables = found.as_object().unwrap().iter().map(|(name, statements)| {
        let statements = statements.as_array().unwrap();
        let statements = statements.iter().map(|s| s.as_str().unwrap().to_owned());
        (name.clone(), statements.collect())
    });
    written(tables)
}

fn ours(dialect: Dialect, namespace: Option<&str>) -> String {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let mut tables: Vec<TableSpec> = static_tables(&universe, Managers::default()).unwrap();
    tables.push(file_records_table("file_datastore_records"));
    for (key, dimensions) in (0..).zip(GROUPS) {
        let group = DimensionGroup::conform(&universe, *dimensions).unwrap();
        tables.push(tags_table(&group, key, CollectionKey::Id));
        tables.push(calibs_table(&group, key, CollectionKey::Id));
    }
    let statements = |t: &TableSpec| (t.name.clone(), create_statements(t, dialect, namespace));
    written(tables.iter().map(statements))
}

#[test]
fn statements_are_those_of_sqlalchemy() {
    for (place, dialect, namespace) in [
        (Place::sqlite(), Dialect::Sqlite, None),
        (Place::postgresql(), Dialect::Postgresql, Some("theirs")),
    ] {
        let reference = theirs(&place);
        let file = expected_file(dialect);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&file, &reference).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap();
        assert!(
            expected == reference,
            "{} is not what the reference makes",
            file.display()
        );
        let found = ours(dialect, namespace);
        for (line, (ours, theirs)) in (1..).zip(found.lines().zip(expected.lines())) {
            assert_eq!(ours, theirs, "{}:{line}", file.display());
        }
        assert_eq!(found.len(), expected.len());
    }
}
