//! What a column of a result is called and what its values are.
use std::borrow::Cow;

use pantry_registry::model::column::ColumnType;

/// A column of a machine format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What its values are, beside null.
    pub kind: Kind,
}

/// Type of the values of a column. Text formats do not need it; Parquet does before the first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`super::Value::Bool`]
    Bool,
    /// [`super::Value::Int`]
    Int,
    /// [`super::Value::Float`]; whole numbers too
    Float,
    /// [`super::Value::Text`]
    Text,
    /// [`super::Value::Bytes`]
    Bytes,
    /// [`super::Value::Time`]
    Time,
    /// [`super::Value::List`] of text
    Texts,
}

impl Column {
    /// A column of this name and type.
    pub fn new(name: impl Into<Cow<'static, str>>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
        }
    }

    /// A column of text.
    pub fn text(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, Kind::Text)
    }
}

impl From<ColumnType> for Kind {
    /// What the column becomes in a machine format; a timespan is shown as two times.
    fn from(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Int => Kind::Int,
            ColumnType::String { .. } => Kind::Text,
            ColumnType::Float => Kind::Float,
            ColumnType::Bool => Kind::Bool,
            ColumnType::Hash { .. } | ColumnType::Region => Kind::Bytes,
            ColumnType::Timespan => Kind::Time,
        }
    }
}
