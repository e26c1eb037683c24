//! Literal values in column expressions.

use std::fmt;

use pantry_sky::{Circle, Region, UnitVector3d};
use uuid::Uuid;

use super::column_type::QueryColumnType;
use crate::config::{float_repr, str_repr};
use crate::database::Value;
use crate::model::data_coordinate::DataIdValue;
use crate::model::time::TaiNs;
use crate::model::timespan::Timespan;

/// A region with its encoding, which is what trees and clients exchange.
#[derive(Debug, Clone)]
pub struct RegionLiteral {
    region: Region,
    encoded: Vec<u8>,
}

impl RegionLiteral {
    /// Of a region.
    pub fn new(region: Region) -> Self {
        let encoded = region.encode();
        Self { region, encoded }
    }

    /// Of sphgeom's byte encoding; `Err` says why it is none.
    pub fn decode(encoded: &[u8]) -> Result<Self, String> {
        let region = Region::decode(encoded).map_err(|e| e.to_string())?;
        Ok(Self {
            region,
            encoded: encoded.to_vec(),
        })
    }

    /// Of a point: a circle without radius, as the reference has it.
    pub fn point(point: UnitVector3d) -> Self {
        Self::new(Region::Circle(Circle::from_squared_chord_length(
            point, 0.0,
        )))
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// sphgeom's byte encoding.
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }
}

impl PartialEq for RegionLiteral {
    fn eq(&self, other: &Self) -> bool {
        self.encoded == other.encoded
    }
}

/// A literal value in a column expression (`queries/tree/_column_literal.py`).
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnLiteral {
    /// Integer.
    Int(i64),
    /// Text.
    String(String),
    /// Floating point number.
    Float(f64),
    /// Bytes.
    Hash(Vec<u8>),
    /// Dataset id.
    Uuid(Uuid),
    /// A time.
    DateTime(TaiNs),
    /// Interval of time.
    Timespan(Timespan),
    /// Region on the sphere.
    Region(RegionLiteral),
}

impl ColumnLiteral {
    /// Type of the value.
    pub fn column_type(&self) -> QueryColumnType {
        match self {
            Self::Int(_) => QueryColumnType::Int,
            Self::String(_) => QueryColumnType::String,
            Self::Float(_) => QueryColumnType::Float,
            Self::Hash(_) => QueryColumnType::Hash,
            Self::Uuid(_) => QueryColumnType::Uuid,
            Self::DateTime(_) => QueryColumnType::DateTime,
            Self::Timespan(_) => QueryColumnType::Timespan,
            Self::Region(_) => QueryColumnType::Region,
        }
    }

    /// The value as the database takes it.
    pub fn value(&self) -> Value {
        match self {
            Self::Int(v) => Value::Int(*v),
            Self::String(v) => Value::Text(v.clone()),
            Self::Float(v) => Value::Float(*v),
            Self::Hash(v) => Value::Bytes(v.clone()),
            Self::Uuid(v) => Value::Uuid(*v),
            Self::DateTime(v) => Value::Int(v.0),
            Self::Timespan(v) => Value::Timespan(*v),
            Self::Region(v) => Value::Bytes(v.encoded.clone()),
        }
    }
}

impl From<&DataIdValue> for ColumnLiteral {
    fn from(value: &DataIdValue) -> Self {
        match value {
            DataIdValue::Int(v) => Self::Int(*v),
            DataIdValue::Str(v) => Self::String(v.clone()),
        }
    }
}

impl fmt::Display for ColumnLiteral {
    /// As the reference writes it into its messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(v) => write!(f, "{v}"),
            Self::String(v) => f.write_str(&str_repr(v)),
            Self::Float(v) => f.write_str(&float_repr(*v)),
            Self::Hash(_) => f.write_str("(bytes)"),
            Self::Uuid(v) => write!(f, "{v}"),
            Self::DateTime(v) => f.write_str(v.written('T', 6).get(..19).unwrap_or_default()),
            Self::Timespan(v) => write!(f, "{v}"),
            Self::Region(_) => f.write_str("(region)"),
        }
    }
}
