//! Configuration values: what PyYAML's safe loader or Python's `json` would have made.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::IndexMap;

use super::timestamp::Timestamp;

/// A mapping with Python's `dict` order: by first insertion.
pub type Mapping = IndexMap<Key, Value>;

/// One configuration value.
///
/// Lists, mappings and timestamps are shared by pointer, because the reference writes a list that appears twice
/// *as the same object* with an anchor and aliases.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A floating point number.
    Float(f64),
    /// Text.
    Str(Arc<str>),
    /// A date, or a date with time.
    Timestamp(Arc<Timestamp>),
    /// A sequence.
    List(Arc<Vec<Value>>),
    /// A mapping.
    Map(Arc<Mapping>),
}

impl Value {
    /// A text value.
    pub fn str(text: &str) -> Self {
        Self::Str(Arc::from(text))
    }

    /// A mapping value.
    pub fn map(mapping: Mapping) -> Self {
        Self::Map(Arc::new(mapping))
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The mapping, if this is one.
    pub fn as_map(&self) -> Option<&Mapping> {
        match self {
            Self::Map(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether Python would take this value for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(b) => *b,
            Self::Int(i) => *i != 0,
            Self::Float(f) => *f != 0.0,
            Self::Str(s) => !s.is_empty(),
            Self::Timestamp(_) => true,
            Self::List(items) => !items.is_empty(),
            Self::Map(mapping) => !mapping.is_empty(),
        }
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Str(_) => "text",
            Self::Timestamp(_) => "a date",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }

    /// Address that tells shared lists, mappings and timestamps apart; none for plain scalars.
    pub(super) fn identity(&self) -> Option<usize> {
        match self {
            Self::Timestamp(t) => Some(Arc::as_ptr(t).addr()),
            Self::List(items) => Some(Arc::as_ptr(items).addr()),
            Self::Map(mapping) => Some(Arc::as_ptr(mapping).addr()),
            _ => None,
        }
    }
}

/// A mapping key: a scalar, compared as Python compares (`1`, `1.0` and `true` are the same key).
#[derive(Debug, Clone)]
pub struct Key(Value);

impl Key {
    /// A key from a scalar; lists and mappings cannot be keys.
    pub fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::List(_) | Value::Map(_) => None,
            scalar => Some(Self(scalar)),
        }
    }

    /// The key as a value.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The key's text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_str()
    }

    fn number(&self) -> Option<Number> {
        match self.0 {
            Value::Bool(b) => Some(Number::Whole(i128::from(b))),
            Value::Int(i) => Some(Number::Whole(i)),
            Value::Float(f) if f.fract() == 0.0 && f.abs() < 1e30 => Some(Number::Whole(f as i128)),
            Value::Float(f) => Some(Number::Bits(f.to_bits())),
            _ => None,
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Number {
    Whole(i128),
    Bits(u64),
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(Value::str(text))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Null, Value::Null) => true,
            (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
            _ => matches!((self.number(), other.number()), (Some(a), Some(b)) if a == b),
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            // As `str` hashes, so that look-ups by text need no allocation.
            Value::Str(text) => text.as_ref().hash(state),
            Value::Timestamp(t) => t.hash(state),
            _ => self.number().hash(state),
        }
    }
}

/// Look-up by text without building a key.
#[derive(PartialEq, Eq)]
pub(super) struct TextKey<'a>(pub &'a str);

impl Hash for TextKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl indexmap::Equivalent<Key> for TextKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        key.as_str() == Some(self.0)
    }
}

/// The entry of a mapping under a text key.
pub fn entry<'m>(mapping: &'m Mapping, key: &str) -> Option<&'m Value> {
    mapping.get(&TextKey(key))
}
