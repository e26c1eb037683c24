//! Datasets as the registry knows them.

use std::sync::Arc;

use uuid::Uuid;

use super::data_coordinate::DataCoordinate;
use super::dataset_type::DatasetType;

/// A dataset: its type, its data ID, and the RUN collection that owns it (`lsst/daf/butler/_dataset_ref.py`). None of
/// them ever changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetRef {
    /// Its id.
    pub id: Uuid,
    /// Its type, or a component of it.
    pub dataset_type: Arc<DatasetType>,
    /// Its data ID.
    pub data_id: DataCoordinate,
    /// Name of the RUN collection.
    pub run: String,
}
