//! PostgreSQL: a schema ("namespace") of a database (`lsst/daf/butler/registry/databases/postgresql.py`).

use std::error::Error as _;

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::{Access, describe};
use super::patience::{Canceller, Patience};
use super::row::{Row, RowOf};
use super::timespan_range::Int8Range;
use super::value::{Value, base64_text};
use crate::error::RegistryError;

/// How long a server may take to answer to nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to a PostgreSQL server.
pub struct PostgresqlDatabase {
    pub(super) raw: postgres::Client,
    tls: Option<MakeRustlsConnect>,
    patience: Arc<Patience>,
    version: Option<i64>,
    /// The last transaction only reads.
    is_reading: bool,
}

impl PostgresqlDatabase {
    /// A session that was opened with `tls`, or without.
    pub(super) fn new(raw: postgres::Client, tls: Option<MakeRustlsConnect>) -> Self {
        Self {
            raw,
            tls,
            patience: Arc::default(),
            version: None,
            is_reading: true,
        }
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Whether the session was not closed, as far as is known without asking.
    pub(super) fn is_open(&self) -> bool {
        !self.raw.is_closed()
    }

    /// Whether the server answers.
    pub(super) fn is_alive(&mut self) -> bool {
        self.raw.is_valid(PATIENCE).is_ok()
    }

    pub(super) fn canceller(&self) -> Canceller {
        Canceller::new(
            &self.patience,
            Some((self.raw.cancel_token(), self.tls.clone())),
        )
    }

    /// The server's version as a number, such as 150018; asked once.
    pub(super) fn version(&mut self) -> Result<i64, RegistryError> {
        if let Some(version) = self.version {
            return Ok(version);
        }
        let mut version = 0;
        let sql = "SELECT CAST(current_setting('server_version_num') AS bigint)";
        self.query(sql, &[], |row| {
            version = row.get_i64(0)?;
            Ok::<(), RegistryError>(())
        })?;
        self.version = Some(version);
        Ok(version)
    }

    /// The first schema of the search path, if any exists.
    pub(super) fn current_schema(&mut self) -> Result<Option<String>, RegistryError> {
        let mut schema = None;
        let sql = "SELECT current_schema()::text";
        self.query(sql, &[], |row| -> Result<(), RegistryError> {
            schema = row.get_opt_str(0)?.map(str::to_owned);
            Ok(())
        })?;
        Ok(schema)
    }

    /// Start a transaction with the settings of the reference: times are UTC, plans are for all rows.
    pub(super) fn begin(&mut self, access: Access) -> Result<(), RegistryError> {
        let begin = match access {
            Access::ReadWrite => "BEGIN; SET LOCAL statement_timeout = 0",
            // One snapshot for all queries of a listing or export.
            Access::ReadOnly => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.is_reading = access == Access::ReadOnly;
        let settings = "SET TIME ZONE 0; SET cursor_tuple_fraction = 1";
        self.batch(&format!("{begin}; {settings}"))
    }

    /// The transaction is over: statements that stand alone only read.
    pub(super) fn ended(&mut self) {
        self.is_reading = true;
    }

    /// How long each statement may take that only reads.
    pub(super) fn limit_reads(&mut self, limit: Option<Duration>) -> Result<(), RegistryError> {
        let limit = limit.map_or(0, |limit| limit.as_millis().clamp(1, i32::MAX as u128));
        self.batch(&format!("SET statement_timeout = {limit}"))
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), RegistryError> {
        self.raw
            .batch_execute(sql)
            .map_err(|e| failed(&self.patience, sql, &e))
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, RegistryError> {
        let params: Vec<(&(dyn ToSql + Sync), Type)> = values
            .iter()
            .map(|v| (v as &(dyn ToSql + Sync), type_of(v)))
            .collect();
        self.raw
            .execute_typed(sql, &params)
            .map_err(|e| failed(&self.patience, sql, &e))
    }

    pub(super) fn query<E: From<RegistryError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut visit: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.patience.check(|| describe(sql))?;
        let patience = Arc::clone(&self.patience);
        let fail = |e: postgres::Error| failed(&patience, sql, &e);
        let canceller = self.is_reading.then(|| self.canceller());
        let params = values.iter().map(|v| (v, type_of(v)));
        let mut rows = self.raw.query_typed_raw(sql, params).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            patience.check(|| describe(sql))?;
            let inner = RowOf::Postgresql(&row);
            if let Err(enough) = visit(&Row { inner, sql }) {
                leave(rows, canceller);
                return Err(enough);
            }
        }
        Ok(())
    }

    /// Names of all tables of a namespace.
    pub(super) fn table_names(
        &mut self,
        namespace: Option<&str>,
    ) -> Result<Vec<String>, RegistryError> {
        let mut names = Vec::new();
        let sql = "SELECT tablename::text FROM pg_catalog.pg_tables \
                   WHERE schemaname = COALESCE($1::text, current_schema()::text) ORDER BY tablename";
        self.query(
            sql,
            &[namespace.into()],
            |row| -> Result<(), RegistryError> {
                names.push(row.get_str(0)?.to_owned());
                Ok(())
            },
        )?;
        Ok(names)
    }
}

/// The type under which a value is sent; statements are never prepared, so that connections through a pooler work.
fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Bool(_) => Type::BOOL,
        Value::Int(_) => Type::INT8,
        Value::Float(_) => Type::FLOAT8,
        Value::Text(_) | Value::Bytes(_) => Type::TEXT,
        Value::Uuid(_) => Type::UUID,
        Value::Timespan(_) => Type::INT8_RANGE,
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(b) => b.to_sql(ty, out),
            Self::Int(i) => match *ty {
                Type::INT2 => i16::try_from(*i)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*i)?.to_sql(ty, out),
                _ => i.to_sql(ty, out),
            },
            Self::Float(x) => x.to_sql(ty, out),
            Self::Text(s) => s.to_sql(ty, out),
            Self::Bytes(bytes) => base64_text(bytes).to_sql(ty, out),
            Self::Uuid(id) => id.to_sql(ty, out),
            Self::Timespan(timespan) => Int8Range(*timespan).to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Rows that the server sends beyond those that somebody wants before it is told to stop.
