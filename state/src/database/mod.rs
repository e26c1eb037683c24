//! Connections of both back ends behind one set of queries.

mod postgresql;
mod runtime;
mod sqlite;

use diesel::SqliteConnection;
use postgresql::PostgresqlConnection;

use crate::error::StateError;
use crate::location::Location;

/// A connection of either back end. diesel's own `MultiConnection` cannot be used: it asks for a trait that the wrapper of
/// diesel-async lacks.
pub(crate) enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgresql(Box<PostgresqlConnection>),
}

/// Runs one query on whichever back end the connection has. diesel checks it against both when it is compiled.
macro_rules! on_either {
    ($connection:expr, $raw:ident => $query:expr) => {
        match $connection {
            $crate::database::AnyConnection::Sqlite($raw) => $query,
            $crate::database::AnyConnection::Postgresql($raw) => {
                let $raw = &mut **$raw;
                $query
            }
        }
    };
}
pub(crate) use on_either;

impl AnyConnection {
    /// Connects, without looking at what is there.
    pub(crate) fn open(location: &Location) -> Result<Self, StateError> {
        match location {
            Location::Sqlite(path) => sqlite::open(path).map(Self::Sqlite),
            Location::Postgresql(there) => {
                postgresql::open(there).map(|raw| Self::Postgresql(Box::new(raw)))
            }
        }
        .map_err(|reason| StateError::Connect {
            database: location.to_string(),
            reason,
        })
    }

    /// Makes the tables, or brings them up to date, while no other process does.
    pub(crate) fn migrate(&mut self, location: &Location) -> Result<(), StateError> {
        match (self, location) {
            (Self::Sqlite(raw), _) => sqlite::migrate(raw),
            (Self::Postgresql(raw), Location::Postgresql(there)) => {
                postgresql::migrate(raw, &there.schema)
            }
            (Self::Postgresql(_), Location::Sqlite(_)) => Ok(()),
        }
        .map_err(|failure| failure.in_database(location))
    }
}
