//! The one transaction of an import.

use pantry_registry::database::Value;
use pantry_registry::schema::dialect::Dialect;
use pantry_registry::{Registry, RegistryError};

use crate::Error;

/// A number that changes when another connection commits (SQLite); on PostgreSQL constraints watch instead, and it is 0.
pub fn data_version(registry: &mut Registry) -> Result<i64, Error> {
    let connection = registry.connection();
    let mut version = 0;
    if connection.dialect() == Dialect::Sqlite {
        connection.query("PRAGMA main.data_version", &[], |row| {
            version = row.get_i64(0)?;
            Ok::<(), Error>(())
        })?;
    }
    Ok(version)
}

/// Key of the advisory lock that keeps two imports into one PostgreSQL namespace apart.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('pantry import ' || CAST($1 AS text)))";

/// Page cache of the repo's database during the load, in KiB. SQLite's sorter takes as much again, so this bounds memory; four times
/// as much was no faster.
const CACHE_KIB: u32 = 16_384;

/// Begin the transaction.
///
/// On SQLite this takes the write lock. Foreign keys are not checked row by row there: the plan has checked the same
/// references for whole tables, the others point at rows of this transaction, and nobody else can write meanwhile.
pub fn begin(registry: &mut Registry) -> Result<(), Error> {
    let connection = registry.connection();
    if connection.dialect() == Dialect::Sqlite {
        connection.execute("PRAGMA foreign_keys = OFF", &[])?;
        connection.query(
            &format!("PRAGMA main.cache_size = -{CACHE_KIB}"),
            &[],
            |_| Ok::<(), Error>(()),
        )?;
    }
    connection.begin_write()?;
    if connection.dialect() == Dialect::Postgresql {
        let namespace = Value::from(connection.namespace().unwrap_or_default());
        connection.query(LOCK, &[namespace], |_| Ok::<(), Error>(()))?;
    }
    Ok(())
}

/// Commit what succeeded, roll back what failed.
pub fn end<T>(registry: &mut Registry, result: Result<T, Error>) -> Result<T, Error> {
    let connection = registry.connection();
    let is_postgresql = connection.dialect() == Dialect::Postgresql;
    let result = result.and_then(|value| match connection.commit() {
        Ok(()) => Ok(value),
        // A constraint that is checked at the end; everything else on a network may come after the deed.
        Err(error @ RegistryError::Constraint { .. }) => Err(error.into()),
        Err(error) if is_postgresql => Err(Error::CommitUnknown(Box::new(error))),
        Err(error) => Err(error.into()),
    });
    if result.is_err() {
        // The first error says what is wrong; a failing rollback (a lost connection) would only hide it.
        let _ = connection.rollback();
    }
    if connection.dialect() == Dialect::Sqlite {
        connection.execute("PRAGMA foreign_keys = ON", &[])?;
    }
    result
}