const UNWANTED: usize = 2_000;

/// Get rid of the rows that nobody wants. The server is told to stop only where nothing is lost by it: after that, a
/// transaction can only be rolled back.
fn leave(mut rows: postgres::RowIter<'_>, canceller: Option<Canceller>) {
    for _ in 0..UNWANTED {
        if !matches!(rows.next(), Ok(Some(_))) {
            return;
        }
    }
    // Without success all rows have to be received; slower, but no less right.
    let _ = canceller.map(|c| c.stop_statement());
    while let Ok(Some(_)) = rows.next() {}
}

/// What an error means, if need be by what the connection was told.
fn failed(patience: &Patience, sql: &str, e: &postgres::Error) -> RegistryError {
    match e.code() {
        Some(&SqlState::QUERY_CANCELED) => patience.reason(describe(sql)),
        _ => error(&describe(sql), e),
    }
}

/// What an error of the server or the connection means for the caller.
pub fn error(doing: &str, e: &postgres::Error) -> RegistryError {
    let doing = doing.to_owned();
    let reason = message(e);
    let code = e.code().cloned();
    match code {
        _ if is_end_of_session(e) => RegistryError::Lost { doing, reason },
        Some(code) if code.code().starts_with("23") => RegistryError::Constraint { doing, reason },
        Some(SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INSUFFICIENT_PRIVILEGE) => {
            RegistryError::ReadOnly { doing, reason }
        }
        // SELECT DISTINCT with other columns in ORDER BY: no other statement of ours has the choice.
        Some(SqlState::INVALID_COLUMN_REFERENCE) => RegistryError::Unsortable,
        _ => RegistryError::Database { doing, reason },
    }
}

/// Whether nothing can be asked any more after an error.
fn is_end_of_session(e: &postgres::Error) -> bool {
    match e.code() {
        // Operators that stop or restart the server, and class 08 without faults of ours in the protocol.
        Some(code) => {
            let is_lost = code.code().starts_with("08") || code.code().starts_with("57P");
            is_lost && *code != SqlState::PROTOCOL_VIOLATION
        }
        None => e.is_closed() || e.source().is_some_and(|s| s.is::<std::io::Error>()),
    }
}

/// The whole story of an error: the server's message with its detail, or the causes of a lost connection.
pub(super) fn message(e: &postgres::Error) -> String {
    if let Some(server) = e.as_db_error() {
        let detail = server.detail().map(|d| format!(" ({d})"));
        return format!("{}{}", server.message(), detail.unwrap_or_default());
    }
    let mut text = e.to_string();
    let mut cause = e.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}
