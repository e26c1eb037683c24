//! What can go wrong with the configuration of a repo.

use std::path::PathBuf;

/// Why a configuration, a database URL or credentials could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A configuration file does not exist.
    #[error("{what} not found: {path}{hint}")]
    NotFound {
        /// What was looked for.
        what: String,
        /// Where.
        path: String,
        /// More to know, such as the known repository labels; may be empty.
        hint: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was being done (`read`, `write`).
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A configuration file is not readable as what its name says.
    #[error("{file}, line {line}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The file name has an extension that no reader or writer exists for.
    #[error("{path} has not a supported configuration extension (.yaml, .json)")]
    Extension {
        /// The file.
        path: String,
    },
    /// A location is not on this machine's file system.
    #[error("{uri} is not a local file; only local paths and file:// URIs are supported here")]
    Remote {
        /// The location.
        uri: String,
    },
    /// A key is missing.
    #[error("{key} not found in the configuration{place}; top-level keys are: {known}")]
    MissingKey {
        /// The key as asked for.
        key: String,
        /// ` at REPO`, or empty.
        place: String,
        /// The keys at the top level.
        known: String,
    },
    /// A value is not usable.
    #[error("configuration key '{key}': {reason}")]
    Value {
        /// The key.
        key: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// The configuration names a Python class that is not known here.
    #[error("configuration key '{key}' names the class {class}, which is not supported")]
    UnknownClass {
        /// The key.
        key: String,
        /// The class.
        class: String,
    },
    /// A configuration cannot be dumped in the format asked for.
    #[error("unsupported format for a configuration: '{0}' (use yaml or json)")]
    Format(String),
    /// A database URL is not usable. The message never holds the password.
    #[error("database URL: {0}")]
    Url(String),
    /// A `+driver` or database that is not supported.
    #[error("connection string dialect has no known aliases. Received: {0}")]
    Dialect(String),
    /// An SQLite database in memory or without a name cannot hold a repo.
    #[error(
        "the database URL names an SQLite database in memory; a repo needs a file (sqlite:///<butlerRoot>/gen3.sqlite3)"
    )]
    InMemory,
    /// The repository index is not usable.
    #[error("{0}")]
    RepositoryIndex(String),
    /// Database credentials are not usable.
    #[error(transparent)]
    DbAuth(#[from] super::db_auth::DbAuthError),
    /// A PostgreSQL parameter is not usable.
    #[error("PostgreSQL connection parameter '{parameter}': {reason}")]
    Postgres {
        /// Name of the parameter.
        parameter: String,
        /// What is wrong.
        reason: String,
    },
}

impl ConfigError {
    pub(super) fn value(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Value {
            key: key.into(),
            reason: reason.into(),
        }
    }

    pub(super) fn postgres(parameter: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Postgres {
            parameter: parameter.into(),
            reason: reason.into(),
        }
    }
}
