//! Columns of dimension elements: keys, metadata, region and timespan.

use serde::Deserialize;

/// Type of a column of a dimension record (`lsst/daf/butler/column_spec.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// 64-bit integer.
    Int,
    /// Unicode string of at most `length` characters.
    String {
        /// Largest number of characters.
        length: u32,
    },
    /// 64-bit floating point number.
    Float,
    /// Boolean.
    Bool,
    /// Byte string of at most `nbytes` bytes.
    Hash {
        /// Largest number of bytes.
        nbytes: u32,
    },
    /// Region on the sphere, in sphgeom's byte encoding.
    Region,
    /// Half-open interval of TAI nanoseconds.
    Timespan,
}

impl ColumnType {
    /// The name that the reference's configuration uses for this type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::String { .. } => "string",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Hash { .. } => "hash",
            Self::Region => "region",
            Self::Timespan => "timespan",
        }
    }
}

/// One column of a dimension record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Field name within the record.
    pub name: String,
    /// Type of its values.
    pub column_type: ColumnType,
    /// Whether the value may be missing.
    pub nullable: bool,
}

/// A column as the universe's JSON writes it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ColumnConfig {
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    length: Option<u32>,
    nbytes: Option<u32>,
    nullable: Option<bool>,
}

impl ColumnConfig {
    /// Turn the configuration into a [`Column`]; `Err` is the reason in words.
    pub(super) fn into_column(self, nullable_by_default: bool) -> Result<Column, String> {
        let missing = |what: &str| format!("column '{}' has no {what}", self.name);
        let column_type = match self.type_name.as_str() {
            "int" => ColumnType::Int,
            "string" => ColumnType::String {
                length: self.length.ok_or_else(|| missing("length"))?,
            },
            "float" => ColumnType::Float,
            "bool" => ColumnType::Bool,
            "hash" => ColumnType::Hash {
                nbytes: self.nbytes.ok_or_else(|| missing("nbytes"))?,
            },
            other => return Err(format!("column '{}' has unknown type '{other}'", self.name)),
        };
        Ok(Column {
            nullable: nullable_by_default && self.nullable.unwrap_or(true),
            name: self.name,
            column_type,
        })
    }
}
