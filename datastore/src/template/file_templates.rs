//! The templates of a datastore, and which of them is for which dataset.

use super::file_template::FileTemplate;
use crate::defaults;
use crate::error::{DatastoreError, Result};
use crate::lookup::{Conform, Lookup, LookupEntity, LookupTable, LookupValue};

/// All templates of a datastore.
///
/// Reference behaviour: `lsst/daf/butler/datastore/file_templates.py`, class `FileTemplates`.
#[derive(Debug, Clone)]
pub struct FileTemplates {
    templates: Lookup<FileTemplate>,
    default: Option<FileTemplate>,
}

impl FileTemplates {
    /// Read the `datastore.templates` section (reference defaults already merged with those of `butler.yaml`).
    pub fn new(section: &[(String, LookupValue)], conform: Conform<'_>) -> Result<Self> {
        let mut table = LookupTable::new(section, false, conform)?;
        let default = match table.take("default") {
            Some(LookupValue::Text(text)) if !text.is_empty() => Some(FileTemplate::new(&text)?),
            None | Some(LookupValue::Off | LookupValue::Text(_)) => None,
            Some(other) => return Err(unexpected("default".to_owned(), &other)),
        };
        let templates = table.map(|key, value| match value {
            LookupValue::Text(text) => FileTemplate::new(&text),
            other => Err(unexpected(key, &other)),
        })?;
        Ok(Self { templates, default })
    }

    /// The templates of a datastore whose `butler.yaml` says nothing about them.
    pub fn reference(conform: Conform<'_>) -> Result<Self> {
        Self::new(&defaults::templates(), conform)
    }

    /// The template for a dataset: instrument overrides first, then dataset type, dimensions, storage class,
    /// and last the default.
    pub fn get(&self, entity: &LookupEntity<'_>) -> Result<&FileTemplate> {
        self.templates
            .get(entity)
            .or(self.default.as_ref())
            .ok_or_else(|| DatastoreError::NoTemplate {
                dataset_type: entity.dataset_type.to_owned(),
            })
    }
}

fn unexpected(key: String, value: &LookupValue) -> DatastoreError {
    DatastoreError::BadConfig {
        key,
        reason: format!("a template is expected, not {value:?}"),
    }
}
