//! What is wrong, one thing at a time.

use serde::{Deserialize, Serialize};

/// Kind of a finding; its text in reports is that of [`Problem::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// SQLite's `integrity_check` complains.
    Integrity,
    /// The database failed while it was read, after `integrity_check` had complained.
    Database,
    /// A row refers to one that does not exist.
    ForeignKey,
    /// A dataset that the datastore should hold has no record.
    NoRecord,
    /// A record belongs to a dataset that does not exist.
    NoDataset,
    /// A record that `dataset_location` (and the trash) knows nothing of.
    NoLocation,
    /// The path of a record cannot be one.
    BadPath,
    /// The file of a record is not there.
    MissingFile,
    /// A copy of the file, as Pantry's state has it, is not there.
    MissingCopy,
    /// Something other than a file is in its place.
    NotAFile,
    /// The file, or a folder, cannot be read.
    Unreadable,
    /// The file has another size than recorded.
    WrongSize,
    /// The file has another checksum than recorded.
    WrongChecksum,
    /// The recorded checksum is of no known form.
    BadChecksum,
    /// The file is not what its name says: broken FITS or Parquet, or a page of HTML.
    BrokenFile,
    /// A file without a record.
    ExtraFile,
    /// A temporary file of an import that was killed.
    Leftover,
    /// A place of the sky map has no dataset of a type.
    MissingDataset,
}

impl Problem {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integrity => "integrity",
            Self::Database => "database",
            Self::ForeignKey => "foreign-key",
            Self::NoRecord => "no-record",
            Self::NoDataset => "no-dataset",
            Self::NoLocation => "no-location",
            Self::BadPath => "bad-path",
            Self::MissingFile => "missing-file",
            Self::MissingCopy => "missing-copy",
            Self::NotAFile => "not-a-file",
            Self::Unreadable => "unreadable",
            Self::WrongSize => "wrong-size",
            Self::WrongChecksum => "wrong-checksum",
            Self::BadChecksum => "bad-checksum",
            Self::BrokenFile => "broken-file",
            Self::ExtraFile => "extra-file",
            Self::Leftover => "leftover",
            Self::MissingDataset => "missing-dataset",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub problem: Problem,
    /// Path as recorded, or relative to the datastore's root.
    pub path: Option<String>,
    /// The dataset, with dashes.
    pub dataset_id: Option<String>,
    /// Component of the record, if it is of one.
    pub component: Option<String>,
    /// What should be: a size in bytes, a checksum.
    pub expected: Option<String>,
    /// What is instead; for problems of the database, a message.
    pub found: Option<String>,
}

impl Finding {
    /// A finding about no file and no dataset yet.
    pub fn new(problem: Problem) -> Self {
        Self {
            problem,
            path: None,
            dataset_id: None,
            component: None,
            expected: None,
            found: None,
        }
    }

    /// With a path.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
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
}
