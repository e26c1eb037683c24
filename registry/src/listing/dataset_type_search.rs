//! Which dataset types an expression means (`ByDimensionsDatasetRecordStorageManagerUUID.resolve_wildcard`,
//! `lsst/daf/butler/registry/datasets/byDimensions/_manager.py`).

use std::borrow::Borrow;

use crate::dataset_types::DatasetTypeRecord;
use crate::error::RegistryError;
use crate::model::dataset_type::DatasetType;
use crate::model::glob::Wildcard;
use crate::registry::Registry;

/// What was found.
#[derive(Debug, Clone)]
pub struct DatasetTypeSearch<T = DatasetTypeRecord> {
    /// The dataset types: the named ones, then those that fit a pattern. One that is named and fits comes twice, as in
    /// the reference.
    pub found: Vec<T>,
    /// Names that are no dataset types.
    pub missing: Vec<String>,
}

/// Look up dataset types by name and pattern.
///
/// # Errors
/// [`RegistryError::DatasetTypeExpression`] for the name of a component.
pub fn search_dataset_types(
    registry: &mut Registry,
    wildcard: &Wildcard,
) -> Result<DatasetTypeSearch, RegistryError> {
    select_dataset_types(registry.dataset_types()?, wildcard)
}

/// Of all dataset types of a repo those that are meant.
///
/// # Errors
/// As [`search_dataset_types`].
pub fn select_dataset_types<T: Clone + Borrow<DatasetType>>(
    all: Vec<T>,
    wildcard: &Wildcard,
) -> Result<DatasetTypeSearch<T>, RegistryError> {
    let Wildcard::Some { names, patterns } = wildcard else {
        return Ok(DatasetTypeSearch {
            found: all,
            missing: Vec::new(),
        });
    };
    let mut search = DatasetTypeSearch {
        found: Vec::new(),
        missing: Vec::new(),
    };
    for name in names {
        if let (parent, Some(_)) = DatasetType::split_name(name) {
            return Err(RegistryError::DatasetTypeExpression(
                match DatasetType::is_valid_name(name) {
                    true => format!(
                        "'{name}' names a component, which the registry does not list; ask for '{parent}'"
                    ),
                    false => format!("'{name}' cannot be the name of a dataset type"),
                },
            ));
        }
        match all.iter().find(|t| name_of(*t) == name) {
            Some(found) => search.found.push(found.clone()),
            None => search.missing.push(name.clone()),
        }
    }
    let fits = |t: &T| patterns.iter().any(|p| p.matches(name_of(t)));
    search.found.extend(all.into_iter().filter(fits));
    Ok(search)
}

fn name_of<T: Borrow<DatasetType>>(dataset_type: &T) -> &str {
    let dataset_type: &DatasetType = dataset_type.borrow();
    &dataset_type.name
}
