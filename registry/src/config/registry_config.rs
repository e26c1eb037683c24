//! The registry part of a configuration: database, namespace, managers.

use super::butler_config::ButlerConfig;
use super::connection_string::ConnectionString;
use super::environment::Environment;
use super::error::ConfigError;
use super::python_text;
use super::value::{Mapping, Value, entry};

/// A database system that the registry can live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseEngine {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgresql,
}

/// One manager of the registry: the Python class that defines its tables, and its own settings.
#[derive(Debug, Clone)]
pub struct ManagerConfig {
    /// What it manages (`dimensions`, `datasets`, ...).
    pub name: String,
    /// The class as configured.
    pub class: String,
    /// Settings of the manager (obscore).
    pub settings: Option<Mapping>,
    /// Version of its tables, where the configuration names one.
    pub schema_version: Option<String>,
}

/// The part `registry` with its defaults (`lsst/daf/butler/registry/_config.py`).
#[derive(Debug, Clone)]
pub struct RegistryConfig {
    part: Mapping,
}

impl RegistryConfig {
    /// The registry of a complete configuration, `<butlerRoot>` replaced in the database URL.
    ///
    /// # Errors
    /// A database URL that is not text, a root that is not known.
    pub fn of(config: &ButlerConfig, environment: &Environment) -> Result<Self, ConfigError> {
        let mut part = match config.config().get("registry") {
            Some(Value::Map(part)) => (*part).clone(),
            _ => return Err(config.config().missing("registry")),
        };
        if let Some(url) = config.expanded(".registry.db", environment)? {
            part.insert("db".into(), Value::str(&url));
        }
        Ok(Self { part })
    }

    pub(super) fn from_mapping(part: Mapping) -> Self {
        Self { part }
    }

    /// Where and how to connect: the URL, completed by the keys `username`, `password`, `host`, `port`,
    /// `database` and by the credentials file.
    ///
    /// # Errors
    /// An unreadable URL or credentials file.
    pub fn connection_string(
        &self,
        environment: &Environment,
    ) -> Result<ConnectionString, ConfigError> {
        let url = self
            .text("db")?
            .ok_or_else(|| ConfigError::value("registry.db", "is missing"))?;
        ConnectionString::from_registry(&url, &self.part, environment)
    }

    /// The database system, as the key `engines` maps the URL's dialect to it.
    ///
    /// # Errors
    /// [`ConfigError::Dialect`] for a dialect without entry, [`ConfigError::UnknownClass`] for an unknown entry.
    pub fn engine(&self, environment: &Environment) -> Result<DatabaseEngine, ConfigError> {
        let dialect = self.connection_string(environment)?.dialect().to_owned();
        let engines = entry(&self.part, "engines").and_then(Value::as_map);
        let class = engines.and_then(|engines| entry(engines, &dialect));
        match class.and_then(Value::as_str) {
            Some("lsst.daf.butler.registry.databases.sqlite.SqliteDatabase") => {
                Ok(DatabaseEngine::Sqlite)
            }
            Some("lsst.daf.butler.registry.databases.postgresql.PostgresqlDatabase") => {
                Ok(DatabaseEngine::Postgresql)
            }
            Some(other) => Err(ConfigError::UnknownClass {
                key: format!("registry.engines.{dialect}"),
                class: other.to_owned(),
            }),
            None => Err(ConfigError::Dialect(dialect)),
        }
    }

    /// The database that a new repo gets by itself: a file in its root for SQLite, none otherwise.
    pub(super) fn default_database(
        &self,
        root: &str,
        environment: &Environment,
    ) -> Result<Option<String>, ConfigError> {
        Ok(match self.engine(environment)? {
            DatabaseEngine::Sqlite => Some(format!("sqlite:///{root}/gen3.sqlite3")),
            DatabaseEngine::Postgresql => None,
        })
    }

    /// The database schema that the tables are in; `None` is the connection's default.
    ///
    /// # Errors
    /// A value that is not text.
    pub fn namespace(&self) -> Result<Option<String>, ConfigError> {
        self.text("namespace")
    }

    /// Whether reading may use temporary tables; true unless configured otherwise.
    ///
    /// # Errors
    /// A value that is not a boolean.
    pub fn temporary_tables(&self) -> Result<bool, ConfigError> {
        match entry(&self.part, "temporary_tables") {
            None | Some(Value::Null) => Ok(true),
            Some(Value::Bool(b)) => Ok(*b),
            Some(other) => Err(ConfigError::value(
                "registry.temporary_tables",
                format!("must be true or false, not {}", other.kind()),
            )),
        }
    }

    /// The managers as configured, in order.
    ///
    /// # Errors
    /// An entry that is neither a class name nor a mapping with `cls`.
    pub fn managers(&self) -> Result<Vec<ManagerConfig>, ConfigError> {
        let managers = entry(&self.part, "managers").and_then(Value::as_map);
        let managers =
            managers.ok_or_else(|| ConfigError::value("registry.managers", "must be a mapping"))?;
        let one = |name: &str, value: &Value| -> Option<ManagerConfig> {
            let (class, settings, schema_version) = match value {
                Value::Str(class) => (class.to_string(), None, None),
                Value::Map(inner) => (
                    entry(inner, "cls")?.as_str()?.to_owned(),
                    entry(inner, "config").and_then(Value::as_map).cloned(),
                    entry(inner, "schema_version").map(python_text::display),
                ),
                _ => return None,
            };
            Some(ManagerConfig {
                name: name.to_owned(),
                class,
                settings,
                schema_version,
            })
        };
        managers
            .iter()
            .map(|(key, value)| {
                let name = key.as_str().unwrap_or_default();
                one(name, value).ok_or_else(|| {
                    ConfigError::value(
                        format!("registry.managers.{name}"),
                        "must be a class name or have `cls`",
                    )
                })
            })
            .collect()
    }

    fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        match entry(&self.part, key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.to_string())),
            Some(other) => Err(ConfigError::value(
                format!("registry.{key}"),
                format!("must be text, not {}", other.kind()),
            )),
        }
    }
}
