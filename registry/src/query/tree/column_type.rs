//! Types of column expressions.

use std::fmt;

use crate::model::column::ColumnType;

/// The type of a column expression (`lsst/daf/butler/column_spec.py`, `ColumnType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryColumnType {
    /// Integer.
    Int,
    /// Text.
    String,
    /// Floating point number.
    Float,
    /// Truth value.
    Bool,
    /// Bytes.
    Hash,
    /// Dataset id.
    Uuid,
    /// A time, in TAI nanoseconds.
    DateTime,
    /// When a dataset came into the repo: of a type of its own, because old layouts store it differently.
    IngestDate,
    /// Interval of time.
    Timespan,
    /// Region on the sphere.
    Region,
}

impl QueryColumnType {
    /// The reference's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::String => "string",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Hash => "hash",
            Self::Uuid => "uuid",
            Self::DateTime => "datetime",
            Self::IngestDate => "ingest_date",
            Self::Timespan => "timespan",
            Self::Region => "region",
        }
    }

    /// Whether values are numbers.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }

    /// Whether rows can be sorted by values of the type (`validate_order_expression`).
    pub fn is_ordered(self) -> bool {
        matches!(
            self,
            Self::Int | Self::String | Self::Float | Self::DateTime | Self::IngestDate
        )
    }
}

impl From<ColumnType> for QueryColumnType {
    fn from(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Int => Self::Int,
            ColumnType::String { .. } => Self::String,
            ColumnType::Float => Self::Float,
            ColumnType::Bool => Self::Bool,
            ColumnType::Hash { .. } => Self::Hash,
            ColumnType::Region => Self::Region,
            ColumnType::Timespan => Self::Timespan,
        }
    }
}

impl fmt::Display for QueryColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
