//! How to reach the registry's database: URL, explicit keys and credentials together.

use std::fmt;
use std::path::PathBuf;

use super::database_url::DatabaseUrl;
use super::db_auth::{DbAuth, DbAuthError};
use super::environment::Environment;
use super::error::ConfigError;
use super::postgres::PostgresSettings;
use super::python_text;
use super::secret::Secret;
use super::value::{Mapping, Value, entry};

/// A completed database URL. Neither its `Display` nor its `Debug` shows a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionString {
    url: DatabaseUrl,
}

/// A database to open.
#[derive(Debug, Clone)]
pub enum DatabaseTarget {
    /// An SQLite file, absolute.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Box<PostgresSettings>),
}

impl ConnectionString {
    /// Take a URL as it is, without credentials file.
    ///
    /// # Errors
    /// [`ConfigError::Url`].
    pub fn from_url(text: &str) -> Result<Self, ConfigError> {
        Ok(Self {
            url: DatabaseUrl::parse(text)?,
        })
    }

    /// Take a URL with user and password from the credentials file, unless that has no match.
    ///
    /// # Errors
    /// [`ConfigError::DbAuth`] for a credentials file that cannot be used.
    pub fn with_credentials(
        url: DatabaseUrl,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut connection = Self { url };
        connection.authenticate(environment)?;
        Ok(connection)
    }

    /// Complete a URL as `lsst/daf/butler/registry/connectionString.py` does: what it lacks comes from the keys of
    /// the registry part, then user and password from the credentials file, unless that has no match.
    pub(super) fn from_registry(
        text: &str,
        registry: &Mapping,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut url = DatabaseUrl::parse(text)?;
        let get = |key: &str| entry(registry, key).filter(|v| !matches!(v, Value::Null));
        let text_of = |key: &str| match get(key) {
            None => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.to_string())),
            Some(other) => Err(ConfigError::value(
                format!("registry.{key}"),
                format!("must be text, not {}", other.kind()),
            )),
        };
        if url.username.is_none() {
            url.username = text_of("username")?;
        }
        if url.password.is_none() {
            url.password = get("password").map(|p| Secret::new(python_text::display(p)));
        }
        if url.host.is_none() {
            url.host = text_of("host")?;
        }
        if url.port.is_none() {
            url.port = get("port").map(port_of).transpose()?;
        }
        if url.database.is_none() {
            url.database = text_of("database")?;
        }
        Self::with_credentials(url, environment)
    }

    fn authenticate(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        let url = &mut self.url;
        let (Some(host), Some(database)) = (&url.host, &url.database) else {
            // Some other way of logging in is assumed.
            return Ok(());
        };
        let found = DbAuth::from_environment(environment).and_then(|auth| {
            auth.credentials(
                &url.drivername,
                url.username.as_deref(),
                host,
                url.port,
                database,
            )
        });
        match found {
            Ok(credentials) => {
                url.username = credentials.username;
                url.password = Some(credentials.password);
                Ok(())
            }
            Err(DbAuthError::NotFound(_)) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// The parts.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The dialect (`sqlite`, `postgresql`).
    pub fn dialect(&self) -> &str {
        self.url.dialect()
    }

    /// The database to open, with everything that libpq would add from environment and files.
    ///
    /// # Errors
    /// [`ConfigError::InMemory`], [`ConfigError::Dialect`], [`ConfigError::Postgres`].
    pub fn target(&self, environment: &Environment) -> Result<DatabaseTarget, ConfigError> {
        match self.url.drivername.as_str() {
            "sqlite" | "sqlite+pysqlite" => {
                self.sqlite_file(environment).map(DatabaseTarget::Sqlite)
            }
            "postgresql" | "postgresql+psycopg" | "postgresql+psycopg2" => {
                let settings = PostgresSettings::resolve(&self.url, environment)?;
                Ok(DatabaseTarget::Postgres(Box::new(settings)))
            }
            other => Err(ConfigError::Dialect(other.to_owned())),
        }
    }

    fn sqlite_file(&self, environment: &Environment) -> Result<PathBuf, ConfigError> {
        if self.url.parameter("uri") == Some("true") {
            return Err(ConfigError::Url(
                "SQLite URLs with 'uri=true' are not supported".to_owned(),
            ));
        }
        match self.url.database.as_deref() {
            None | Some("" | ":memory:") => Err(ConfigError::InMemory),
            Some(file) => Ok(environment.current_dir().join(file)),
        }
    }
}

fn port_of(value: &Value) -> Result<u16, ConfigError> {
    let port = match value {
        Value::Int(i) => u16::try_from(*i).ok(),
        Value::Str(text) => text.trim().parse().ok(),
        _ => None,
    };
    port.ok_or_else(|| ConfigError::value("registry.port", "must be a number from 0 to 65535"))
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}
