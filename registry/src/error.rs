//! What can go wrong in a registry.

use crate::config::ConfigError;
use crate::model::universe::UniverseError;

/// An error of the registry or of its database.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The database could not be reached or opened: check the address, the server and the permissions.
    #[error("cannot open {database}: {reason}")]
    Connect {
        /// The database, without password.
        database: String,
        /// What the back end said.
        reason: String,
    },
    /// There is no registry in this database (or namespace): it was never created there.
    #[error("{database} holds no Butler registry; make one with `pantry create`")]
    NotARegistry {
        /// The database, without password.
        database: String,
    },
    /// The database (or namespace) where a registry was to be made is not empty.
    #[error(
        "{database} is not empty (it has a table '{table}'); give another database or another --namespace"
    )]
    AlreadyExists {
        /// The database, without password.
        database: String,
        /// One of the tables that are there.
        table: String,
    },
    /// PostgreSQL lacks an extension that a database administrator must enable.
    #[error(
        "{database} lacks the PostgreSQL extension btree_gist and this role may not add it: have an administrator run \
         `CREATE EXTENSION btree_gist` in the database ({reason})"
    )]
    MissingExtension {
        /// The database, without password.
        database: String,
        /// What the server said.
        reason: String,
    },
    /// The repo's layout is not one that this program knows, or not one that it may write.
    #[error("{problem}; {remedy}")]
    Incompatible {
        /// Which manager or version is the problem.
        problem: String,
        /// What to upgrade, and with what.
        remedy: String,
    },
    /// A write was asked of a database that is open for reading only.
    #[error("cannot {doing}: {reason}")]
    ReadOnly {
        /// What was being done.
        doing: String,
        /// Why writing is not possible.
        reason: String,
    },
    /// Another process kept the database locked for too long: try again when it is done.
    #[error("cannot {doing}: the database was locked by another process for {waited_seconds} s")]
    Busy {
        /// What was being done.
        doing: String,
        /// How long this process waited, in seconds.
        waited_seconds: u64,
    },
    /// The connection to the database is gone: open another one.
    #[error("cannot {doing}: the connection to the database was lost ({reason})")]
    Lost {
        /// What was being done.
        doing: String,
        /// What the back end said.
        reason: String,
    },
    /// The time that a query may take is over.
    #[error("cannot {doing} in the time that is allowed; ask for less, or allow more")]
    TimedOut {
        /// What was being done.
        doing: String,
    },
    /// Somebody asked to stop.
    #[error("cannot {doing}: it was cancelled")]
    Cancelled {
        /// What was being done.
        doing: String,
    },
    /// Rows that are each given once cannot be sorted by a column that they do not have; PostgreSQL refuses, SQLite does not.
    #[error(
        "PostgreSQL cannot sort rows, of which each is given once, by what they do not have: sort by what the results hold"
    )]
    Unsortable,
    /// A row contradicts a constraint of the database, such as a unique or foreign key.
    #[error("cannot {doing}: {reason}")]
    Constraint {
        /// What was being done.
        doing: String,
        /// What the back end said; names the constraint.
        reason: String,
    },
    /// The back end refused a statement or lost the connection.
    #[error("cannot {doing}: {reason}")]
    Database {
        /// What was being done.
        doing: String,
        /// What the back end said.
        reason: String,
    },
    /// A column holds something that it should not; the repo is damaged or of another layout.
    #[error("column {column} of the result holds {found}, not {expected}, when asked to {doing}")]
    UnexpectedValue {
        /// What was being done.
        doing: String,
        /// Position of the column, from 0.
        column: usize,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// What the repo records about itself contradicts itself.
    #[error("the repo is damaged: {0}")]
    Corrupt(String),
    /// Something is there already, but different.
    #[error("{kind} '{name}' exists as {existing}, which conflicts with {requested}")]
    Conflict {
        /// Kind of thing, such as `collection`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// What the repo has.
        existing: String,
        /// What was asked for.
        requested: String,
    },
    /// Something that was named is not there.
    #[error("there is no {kind} '{name}' in this repo")]
    Missing {
        /// Kind of thing, such as `collection`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// What asks for dataset types names something that cannot be one of a registry (`DatasetTypeExpressionError`).
    #[error("{0}")]
    DatasetTypeExpression(String),
    /// A name, value or combination that no repo may have.
    #[error("{0}")]
    Invalid(String),
    /// The dimension universe cannot be used.
    #[error(transparent)]
    Universe(#[from] UniverseError),
    /// The configuration of the repo cannot be used.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// A file could not be read or written.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was being done, with which file.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<ConfigError> for RegistryError {
    fn from(e: ConfigError) -> Self {
        Self::Config(Box::new(e))
    }
}
