//! Errors of the import room.

use std::path::{Path, PathBuf};

/// Why an import or a verification could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The export says something that cannot be imported; nothing was changed.
    #[error("{}{}: {message}", file.display(), Position(*line))]
    Input {
        /// The export file.
        file: PathBuf,
        /// Line of the entry or record at fault, counted from 1; 0 when no line can be named.
        line: u64,
        /// What is wrong with it.
        message: String,
    },
    /// The export, or the table of files, and the repo contradict each other; nothing was changed.
    #[error("{0}")]
    Conflict(String),
    /// A file of the export or of the repo could not be read or written.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: String,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Files named by the export are missing, unreadable or of the wrong size; nothing was changed.
    #[error("{0}")]
    Files(String),
    /// Something that was named does not exist in the repo, or not as it would have to be; nothing was changed.
    #[error("{0}")]
    Unknown(String),
    /// Something that this version cannot do with the repo at hand.
    #[error("{0}")]
    Unsupported(String),
    /// The repo's configuration cannot be used.
    #[error("{0}")]
    Config(Box<pantry_registry::config::ConfigError>),
    /// The datastore refused or failed.
    #[error(transparent)]
    Datastore(#[from] pantry_datastore::DatastoreError),
    /// The export could not be read.
    #[error(transparent)]
    Yaml(#[from] crate::yaml::YamlError),
    /// The stage or the repo's SQLite file failed.
    #[error("SQLite failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The repo's PostgreSQL database failed.
    #[error("PostgreSQL failed: {0}")]
    Postgresql(#[from] postgres::Error),
    /// The registry refused or failed.
    #[error(transparent)]
    Registry(#[from] pantry_registry::RegistryError),
    /// A query could not be answered.
    #[error(transparent)]
    Query(#[from] pantry_registry::query::QueryError),
    /// The connection broke while the rows were being committed, so they may be there or not. Files that were placed stay.
    #[error(
        "whether the rows were committed is not known ({0}); run the same command again, it completes or does nothing"
    )]
    CommitUnknown(Box<pantry_registry::RegistryError>),
    /// The user asked to stop.
    #[error("interrupted; nothing was changed, run the same command again to start over")]
    Interrupted,
}

/// A line after the name of its file, if it is known.
struct Position(u64);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => Ok(()),
            line => write!(f, ":{line}"),
        }
    }
}

impl Error {
    /// An [`Error::Io`] from its parts.
    pub fn io(doing: &str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            doing: doing.to_owned(),
            path: path.to_owned(),
            source,
        }
    }
}
