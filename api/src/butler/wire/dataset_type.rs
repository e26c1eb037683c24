//! Dataset types (`SerializedDatasetType`, `lsst/daf/butler/_dataset_type.py`).

use pantry_registry::model::dataset_type::DatasetType;
use serde_json::{Value, json};

/// The JSON of a dataset type.
pub fn dataset_type_to_json(dataset_type: &DatasetType) -> Value {
    let dimensions: Vec<&str> = dataset_type.dimensions.required().collect();
    json!({
        "name": dataset_type.name,
        "storageClass": dataset_type.storage_class,
        "dimensions": dimensions,
        "parentStorageClass": dataset_type.parent_storage_class,
        "isCalibration": dataset_type.is_calibration,
    })
}

/// Append a dataset type.
pub fn push_dataset_type(out: &mut Vec<u8>, dataset_type: &DatasetType) {
    // Writing into memory does not fail.
    let _ = serde_json::to_writer(out, &dataset_type_to_json(dataset_type));
}
