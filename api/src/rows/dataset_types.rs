//! Dataset types as rows.

use pantry_registry::model::dataset_type::DatasetType;

use super::{Column, Kind, Value};

/// The columns of [`dataset_type_row`].
pub fn dataset_type_columns() -> [Column; 4] {
    [
        Column::text("name"),
        Column::new("dimensions", Kind::Texts),
        Column::text("storage_class"),
        Column::new("is_calibration", Kind::Bool),
    ]
}

/// The row of a dataset type.
pub fn dataset_type_row(dataset_type: &DatasetType) -> [Value<'_>; 4] {
    [
        dataset_type.name.as_str().into(),
        dataset_type.dimensions.names().collect(),
        dataset_type.storage_class.as_str().into(),
        dataset_type.is_calibration.into(),
    ]
}
