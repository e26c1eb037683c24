//! Values that are bound to statements, and how each back end holds them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use crate::model::data_coordinate::DataIdValue;
use crate::model::timespan::Timespan;

/// A value for a column.
///
/// | value | SQLite | PostgreSQL |
/// |---|---|---|
/// | `Bool` | integer 0 or 1 | `boolean` |
/// | `Int` | integer | `bigint` |
/// | `Float` | real | `double precision` |
/// | `Text` | text | `text` |
/// | `Bytes` | base64 text | base64 text |
/// | `Uuid` | text, 32 lower-case hexadecimal digits | `uuid` |
/// | `Timespan` | two integers, see [`super::Statement::bind_timespan`] | `int8range` |
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Truth value.
    Bool(bool),
    /// Integer.
    Int(i64),
    /// Floating point number.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes of a hash or a region (sphgeom's encoding), stored as base64 text.
    Bytes(Vec<u8>),
    /// Dataset id.
    Uuid(Uuid),
    /// Half-open interval of TAI nanoseconds.
    Timespan(Timespan),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Uuid(id)
    }
}

impl From<&DataIdValue> for Value {
    fn from(value: &DataIdValue) -> Self {
        match value {
            DataIdValue::Int(i) => Self::Int(*i),
            DataIdValue::Str(s) => Self::Text(s.clone()),
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The text that holds bytes in a column.
pub fn base64_text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that a column's text holds; `None` if it is not base64.
pub fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
