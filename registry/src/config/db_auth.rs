//! Database credentials of the Rubin tools: `~/.lsst/db-auth.yaml` and its variables (`lsst.utils.db_auth`).

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::auth_pattern::{AuthPattern, Target};
use super::environment::Environment;
use super::json;
use super::python_text;
use super::reader;
use super::secret::Secret;
use super::value::{Mapping, Value, entry};

const DEFAULT_PATH: &str = "~/.lsst/db-auth.yaml";
const PATH_VARIABLE: &str = "LSST_DB_AUTH";
const CREDENTIALS_VARIABLE: &str = "LSST_DB_AUTH_CREDENTIALS";

/// Why credentials could not be had. No message holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbAuthError {
    /// There is no file, or no entry in it matches; the connection is tried without.
    #[error("{0}")]
    NotFound(String),
    /// Others than the owner can read the file.
    #[error(
        "DbAuth configuration file {path} has incorrect permissions: {mode:o}; run chmod 600 {path}"
    )]
    Permissions {
        /// The file.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// The credentials are not usable.
    #[error("{0}")]
    Unusable(String),
}

/// User and password for a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user, if the URL or the entry names one.
    pub username: Option<String>,
    /// The password.
    pub password: Secret,
}

/// A list of patterns with credentials.
#[derive(Debug, Clone)]
pub struct DbAuth {
    entries: Vec<AuthEntry>,
}

#[derive(Debug, Clone)]
struct AuthEntry {
    url: Option<String>,
    username: Option<Value>,
    password: Option<Secret>,
}

impl DbAuth {
    /// Read the credentials: JSON in `LSST_DB_AUTH_CREDENTIALS` before the file that `LSST_DB_AUTH` names before
    /// `~/.lsst/db-auth.yaml`.
    ///
    /// # Errors
    /// [`DbAuthError::NotFound`] without a file, [`DbAuthError::Permissions`] if group or others have any right on
    /// it, [`DbAuthError::Unusable`] if it cannot be read.
    pub fn from_environment(environment: &Environment) -> Result<Self, DbAuthError> {
        if let Some(text) = environment.non_empty(CREDENTIALS_VARIABLE) {
            let value = json::read(text.as_bytes()).map_err(|error| {
                DbAuthError::Unusable(format!(
                    "Unable to load DbAuth configuration using JSON environment variable {CREDENTIALS_VARIABLE} \
                     (line {} column {})",
                    error.line(),
                    error.column()
                ))
            })?;
            return Self::from_value(&value, CREDENTIALS_VARIABLE);
        }
        let path =
            environment.expand_user(environment.variable(PATH_VARIABLE).unwrap_or(DEFAULT_PATH));
        let file = environment.current_dir().join(&path);
        let metadata = fs::metadata(&file).ok().filter(fs::Metadata::is_file);
        let Some(metadata) = metadata else {
            return Err(DbAuthError::NotFound(format!(
                "No DbAuth configuration file: {path}"
            )));
        };
        let mode = metadata.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(DbAuthError::Permissions { path, mode });
        }
        let unreadable =
            || DbAuthError::Unusable(format!("Unable to load DbAuth configuration file: {path}."));
        let text = fs::read_to_string(&file).map_err(|_| unreadable())?;
        let value = reader::read_text(&text, environment).map_err(|_| unreadable())?;
        Self::from_value(&value, &path)
    }

    fn from_value(value: &Value, place: &str) -> Result<Self, DbAuthError> {
        let wrong = || {
            DbAuthError::Unusable(format!(
                "DbAuth configuration in {place} is not a list of mappings"
            ))
        };
        let items = value.as_list().ok_or_else(wrong)?;
        let entries = items
            .iter()
            .map(|item| item.as_map().map(AuthEntry::from_mapping))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        Ok(Self { entries })
    }

    /// The credentials of the first entry that matches.
    ///
    /// # Errors
    /// [`DbAuthError::NotFound`] if none does; [`DbAuthError::Unusable`] for an empty host or database, or an
    /// unusable entry before the match.
    pub fn credentials(
        &self,
        drivername: &str,
        username: Option<&str>,
        host: &str,
        port: Option<u16>,
        database: &str,
    ) -> Result<Credentials, DbAuthError> {
        for (what, value) in [
            ("dialectname", drivername),
            ("host", host),
            ("database", database),
        ] {
            if value.is_empty() {
                return Err(DbAuthError::Unusable(format!("Missing {what} parameter")));
            }
        }
        let username = username.filter(|name| !name.is_empty());
        let target = Target {
            dialect: drivername.split('+').next().unwrap_or(""),
            username,
            host,
            port,
            database,
        };
        for entry in &self.entries {
            let url = entry.url.as_deref();
            let url = url.ok_or_else(|| {
                DbAuthError::Unusable("Missing URL in DbAuth configuration".to_owned())
            })?;
            if AuthPattern::parse(url)
                .and_then(|pattern| pattern.matches(&target))
                .map_err(DbAuthError::Unusable)?
            {
                return entry.credentials(username, url);
            }
        }
        let show = |value: Option<String>| value.unwrap_or_else(|| "None".to_owned());
        Err(DbAuthError::NotFound(format!(
            "No matching DbAuth configuration for: ({drivername}, {}, {host}, {}, {database})",
            show(username.map(str::to_owned)),
            show(port.map(|p| p.to_string())),
        )))
    }
}

impl AuthEntry {
    fn from_mapping(mapping: &Mapping) -> Self {
        Self {
            url: entry(mapping, "url")
                .and_then(Value::as_str)
                .map(str::to_owned),
            username: entry(mapping, "username").cloned(),
            password: entry(mapping, "password").map(|p| Secret::new(python_text::display(p))),
        }
    }

    fn credentials(&self, given: Option<&str>, url: &str) -> Result<Credentials, DbAuthError> {
        let wrong =
            |what: &str| DbAuthError::Unusable(format!("{what} in the DbAuth entry for {url}"));
        let password = self
            .password
            .clone()
            .ok_or_else(|| wrong("Missing password"))?;
        let username = match (given, &self.username) {
            (Some(given), _) => Some(given.to_owned()),
            (None, None | Some(Value::Null)) => None,
            (None, Some(Value::Str(name))) => Some(name.to_string()),
            (None, Some(_)) => return Err(wrong("The username is not text")),
        };
        Ok(Credentials { username, password })
    }
}
