//! Collections: named groups of datasets.

use std::fmt;

/// The four types of collection; the numbers are what the `collection` table holds
/// (`lsst/daf/butler/_collection_type.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CollectionType {
    /// Owns its datasets; every dataset is in exactly one.
    Run = 1,
    /// A selection of datasets of other collections.
    Tagged = 2,
    /// An ordered list of other collections.
    Chained = 3,
    /// Datasets with validity ranges.
    Calibration = 4,
}

impl CollectionType {
    /// All types in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Run, Self::Tagged, Self::Chained, Self::Calibration];

    /// The name that exports and the command line use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "RUN",
            Self::Tagged => "TAGGED",
            Self::Chained => "CHAINED",
            Self::Calibration => "CALIBRATION",
        }
    }

    /// The type of this name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|t| t.name().eq_ignore_ascii_case(name))
    }

    /// The type of this number in the `collection` table.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|t| *t as i64 == code)
    }

    /// The number in the `collection` table.
    pub fn code(self) -> i64 {
        self as i64
    }
}

impl fmt::Display for CollectionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One row of the `collection` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Generated id.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Type.
    pub collection_type: CollectionType,
    /// Documentation.
    pub doc: Option<String>,
}
