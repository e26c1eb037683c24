//! Values of a YAML document.

use compact_str::CompactString;
use pantry_registry::model::{time::TaiNs, timespan::Timespan};
use uuid::Uuid;

use super::mapping::Mapping;
use super::region::EncodedRegion;
use super::timestamp::Timestamp;

/// One value, after PyYAML's YAML 1.1 rules and the Butler's tags.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on` and their like.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// An integer that needs more than 64 bits, in decimal.
    BigInt(CompactString),
    /// A floating point number.
    Float(f64),
    /// Text.
    Str(CompactString),
    /// `!!binary`.
    Bytes(Box<[u8]>),
    /// `!uuid`.
    Uuid(Uuid),
    /// `!butler_time/tai/iso`, clamped to the times that can be stored.
    Time(TaiNs),
    /// `!lsst.daf.butler.Timespan`.
    Timespan(Timespan),
    /// A bare date or date and time; in old exports a time in UTC.
    Timestamp(Timestamp),
    /// A region of the sphere, still encoded.
    Region(EncodedRegion),
    /// A list (also `!!omap` and `!!pairs`, whose elements are lists of two).
    Seq(Vec<Node>),
    /// `!!set`, in the order of the file.
    Set(Vec<Node>),
    /// A mapping.
    Map(Mapping),
}

impl Node {
    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if this is one of 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Node::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Node::Null)
    }

    /// What this is, in words for an error message.
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Int(_) | Node::BigInt(_) => "an integer",
            Node::Float(_) => "a floating point number",
            Node::Str(_) => "a string",
            Node::Bytes(_) => "bytes",
            Node::Uuid(_) => "a UUID",
            Node::Time(_) => "a time",
            Node::Timespan(_) => "a timespan",
            Node::Timestamp(_) => "a date",
            Node::Region(_) => "a region",
            Node::Seq(_) => "a list",
            Node::Set(_) => "a set",
            Node::Map(_) => "a mapping",
        }
    }
}
