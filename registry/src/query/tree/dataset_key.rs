//! Which dataset a column belongs to, and which of its columns it is.

use std::cmp::Ordering;
use std::fmt;

use super::column_type::QueryColumnType;

/// The dataset search of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DatasetKey {
    /// The search for all dataset types of the tree (`ANY_DATASET`).
    Any,
    /// The search for one dataset type.
    Named(String),
}

impl fmt::Display for DatasetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("[any]"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl From<&str> for DatasetKey {
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

impl Ord for DatasetKey {
    /// By their text, which is how the reference sorts result columns.
    fn cmp(&self, other: &Self) -> Ordering {
        let text = |key: &Self| match key {
            Self::Any => "[any]".to_owned(),
            Self::Named(name) => name.clone(),
        };
        text(self).cmp(&text(other))
    }
}

impl PartialOrd for DatasetKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A column of a dataset search; ordered by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DatasetField {
    /// Key of a row of a calibration table; not for users.
    CalibPkey,
    /// Name of the collection in which the dataset was found.
    Collection,
    /// Key of that collection; not for users.
    CollectionKey,
    /// Dataset id.
    DatasetId,
    /// When it came into the repo.
    IngestDate,
    /// The run that it belongs to.
    Run,
    /// Validity range in a calibration collection.
    Timespan,
}

impl DatasetField {
    /// The fields that users may name.
    pub const PUBLIC: [Self; 5] = [
        Self::DatasetId,
        Self::IngestDate,
        Self::Run,
        Self::Collection,
        Self::Timespan,
    ];

    /// The reference's name of the field.
    pub fn name(self) -> &'static str {
        match self {
            Self::CalibPkey => "calib_pkey",
            Self::Collection => "collection",
            Self::CollectionKey => "collection_key",
            Self::DatasetId => "dataset_id",
            Self::IngestDate => "ingest_date",
            Self::Run => "run",
            Self::Timespan => "timespan",
        }
    }

    /// The field of this name, if users may name it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::PUBLIC.into_iter().find(|f| f.name() == name)
    }

    /// The field of this name, also of those that are not for users but may be in a result specification.
    pub fn from_any_name(name: &str) -> Option<Self> {
        [Self::CalibPkey, Self::CollectionKey]
            .into_iter()
            .find(|f| f.name() == name)
            .or_else(|| Self::from_name(name))
    }

    /// Type of its values.
    pub fn column_type(self) -> QueryColumnType {
        match self {
            Self::DatasetId => QueryColumnType::Uuid,
            Self::IngestDate => QueryColumnType::IngestDate,
            Self::Run | Self::Collection => QueryColumnType::String,
            Self::Timespan => QueryColumnType::Timespan,
            Self::CalibPkey | Self::CollectionKey => QueryColumnType::Int,
        }
    }
}
