//! What is wrong with a catalogue, one thing at a time.

use serde::{Serialize, Serializer};

/// Kind of a finding; its text in reports is that of [`Problem::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The file cannot be read as what its name says, or not to its end.
    Unreadable,
    /// A table of text whose last line has no end.
    Truncated,
    /// A file without rows.
    Empty,
    /// The column of ids, or of positions, is not there.
    MissingColumn,
    /// Columns differ from those of most files of the table.
    Columns,
    /// Ids that are no integers.
    BadId,
    /// Ids that are in one director file more than once.
    RepeatedId,
    /// Ids that are in several director files.
    SharedId,
    /// Ids of the director that the child lacks.
    MissingId,
    /// Ids of the child that the director lacks.
    ExtraId,
    /// The child has not one row for each object.
    RowCount,
    /// There is no file where another table, or the sky map, says that there are objects.
    MissingFile,
    /// Several files of the director are of the same part of the sky.
    SeveralFiles,
    /// Nothing is known of the tract or patch, so positions cannot be checked.
    NoRegion,
    /// Positions that are none: not a number, or outside the sphere.
    BadPosition,
    /// Positions in radians.
    Radians,
    /// Positions outside the tract or patch.
    Outside,
}

impl Problem {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 17] = [
        Self::Unreadable,
        Self::Truncated,
        Self::Empty,
        Self::MissingColumn,
        Self::Columns,
        Self::BadId,
        Self::RepeatedId,
        Self::SharedId,
        Self::MissingId,
        Self::ExtraId,
        Self::RowCount,
        Self::MissingFile,
        Self::SeveralFiles,
        Self::NoRegion,
        Self::BadPosition,
        Self::Radians,
        Self::Outside,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Truncated => "truncated",
            Self::Empty => "empty",
            Self::MissingColumn => "missing-column",
            Self::Columns => "columns",
            Self::BadId => "bad-id",
            Self::RepeatedId => "repeated-id",
            Self::SharedId => "shared-id",
            Self::MissingId => "missing-id",
            Self::ExtraId => "extra-id",
            Self::RowCount => "row-count",
            Self::MissingFile => "missing-file",
            Self::SeveralFiles => "several-files",
            Self::NoRegion => "no-region",
            Self::BadPosition => "bad-position",
            Self::Radians => "radians",
            Self::Outside => "outside",
        }
    }

    pub(super) fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub problem: Problem,
    /// The table.
    pub table: String,
    /// Which part of it, such as `tract=9813, patch=27`.
    pub data_id: Option<String>,
    /// The file, if it is of one.
    pub file: Option<String>,
    /// How many rows or ids are concerned.
    pub count: Option<u64>,
    /// What should be.
    pub expected: Option<String>,
    /// What is instead.
    pub found: Option<String>,
    /// Some of the ids.
    pub sample: Vec<i64>,
}

impl Finding {
    /// Of a table as a whole, so far.
    pub fn new(problem: Problem, table: &str) -> Self {
        Self {
            problem,
            table: table.to_owned(),
            data_id: None,
            file: None,
            count: None,
            expected: None,
            found: None,
            sample: Vec::new(),
        }
    }

    /// With what was found.
    pub fn found(mut self, found: impl ToString) -> Self {
        self.found = Some(found.to_string());
        self
    }

    /// With what should have been.
    pub fn expected(mut self, expected: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self
    }

    /// With the part of the table.
    pub fn of(mut self, key: &super::Key) -> Self {
        self.data_id = Some(key.to_string()).filter(|text| !text.is_empty());
        self
    }

    /// With the ids that are concerned.
    pub fn ids(mut self, tally: &Tally) -> Self {
        self.count = Some(tally.count);
        self.sample.clone_from(&tally.sample);
        self
    }
}

/// Ids that are counted, some of which are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub sample: Vec<i64>,
}

impl Tally {
    /// One more; at most `keep` are kept.
    pub fn add(&mut self, id: i64, keep: usize) {
        self.count += 1;
        if self.sample.len() < keep {
            self.sample.push(id);
        }
    }
}
