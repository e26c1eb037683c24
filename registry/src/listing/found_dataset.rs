//! One dataset as a search finds it.

use uuid::Uuid;

use crate::database::Row;
use crate::error::RegistryError;
use crate::model::column::ColumnType;
use crate::model::dimension_group::DimensionGroup;
use crate::schema::datastore_tables::NO_COMPONENT;

/// The value of a dimension, borrowed from the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyValue<'a> {
    /// Of a dimension that is numbered.
    Int(i64),
    /// Of a dimension that is named.
    Text(&'a str),
}

/// A dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDataset<'a> {
    /// Its id.
    pub id: Uuid,
    /// The run that owns it.
    pub run: &'a str,
    /// Values of the required, then of the implied dimensions (`DimensionGroup::data_coordinate_keys`).
    pub values: &'a [KeyValue<'a>],
    /// Its file, if files were asked for and there is a record of one.
    pub file: Option<FileRecord<'a>>,
}

/// What the datastore has recorded of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRecord<'a> {
    /// Path below the root, or absolute URI.
    pub path: &'a str,
    /// The component that is in the file; `None` if it is the whole dataset.
    pub component: Option<&'a str>,
}

/// Where the parts of a dataset are in a row of `dataset_sql::datasets`.
pub(super) struct RowLayout {
    /// For each dimension whether its values are text.
    pub keys: Vec<bool>,
}

impl RowLayout {
    pub fn new(dimensions: &DimensionGroup) -> Self {
        let universe = dimensions.universe();
        let is_text = |d| matches!(universe.key_type(d), ColumnType::String { .. });
        Self {
            keys: dimensions.data_coordinate_keys().map(is_text).collect(),
        }
    }

    pub fn id(&self) -> usize {
        self.keys.len()
    }

    pub fn run(&self) -> usize {
        self.keys.len() + 1
    }

    pub fn copies(&self) -> usize {
        self.keys.len() + 2
    }

    pub fn matches(&self) -> usize {
        self.keys.len() + 3
    }

    pub fn file<'r>(&self, row: &'r Row<'_>) -> Result<Option<FileRecord<'r>>, RegistryError> {
        let Some(path) = row.get_opt_str(self.keys.len() + 4)? else {
            return Ok(None);
        };
        let component = row.get_opt_str(self.keys.len() + 5)?;
        Ok(Some(FileRecord {
            path,
            component: component.filter(|c| *c != NO_COMPONENT),
        }))
    }
}
