//! A repo opened: its registry and what its configuration says of its datastore.

use pantry_datastore::template::FileTemplates;
use pantry_datastore::{DatastoreRoot, FormatterNames, LookupValue, ResourcePath};
use pantry_registry::Registry;
use pantry_registry::config::{ButlerConfig, Config, ConfigError, Environment, Value};
use pantry_registry::model::dimension_group::DimensionGroup;

use crate::Error;
use crate::load::DatastoreTarget;

/// The only datastore class whose files Pantry keeps.
const FILE_DATASTORE: &str = "lsst.daf.butler.datastores.fileDatastore.FileDatastore";

/// The file datastore of a repo, as its configuration describes it.
#[derive(Debug)]
pub struct RepoDatastore {
    /// Root folder.
    pub root: DatastoreRoot,
    /// Name in `dataset_location` and table of records.
    pub target: DatastoreTarget,
    /// Path templates.
    pub templates: FileTemplates,
    /// Formatters of dataset types.
    pub formatters: FormatterNames,
}

impl RepoDatastore {
    /// Read the `datastore` part of a complete configuration.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for datastores that are not one POSIX file datastore.
    pub fn of(
        config: &ButlerConfig,
        registry: &Registry,
        environment: &Environment,
    ) -> Result<Self, Error> {
        let class = config.config().text(".datastore.cls")?.unwrap_or_default();
        if class != FILE_DATASTORE {
            return Err(Error::Unsupported(format!(
                "the repo's datastore is of class {class}; this version knows {FILE_DATASTORE} only (--no-files fills the \
                 registry alone)"
            )));
        }
        let written = config.config().text(".datastore.root")?.unwrap_or_default();
        let root = config
            .expanded(".datastore.root", environment)?
            .unwrap_or_default();
        let root = match root.starts_with("file:") || !root.contains("://") {
            true => DatastoreRoot::new(
                &pantry_registry::config::ResourcePath::parse(&root, environment)?.to_path(),
            )?,
            false => DatastoreRoot::at(ResourcePath::parse(&root)?.into_folder()),
        };
        let name = config.config().text(".datastore.name")?;
        let table = config.config().text(".datastore.records.table")?;
        let universe = registry.universe().clone();
        let conform = |names: &[&str]| {
            let group = DimensionGroup::conform(&universe, names).ok()?;
            Some(group.names().map(str::to_owned).collect())
        };
        Ok(Self {
            root,
            target: DatastoreTarget {
                // The reference names an unnamed datastore by its class and its root as written.
                name: name.unwrap_or_else(|| format!("FileDatastore@{written}")),
                records_table: table.unwrap_or_else(|| "file_datastore_records".to_owned()),
            },
            templates: FileTemplates::new(
                &section(config.config(), ".datastore.templates"),
                &conform,
            )?,
            formatters: FormatterNames::new(
                &section(config.config(), ".datastore.formatters"),
                &conform,
            )?,
        })
    }
}

fn section(config: &Config, key: &str) -> Vec<(String, LookupValue)> {
    match config.get(key) {
        Some(value) => entries(&value),
        None => Vec::new(),
    }
}

fn entries(value: &Value) -> Vec<(String, LookupValue)> {
    let Some(mapping) = value.as_map() else {
        return Vec::new();
    };
    mapping
        .iter()
        .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), lookup_value(value))))
        .collect()
}

fn lookup_value(value: &Value) -> LookupValue {
    match (value.as_str(), value.as_map()) {
        (Some(text), _) => LookupValue::Text(text.to_owned()),
        (None, Some(_)) => LookupValue::Section(entries(value)),
        (None, None) if !value.is_truthy() => LookupValue::Off,
        (None, None) => LookupValue::Other(format!("{value:?}")),
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}
