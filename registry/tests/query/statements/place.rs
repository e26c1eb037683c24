//! A repo with collections, dataset types and summaries, but of dimension records only what summaries need.

use std::sync::Arc;

use pantry_registry::config::{ConnectionString, DatabaseTarget, Environment};
use pantry_registry::database::{Access, Value};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::universe::Universe;
use pantry_registry::schema::managers::Managers;
use pantry_registry::{Registry, RegistryError, create_registry, dimension_config};
use pantry_testkit::postgres::Database;
use tempfile::TempDir;

use super::question::group;

/// Schema of the tables in PostgreSQL.
const NAMESPACE: &str = "statements";

/// Dataset types, their dimensions, and whether they are calibrations; their numbers are 1, 2, ...
const DATASET_TYPES: [(&str, &[&str], bool); 4] = [
    ("raw", &["exposure", "detector"], false),
    ("calexp", &["visit", "detector"], false),
    ("bias", &["detector"], true),
    ("coadd", &["patch", "band"], false),
];

/// Collections with what their summaries say they hold; their numbers are 11, 12, ...
const COLLECTIONS: [(&str, CollectionType, &[&str]); 6] = [
    ("run/a", CollectionType::Run, &["raw", "calexp", "coadd"]),
    ("run/b", CollectionType::Run, &["raw", "calexp", "bias"]),
    ("run/other", CollectionType::Run, &["coadd"]),
    ("good", CollectionType::Tagged, &["raw", "calexp"]),
    ("calib", CollectionType::Calibration, &["bias"]),
    ("all", CollectionType::Chained, &[]),
];

/// Governor dimensions and their values.
const GOVERNORS: [(&str, &str); 3] = [
    ("instrument", "HSC"),
    ("skymap", "rings"),
    ("skymap", "other"),
];

/// The children of `all`.
const CHAIN: [&str; 5] = ["run/b", "run/other", "good", "calib", "run/a"];

/// The open repo, and what has to live as long.
pub struct Place {
    pub registry: Registry,
    _folder: TempDir,
    _database: Option<Database>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = DatabaseTarget::Sqlite(folder.path().join("gen3.sqlite3"));
        Self::create(&target, folder, None).expect("a new repo")
    }

    pub fn postgresql() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Database::new();
        let url = ConnectionString::from_url(&database.url()).expect("a URL");
        let target = url.target(&Environment::from_process()).expect("a URL");
        Self::create(&target, folder, Some(database)).expect("a new repo")
    }

    fn create(
        target: &DatabaseTarget,
        folder: TempDir,
        database: Option<Database>,
    ) -> Result<Self, RegistryError> {
        let universe = dimension_config(None, &Environment::from_process()).expect("the default");
        let namespace = database.as_ref().map(|_| NAMESPACE);
        create_registry(target, namespace, Managers::default(), &universe)?;
        let mut registry = Registry::open_target(target, namespace, Access::ReadWrite, &[])?;
        registry.write(fill)?;
        Ok(Self {
            registry,
            _folder: folder,
            _database: database,
        })
    }

    pub fn universe(&self) -> &Arc<Universe> {
        self.registry.universe()
    }

    /// A statement with a name for the schema that is the same everywhere.
    pub fn without_namespace(&self, sql: &str) -> String {
        sql.replace(&format!("{NAMESPACE}."), "NAMESPACE.")
    }
}

fn fill(registry: &mut Registry) -> Result<(), RegistryError> {
    let universe = Arc::clone(registry.universe());
    for (name, dimensions, is_calibration) in DATASET_TYPES {
        registry.register_dataset_type(&DatasetType {
            name: name.to_owned(),
            dimensions: group(&universe, dimensions),
            storage_class: "StructuredDataDict".to_owned(),
            parent_storage_class: None,
            is_calibration,
        })?;
    }
    for (governor, value) in GOVERNORS {
        let statement = registry.connection().statement().text("INSERT INTO ");
        let statement = statement.table(governor).text(" (name) VALUES (");
        let statement = statement.bind(value).text(")");
        registry.connection().run(&statement)?;
    }
    // So that no collection has the number of a dataset type: equal values share a placeholder.
    for i in 1..=10 {
        registry.register_collection(&format!("unused/{i}"), CollectionType::Tagged, None)?;
    }
    for (name, collection_type, dataset_types) in COLLECTIONS {
        let (collection, _) = registry.register_collection(name, collection_type, None)?;
        let key = registry.collection_key(&collection);
        for dataset_type in dataset_types {
            let record = registry.find_dataset_type(dataset_type)?;
            let id = Value::Int(record.expect("registered before").id);
            summarize(registry, "dataset_type", [key.clone(), id])?;
        }
        let governors: &[(&str, &str)] = match name {
            "all" => &[],
            "run/other" => &[("skymap", "other")],
            _ => &[("instrument", "HSC"), ("skymap", "rings")],
        };
        for (governor, value) in governors {
            let value = Value::Text((*value).to_owned());
            summarize(registry, governor, [key.clone(), value])?;
        }
    }
    registry.set_collection_chain("all", &CHAIN.map(str::to_owned))?;
    Ok(())
}

fn summarize(
    registry: &mut Registry,
    what: &str,
    values: [Value; 2],
) -> Result<u64, RegistryError> {
    let connection = registry.connection();
    let statement = connection.statement().text("INSERT INTO ");
    let statement = statement.table(&format!("collection_summary_{what}"));
    let statement = statement.text(" VALUES (").bind_all(values).text(")");
    connection.run(&statement)
}
