//! A row of a result, read by position.

use uuid::Uuid;

use super::timespan_range::Int8Range;
use super::value::base64_bytes;
use crate::error::RegistryError;
use crate::model::time::{TaiNs, TimeScale};
use crate::model::timespan::Timespan;

/// A row of a result; positions count from 0.
///
/// A timespan takes one position on PostgreSQL and two on SQLite
/// ([`crate::schema::dialect::Dialect::timespan_columns`]).
pub struct Row<'a> {
    pub(super) inner: RowOf<'a>,
    pub(super) sql: &'a str,
}

/// The row of one back end.
pub(super) enum RowOf<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgresql(&'a postgres::Row),
}

impl Row<'_> {
    fn fault(&self, column: usize, found: impl ToString, expected: &'static str) -> RegistryError {
        RegistryError::UnexpectedValue {
            doing: super::connection::describe(self.sql),
            column,
            found: found.to_string(),
            expected,
        }
    }

    /// Whether the column has no value.
    pub fn is_null(&self, i: usize) -> Result<bool, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(row) => row
                .get_ref(i)
                .map(|v| v == rusqlite::types::ValueRef::Null)
                .map_err(|e| self.fault(i, e, "a column")),
            RowOf::Postgresql(row) => row
                .try_get::<_, IsNull>(i)
                .map(|v| v.0)
                .map_err(|e| self.fault(i, e, "a column")),
        }
    }

    /// An integer of any size.
    pub fn get_i64(&self, i: usize) -> Result<i64, RegistryError> {
        self.get_opt_i64(i)?
            .ok_or_else(|| self.fault(i, "NULL", "an integer"))
    }

    /// An integer of any size, or nothing.
    pub fn get_opt_i64(&self, i: usize) -> Result<Option<i64>, RegistryError> {
        use postgres::types::Type;
        match &self.inner {
            RowOf::Sqlite(row) => row.get(i).map_err(|e| self.fault(i, e, "an integer")),
            RowOf::Postgresql(row) => match row.columns().get(i).map(|c| c.type_().clone()) {
                Some(Type::INT2) => row.try_get::<_, Option<i16>>(i).map(|v| v.map(i64::from)),
                Some(Type::INT4) => row.try_get::<_, Option<i32>>(i).map(|v| v.map(i64::from)),
                _ => row.try_get(i),
            }
            .map_err(|e| self.fault(i, e, "an integer")),
        }
    }

    /// A floating point number.
    pub fn get_f64(&self, i: usize) -> Result<f64, RegistryError> {
        self.get_opt_f64(i)?
            .ok_or_else(|| self.fault(i, "NULL", "a number"))
    }

    /// A floating point number, or nothing.
    pub fn get_opt_f64(&self, i: usize) -> Result<Option<f64>, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(row) => row.get(i).map_err(|e| self.fault(i, e, "a number")),
            RowOf::Postgresql(row) => row.try_get(i).map_err(|e| self.fault(i, e, "a number")),
        }
    }

    /// A truth value.
    pub fn get_bool(&self, i: usize) -> Result<bool, RegistryError> {
        self.get_opt_bool(i)?
            .ok_or_else(|| self.fault(i, "NULL", "a truth value"))
    }

    /// A truth value, or nothing.
    pub fn get_opt_bool(&self, i: usize) -> Result<Option<bool>, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(row) => row.get(i).map_err(|e| self.fault(i, e, "a truth value")),
            RowOf::Postgresql(row) => row
                .try_get(i)
                .map_err(|e| self.fault(i, e, "a truth value")),
        }
    }

    /// Text.
    pub fn get_str(&self, i: usize) -> Result<&str, RegistryError> {
        self.get_opt_str(i)?
            .ok_or_else(|| self.fault(i, "NULL", "text"))
    }

    /// Text, or nothing.
    pub fn get_opt_str(&self, i: usize) -> Result<Option<&str>, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(row) => {
                let value = row.get_ref(i).map_err(|e| self.fault(i, e, "text"))?;
                value.as_str_or_null().map_err(|e| self.fault(i, e, "text"))
            }
            RowOf::Postgresql(row) => row.try_get(i).map_err(|e| self.fault(i, e, "text")),
        }
    }

    /// The bytes of a hash or region, which the column holds as base64 text.
    pub fn get_bytes(&self, i: usize) -> Result<Vec<u8>, RegistryError> {
        self.get_opt_bytes(i)?
            .ok_or_else(|| self.fault(i, "NULL", "base64 text"))
    }

    /// The bytes of a hash or region, or nothing.
    pub fn get_opt_bytes(&self, i: usize) -> Result<Option<Vec<u8>>, RegistryError> {
        let Some(text) = self.get_opt_str(i)? else {
            return Ok(None);
        };
        match base64_bytes(text) {
            Some(bytes) => Ok(Some(bytes)),
            None => Err(self.fault(i, format!("'{text}'"), "base64 text")),
        }
    }

    /// A UUID.
    pub fn get_uuid(&self, i: usize) -> Result<Uuid, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(_) => {
                let text = self.get_str(i)?;
                Uuid::try_parse(text).map_err(|_| self.fault(i, format!("'{text}'"), "a UUID"))
            }
            RowOf::Postgresql(row) => row.try_get(i).map_err(|e| self.fault(i, e, "a UUID")),
        }
    }

    /// A time of a `TIMESTAMP` column, which is in UTC.
    pub fn get_utc_time(&self, i: usize) -> Result<TaiNs, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(_) => {
                let text = self.get_str(i)?;
                TaiNs::parse_iso(text, TimeScale::Utc)
                    .map_err(|_| self.fault(i, format!("'{text}'"), "a time"))
            }
            RowOf::Postgresql(row) => row
                .try_get::<_, UtcMicros>(i)
                .map(|t| TaiNs::from_utc_micros(t.0))
                .map_err(|e| self.fault(i, e, "a time")),
        }
    }

    /// A timespan that starts at column `i`, or nothing.
    pub fn get_opt_timespan(&self, i: usize) -> Result<Option<Timespan>, RegistryError> {
        match &self.inner {
            RowOf::Sqlite(_) => match (self.get_opt_i64(i)?, self.get_opt_i64(i + 1)?) {
                (Some(begin), Some(end)) => Ok(Some(Timespan::from_ns(begin, end))),
                (None, None) => Ok(None),
                _ => Err(self.fault(i, "one bound and one NULL", "a timespan")),
            },
            RowOf::Postgresql(row) => row
                .try_get::<_, Option<Int8Range>>(i)
                .map(|v| v.map(|range| range.0))
                .map_err(|e| self.fault(i, e, "a timespan")),
        }
    }

    /// A timespan that starts at column `i`.
    pub fn get_timespan(&self, i: usize) -> Result<Timespan, RegistryError> {
        self.get_opt_timespan(i)?
            .ok_or_else(|| self.fault(i, "NULL", "a timespan"))
    }
}

/// A `timestamp` of PostgreSQL as microseconds since 1970.
struct UtcMicros(i64);

/// 2000-01-01, from which PostgreSQL counts, in microseconds since 1970.
const POSTGRESQL_EPOCH: i64 = 946_684_800_000_000;

impl<'a> postgres::types::FromSql<'a> for UtcMicros {
    fn from_sql(
        _: &postgres::types::Type,
        bytes: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(
            i64::from_be_bytes(bytes.try_into()?) + POSTGRESQL_EPOCH,
        ))
    }

    fn accepts(ty: &postgres::types::Type) -> bool {
        *ty == postgres::types::Type::TIMESTAMP
    }
}

/// Whether a PostgreSQL column of any type is NULL.
struct IsNull(bool);

impl<'a> postgres::types::FromSql<'a> for IsNull {
    fn from_sql(
        _: &postgres::types::Type,
        _: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(false))
    }

    fn from_sql_null(
        _: &postgres::types::Type,
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(true))
    }

    fn accepts(_: &postgres::types::Type) -> bool {
        true
    }
}
