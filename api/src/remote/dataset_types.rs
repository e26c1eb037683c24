//! The dataset types of a server's repo.

use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;
use serde::Deserialize;
use serde_json::json;

use super::{RemoteButler, RemoteError};

/// `SerializedDatasetType` (`lsst/daf/butler/_dataset_type.py`).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SerializedDatasetType {
    name: String,
    storage_class: Option<String>,
    dimensions: Vec<String>,
    parent_storage_class: Option<String>,
    #[serde(default)]
    is_calibration: bool,
}

#[derive(Deserialize)]
struct DatasetTypes {
    dataset_types: Vec<SerializedDatasetType>,
}

impl RemoteButler {
    /// All dataset types.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn dataset_types(&self) -> Result<Vec<DatasetType>, RemoteError> {
        let path = "query_dataset_types";
        let answer: DatasetTypes = self.connection.post(path, &json!({"search": ["*"]}))?;
        let read = |simple: SerializedDatasetType| {
            Ok(DatasetType {
                dimensions: DimensionGroup::conform(&self.universe, &simple.dimensions)
                    .map_err(|e| self.connection.not_understood(path, &e))?,
                name: simple.name,
                storage_class: simple.storage_class.unwrap_or_default(),
                parent_storage_class: simple.parent_storage_class,
                is_calibration: simple.is_calibration,
            })
        };
        answer.dataset_types.into_iter().map(read).collect()
    }
}
