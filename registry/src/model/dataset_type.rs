//! Dataset types: a name, dimensions, a storage class, and whether datasets can have validity ranges.

use super::dimension_group::DimensionGroup;

/// A dataset type (`lsst/daf/butler/_dataset_type.py`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetType {
    /// Name; components carry their parent's name, a dot and the component's.
    pub name: String,
    /// Dimensions of its data IDs.
    pub dimensions: DimensionGroup,
    /// Name of the storage class, recorded and never loaded.
    pub storage_class: String,
    /// Of a component: the storage class of the whole dataset.
    pub parent_storage_class: Option<String>,
    /// Whether its datasets can be certified into CALIBRATION collections.
    pub is_calibration: bool,
}

impl DatasetType {
    /// Split `parent.component` into its parts.
    pub fn split_name(name: &str) -> (&str, Option<&str>) {
        match name.split_once('.') {
            Some((parent, component)) => (parent, Some(component)),
            None => (name, None),
        }
    }

    /// Whether `name` may name a dataset type: letters, digits and underscores, not starting with a digit, components
    /// after dots (`DatasetType.VALID_NAME_REGEX`).
    pub fn is_valid_name(name: &str) -> bool {
        let word = |s: &str| {
            let mut chars = s.chars();
            chars
                .next()
                .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
                && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        name.split('.').all(word)
    }
}
