//! SQLite: one file, one writer at a time (`lsst/daf/butler/registry/databases/sqlite.py`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ToSql};
use uuid::fmt::Simple;

use super::connection::{Access, describe};
use super::patience::Patience;
use super::row::{Row, RowOf};
use super::value::{Value, base64_text};
use crate::error::RegistryError;

/// How long a process waits for another one's lock, as the reference does.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a process waits for the write lock before it says that it waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// After how many steps of its virtual machine a statement looks whether it is to go on: some hundred microseconds.
const STEPS: i32 = 10_000;

/// An open SQLite file.
pub struct SqliteDatabase {
    pub(super) raw: rusqlite::Connection,
    path: PathBuf,
    patience: Arc<Patience>,
    lock_wait: Duration,
}

/// Open a file and read from it: opening alone would not find out that it is no database.
fn connect(
    path: &Path,
    flags: OpenFlags,
    lock_wait: Duration,
) -> rusqlite::Result<rusqlite::Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let raw = rusqlite::Connection::open_with_flags(path, flags)?;
    raw.busy_timeout(lock_wait)?;
    raw.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
    Ok(raw)
}

/// Whether a program was killed while it wrote, and somebody has to take back what it wrote.
fn is_half_written(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code == Some(rusqlite::ffi::SQLITE_READONLY_ROLLBACK)
}

fn half_written(path: &Path, error: &rusqlite::Error) -> RegistryError {
    RegistryError::Connect {
        database: format!("SQLite database {}", path.display()),
        reason: format!(
            "a program was killed while it wrote, and this user may not take that back ({error}); open it once as a user who \
             may write to it"
        ),
    }
}

/// Page cache in KiB: the upper levels of the indexes of some millions of rows. SQLite's own 2 MiB do not hold them.
const CACHE_KIB: i64 = 32_768;

impl SqliteDatabase {
    /// Open a file that exists, and wait so long for another process's lock, now and later.
    pub fn open(path: &Path, access: Access, lock_wait: Duration) -> Result<Self, RegistryError> {
        let flags = match access {
            Access::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        Self::open_with(path, flags, lock_wait)
    }

    /// Open a file for writing, making an empty one if it is missing.
    pub fn create(path: &Path) -> Result<Self, RegistryError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        Self::open_with(path, flags, BUSY_TIMEOUT)
    }

