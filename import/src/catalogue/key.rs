//! Which part of the sky, and of what else, a file holds.

use std::fmt;

/// Dimensions that part a catalogue by sky.
pub const PARTITION: [&str; 3] = ["skymap", "tract", "patch"];

/// The value of a dimension; numbers sort as numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyValue {
    /// Digits.
    Number(i64),
    /// Anything else.
    Text(String),
}

impl KeyValue {
    /// From the part of a path.
    pub fn parse(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Text(text.to_owned()), Self::Number)
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// Dimensions with values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(Vec<(String, KeyValue)>);

impl Key {
    /// Dimensions of the sky first, from the largest to the smallest, then others by name.
    pub fn new(values: impl IntoIterator<Item = (String, KeyValue)>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        let rank = |name: &str| PARTITION.iter().position(|p| *p == name).unwrap_or(9);
        values.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
        Self(values)
    }

    /// The value of a dimension.
    pub fn get(&self, dimension: &str) -> Option<&KeyValue> {
        let found = self.0.iter().find(|(name, _)| name == dimension);
        found.map(|(_, value)| value)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Only some dimensions.
    pub fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
        let values = self.0.iter().filter(|(name, _)| wanted(name));
        Self(values.cloned().collect())
    }

    /// These and those of another, which has none of these.
    pub fn with(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).cloned())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, value)) in self.0.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            write!(f, "{comma}{name}={value}")?;
        }
        Ok(())
    }
}
