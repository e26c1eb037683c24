//! Dataset types by name, components too (`SqlRegistry.getDatasetType`, `lsst/daf/butler/registry/sql_registry.py`).

use crate::config::{StorageClass, StorageClasses};
use crate::model::dataset_type::DatasetType;
use crate::query::QueryError;
use crate::registry::Registry;

/// The dataset type of a name, which may be that of a component: `calexp.wcs`.
///
/// # Errors
/// [`QueryError::DatasetTypeExpression`] for what is no name, [`QueryError::MissingDatasetType`], and
/// [`QueryError::UnknownComponent`].
pub fn find_dataset_type(
    registry: &mut Registry,
    storage_classes: &StorageClasses,
    name: &str,
) -> Result<DatasetType, QueryError> {
    if !DatasetType::is_valid_name(name) {
        return Err(QueryError::DatasetTypeExpression(format!(
            "DatasetType '{name}' does not look like a valid dataset type name."
        )));
    }
    let (parent, component) = DatasetType::split_name(name);
    let missing = || QueryError::MissingDatasetType(parent.to_owned());
    let found = registry.find_dataset_type(parent)?.ok_or_else(missing)?;
    let parent = found.dataset_type;
    let Some(component) = component else {
        return Ok(parent);
    };
    let class = storage_classes.get(&parent.storage_class);
    let unknown = || {
        QueryError::UnknownComponent(format!(
            "Datasets of type '{}' have no component '{component}': their storage class is {}.",
            parent.name, parent.storage_class
        ))
    };
    let storage_class = class.and_then(|class: &StorageClass| class.component(component));
    Ok(DatasetType {
        name: name.to_owned(),
        storage_class: storage_class.ok_or_else(unknown)?.to_owned(),
        parent_storage_class: Some(parent.storage_class.clone()),
        dimensions: parent.dimensions.clone(),
        is_calibration: parent.is_calibration,
    })
}
