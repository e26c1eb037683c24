//! One value of a row of a query.
use std::borrow::Cow;
use std::cmp::Ordering;

use pantry_registry::model::timespan::Timespan;
use uuid::Uuid;

/// A value as the engine gives it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'r> {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// Text.
    Text(Cow<'r, str>),
    /// A hash, or a region in sphgeom's encoding.
    Bytes(Cow<'r, [u8]>),
    /// A dataset id.
    Uuid(Uuid),
    /// An interval of time.
    Timespan(Timespan),
}

impl Cell<'_> {
    /// The value without what it borrows.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Null => Cell::Null,
            Cell::Bool(value) => Cell::Bool(value),
            Cell::Int(value) => Cell::Int(value),
            Cell::Float(value) => Cell::Float(value),
            Cell::Text(value) => Cell::Text(Cow::Owned(value.into_owned())),
            Cell::Bytes(value) => Cell::Bytes(Cow::Owned(value.into_owned())),
            Cell::Uuid(value) => Cell::Uuid(value),
            Cell::Timespan(value) => Cell::Timespan(value),
        }
    }

    /// The order of keys of one dimension: numbers by value, text by code point, nothing first. Other values are equal.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
            // The order of UTF-8 bytes is that of code points.
            (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
            (Cell::Null, Cell::Null) => Ordering::Equal,
            (Cell::Null, _) => Ordering::Less,
            (_, Cell::Null) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}
