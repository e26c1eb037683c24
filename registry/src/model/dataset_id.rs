//! Dataset IDs: the deterministic kinds and the map from the integer ids of old exports.

use uuid::Uuid;

use super::data_coordinate::DataIdValue;

/// Namespace of deterministic dataset IDs (`DatasetIdFactory.NS_UUID`, `lsst/daf/butler/_dataset_ref.py`).
const NS_DATASET: Uuid = Uuid::from_u128(0x840b_31d9_05cd_5161_b2c8_00d3_2b28_0d0f);

/// Namespace of the UUIDs that replace integer ids of old exports (`_RefMapper`, `lsst/daf/butler/transfers/_yaml.py`).
const NS_INTEGER: Uuid = Uuid::from_u128(0x4d48_51f4_2890_4d41_8779_5f38_a3f5_062b);

/// How the ID of a new dataset comes about (`DatasetIdGenEnum`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetIdMode {
    /// Random, ordered by time (UUIDv7).
    Unique,
    /// UUIDv5 of dataset type and data ID.
    DataIdType,
    /// UUIDv5 of dataset type, run and data ID.
    DataIdTypeRun,
}

/// The ID of a dataset in `run` with the given data ID, whose required `(dimension, value)` pairs come in any order.
pub fn dataset_id(
    mode: DatasetIdMode,
    run: &str,
    dataset_type: &str,
    data_id: &[(&str, DataIdValue)],
) -> Uuid {
    let mut text = format!("dataset_type={dataset_type}");
    match mode {
        DatasetIdMode::Unique => return Uuid::now_v7(),
        DatasetIdMode::DataIdType => {}
        DatasetIdMode::DataIdTypeRun => {
            text.push_str(",run=");
            text.push_str(run);
        }
    }
    let mut pairs: Vec<&(&str, DataIdValue)> = data_id.iter().collect();
    pairs.sort_by_key(|(name, _)| *name);
    for (name, value) in pairs {
        text.push_str(&format!(",{name}={value}"));
    }
    from_text(&text)
}

/// The UUIDv5 of a text in the namespace of dataset IDs.
pub fn from_text(text: &str) -> Uuid {
    Uuid::new_v5(&NS_DATASET, text.as_bytes())
}

/// The UUID that stands for the integer dataset id of an old export.
pub fn from_integer(id: &str) -> Uuid {
    Uuid::new_v3(&NS_INTEGER, id.as_bytes())
}
