//! PostgreSQL: a schema ("namespace") of a database (`lsst/daf/butler/registry/databases/postgresql.py`).

use std::error::Error as _;

use bytes::BytesMut;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::connection::{Access, describe};
use super::row::{Row, RowOf};
use super::timespan_range::Int8Range;
use super::value::{Value, base64_text};
use crate::error::RegistryError;

/// A connection to a PostgreSQL server.
pub struct PostgresqlDatabase {
    pub(super) raw: postgres::Client,
}

impl PostgresqlDatabase {
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
            Access::ReadWrite => "BEGIN",
            // One snapshot for all queries of a listing or export.
            Access::ReadOnly => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let settings = "SET TIME ZONE 0; SET cursor_tuple_fraction = 1";
        self.batch(&format!("{begin}; {settings}"))
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), RegistryError> {
        self.raw
            .batch_execute(sql)
            .map_err(|e| error(&describe(sql), &e))
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, RegistryError> {
        let params: Vec<(&(dyn ToSql + Sync), Type)> = values
            .iter()
            .map(|v| (v as &(dyn ToSql + Sync), type_of(v)))
            .collect();
        self.raw
            .execute_typed(sql, &params)
            .map_err(|e| error(&describe(sql), &e))
    }

    pub(super) fn query<E: From<RegistryError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut visit: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let fail = |e: postgres::Error| error(&describe(sql), &e);
        let params = values.iter().map(|v| (v, type_of(v)));
        let mut rows = self.raw.query_typed_raw(sql, params).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let inner = RowOf::Postgresql(&row);
            visit(&Row { inner, sql })?;
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

/// What an error of the server or the connection means for the caller.
pub fn error(doing: &str, e: &postgres::Error) -> RegistryError {
    let doing = doing.to_owned();
    let reason = message(e);
    let code = e.code().cloned();
    match code {
        Some(code) if code.code().starts_with("23") => RegistryError::Constraint { doing, reason },
        Some(SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INSUFFICIENT_PRIVILEGE) => {
            RegistryError::ReadOnly { doing, reason }
        }
        _ => RegistryError::Database { doing, reason },
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
