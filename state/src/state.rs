//! The state that is open: connections, and what becomes of broken ones.

use std::sync::{Mutex, PoisonError};

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};

use crate::database::AnyConnection;
use crate::error::StateError;
use crate::location::Location;

/// Connections that are kept open while nobody uses them.
const IDLE: usize = 4;

/// Pantry's own state, open. Can be shared between threads; each call has a connection of its own.
pub struct State {
    location: Location,
    idle: Mutex<Vec<AnyConnection>>,
}

impl State {
    /// Opens the state. What is missing is made: the file (readable by its owner alone) or the schema, and the tables.
    /// Any number of processes may do so at once.
    ///
    /// # Errors
    /// [`StateError::Connect`], [`StateError::Migrate`], [`StateError::TooNew`].
    pub fn open(location: Location) -> Result<Self, StateError> {
        let mut connection = AnyConnection::open(&location)?;
        connection.migrate(&location)?;
        Ok(Self {
            location,
            idle: Mutex::new(vec![connection]),
        })
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Runs something that only reads; again on a new connection if an old one turns out to be broken, as after a restart
    /// of the server.
    pub(crate) fn read<T>(
        &self,
        doing: &'static str,
        mut work: impl FnMut(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, StateError> {
        if let Some(connection) = self.take_idle() {
            match self.run(connection, &mut work) {
                Err(e) if is_lost(&e) => {}
                outcome => return outcome.map_err(|e| self.error(doing, &e)),
            }
        }
        let connection = AnyConnection::open(&self.location)?;
        self.run(connection, &mut work)
            .map_err(|e| self.error(doing, &e))
    }

    /// Runs something that writes, once; `None` if a row like it is there.
    pub(crate) fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<Option<T>, StateError> {
        let connection = match self.take_idle() {
            Some(connection) => connection,
            None => AnyConnection::open(&self.location)?,
        };
        match self.run(connection, work) {
            Ok(done) => Ok(Some(done)),
            Err(e) if is_about_rows(&e) => Ok(None),
            Err(e) => Err(self.error(doing, &e)),
        }
    }

    /// Runs something and keeps the connection, unless it may be broken; then the others may be broken too.
    fn run<T>(
        &self,
        mut connection: AnyConnection,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> QueryResult<T> {
        let outcome = work(&mut connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        match &outcome {
            Err(e) if !is_about_rows(e) => idle.clear(),
            _ if idle.len() < IDLE => idle.push(connection),
            _ => {}
        }
        outcome
    }

    fn take_idle(&self) -> Option<AnyConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop()
    }

    fn error(&self, doing: &'static str, reason: &Error) -> StateError {
        StateError::Database {
            doing,
            database: self.location.to_string(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn corrupt(&self, reason: String) -> StateError {
        StateError::Corrupt {
            database: self.location.to_string(),
            reason,
        }
    }
}

/// Whether an error is about what is in the tables and about nothing else.
fn is_about_rows(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)
    )
}

/// Whether the connection was lost, perhaps long ago.
fn is_lost(error: &Error) -> bool {
    matches!(
        error,
        Error::DatabaseError(
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
            _
        )
    )
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}