    fn open_with(
        path: &Path,
        flags: OpenFlags,
        lock_wait: Duration,
    ) -> Result<Self, RegistryError> {
        let fail = |e: rusqlite::Error| {
            let database = format!("SQLite database {}", path.display());
            match e.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy) => RegistryError::Busy {
                    doing: format!("open {database}"),
                    waited_seconds: lock_wait.as_secs(),
                },
                _ => RegistryError::Connect {
                    database,
                    reason: e.to_string(),
                },
            }
        };
        let raw = match connect(path, flags, lock_wait) {
            Err(error) if is_half_written(&error) => {
                // Who may only read cannot take back what a killed program has begun; the file stays as it was before.
                connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, lock_wait)
                    .map_err(|e| half_written(path, &e))?;
                connect(path, flags, lock_wait)
            }
            connected => connected,
        };
        let raw = raw.map_err(fail)?;
        raw.pragma_update(None, "foreign_keys", true)
            .map_err(fail)?;
        raw.pragma_update(None, "cache_size", -CACHE_KIB)
            .map_err(fail)?;
        raw.set_prepared_statement_cache_capacity(64);
        let patience = Arc::new(Patience::default());
        let looking = Arc::clone(&patience);
        raw.progress_handler(STEPS, Some(move || looking.is_at_end()))
            .map_err(fail)?;
        Ok(Self {
            raw,
            path: path.to_owned(),
            patience,
            lock_wait,
        })
    }

    pub(super) fn patience(&self) -> &Arc<Patience> {
        &self.patience
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Take the write lock; waits for up to five minutes and says so when it does.
    pub(super) fn begin_write(&mut self) -> Result<(), RegistryError> {
        let doing = "start a write transaction";
        let begin = |raw: &rusqlite::Connection| raw.execute_batch("BEGIN IMMEDIATE");
        let fail = |e| self.error(doing, e);
        self.raw
            .busy_timeout(PATIENCE.min(self.lock_wait))
            .map_err(fail)?;
        let mut result = begin(&self.raw);
        self.raw.busy_timeout(self.lock_wait).map_err(fail)?;
        if let Err(e) = &result
            && e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
            && self.lock_wait > PATIENCE
        {
            let file = self.path.display();
            tracing::warn!("Another process is writing to {file}; waiting for it to finish.");
            result = begin(&self.raw);
        }
        result.map_err(fail)
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), RegistryError> {
        self.raw
            .execute_batch(sql)
            .map_err(|e| self.error(&describe(sql), e))
    }

    /// What an error means, if need be by what this connection was told.
    fn error(&self, doing: &str, e: rusqlite::Error) -> RegistryError {
        match (e.sqlite_error_code(), error(doing, e)) {
            (Some(ErrorCode::OperationInterrupted), _) => self.patience.reason(doing.to_owned()),
            (_, RegistryError::Busy { doing, .. }) => RegistryError::Busy {
                doing,
                waited_seconds: self.lock_wait.as_secs(),
            },
            (_, other) => other,
        }
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, RegistryError> {
        let fail = |e| self.error(&describe(sql), e);
        let mut statement = self.raw.prepare_cached(sql).map_err(fail)?;
        bind(&mut statement, sql, values)?;
        let changed = statement.raw_execute().map_err(fail)?;
        Ok(changed as u64)
    }

    pub(super) fn query<E: From<RegistryError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut visit: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let fail = |e| self.error(&describe(sql), e);
        let mut statement = self.raw.prepare_cached(sql).map_err(fail)?;
        bind(&mut statement, sql, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(fail)? {
            self.patience.check(|| describe(sql))?;
            let inner = RowOf::Sqlite(row);
            visit(&Row { inner, sql })?;
        }
        Ok(())
    }

    /// Names of all tables.
    pub(super) fn table_names(&mut self) -> Result<Vec<String>, RegistryError> {
        let mut names = Vec::new();
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' \
                   ESCAPE '~' ORDER BY name";
        self.query(sql, &[], |row| -> Result<(), RegistryError> {
            names.push(row.get_str(0)?.to_owned());
            Ok(())
        })?;
        Ok(names)
    }
}

/// SQLite takes `$1` for the name of a parameter and numbers names by first appearance, so each is bound by its name.
fn bind(
    statement: &mut rusqlite::Statement<'_>,
    sql: &str,
    values: &[Value],
) -> Result<(), RegistryError> {
    for i in 1..=statement.parameter_count() {
        let value = statement
            .parameter_name(i)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|n| n.parse::<usize>().ok())
            .and_then(|n| values.get(n.wrapping_sub(1)));
        let Some(value) = value else {
            return Err(RegistryError::Database {
                doing: describe(sql),
                reason: format!("placeholder {i} has no value"),
            });
        };
        statement
            .raw_bind_parameter(i, SqliteValue(value))
            .map_err(|e| error(&describe(sql), e))?;
    }
    Ok(())
}

/// A value as SQLite holds it.
pub struct SqliteValue<'a>(pub &'a Value);

impl ToSql for SqliteValue<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        use rusqlite::types::Value as Owned;
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(b) => ToSqlOutput::Borrowed(ValueRef::Integer((*b).into())),
            Value::Int(i) => ToSqlOutput::Borrowed(ValueRef::Integer(*i)),
            Value::Float(x) => ToSqlOutput::Borrowed(ValueRef::Real(*x)),
            Value::Text(s) => ToSqlOutput::Borrowed(ValueRef::Text(s.as_bytes())),
            Value::Bytes(bytes) => ToSqlOutput::Owned(Owned::Text(base64_text(bytes))),
            Value::Uuid(id) => ToSqlOutput::Owned(Owned::Text(Simple::from(*id).to_string())),
            Value::Timespan(_) => {
                let reason = "a timespan is two columns on SQLite; use Statement::bind_timespan";
                return Err(rusqlite::Error::ToSqlConversionFailure(reason.into()));
            }
        })
    }
}

/// What an error of rusqlite means for the caller.
pub fn error(doing: &str, e: rusqlite::Error) -> RegistryError {
    let doing = doing.to_owned();
    let reason = e.to_string();
    match e.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => RegistryError::Busy {
            doing,
            waited_seconds: BUSY_TIMEOUT.as_secs(),
        },
        Some(ErrorCode::ConstraintViolation) => RegistryError::Constraint { doing, reason },
        Some(ErrorCode::ReadOnly) => RegistryError::ReadOnly { doing, reason },
        _ => RegistryError::Database { doing, reason },
    }
}
