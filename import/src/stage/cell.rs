//! Values and column types of the stage: SQLite's own, in the encodings of the registry's SQLite tables.

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};

/// What a stage column holds; decides the type of the PostgreSQL column it is copied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellType {
    /// 64-bit integer.
    Int,
    /// 64-bit floating point number.
    Float,
    /// Boolean, staged as 0 or 1.
    Bool,
    /// Text; also hashes and regions as base64.
    Text,
    /// UUID, staged as 32 hexadecimal digits.
    Uuid,
}

/// One staged value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// SQL NULL.
    Null,
    /// An integer or a boolean.
    Int(i64),
    /// A floating point number.
    Float(f64),
    /// Text, base64 or the hexadecimal digits of a UUID.
    Text(String),
}

impl Cell {
    /// The 32 lower-case hexadecimal digits of a UUID.
    pub fn uuid(id: uuid::Uuid) -> Self {
        Self::Text(id.simple().to_string())
    }

    /// Text or NULL.
    pub fn text(value: Option<&str>) -> Self {
        value.map_or(Self::Null, |s| Self::Text(s.to_owned()))
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(v) => ToSqlOutput::Owned(Value::Integer(*v)),
            Self::Float(v) => ToSqlOutput::Owned(Value::Real(*v)),
            Self::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
        })
    }
}
