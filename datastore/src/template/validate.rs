//! Whether a template can name the files of a dataset type unambiguously.
//!
//! Reference behaviour: `FileTemplate.validateTemplate` and `grouped_fields`.

use std::collections::BTreeSet;

use super::fields::name_and_component;
use super::file_template::{FieldName, FileTemplate};
use crate::error::{DatastoreError, Result};

/// Fields that belong to the dataset rather than to its data ID.
pub(super) const SPECIAL: [&str; 4] = ["run", "id", "datasetType", "component"];

/// The dimensions of a dataset type, for validation.
#[derive(Debug, Clone, Copy)]
pub struct TemplateDimensions<'a> {
    /// Required dimensions.
    pub required: &'a [&'a str],
    /// Required and implied dimensions.
    pub names: &'a [&'a str],
    /// The one skypix dimension; `None` when there is none or several.
    pub skypix: Option<&'a str>,
}

/// The names a template uses, mandatory ones apart.
#[derive(Default)]
struct Used<'a> {
    special: BTreeSet<&'a str>,
    mandatory_special: BTreeSet<&'a str>,
    dimensions: BTreeSet<&'a str>,
    mandatory: BTreeSet<&'a str>,
}

/// The checks that need no dataset type; the error is a sentence.
pub(super) fn without_dataset_type(template: &FileTemplate) -> std::result::Result<(), String> {
    let text = template.as_str();
    let used = used_names(template, None);
    if used.dimensions.contains("collection") {
        return Err("'collection' is no longer a field; use 'run'".to_owned());
    }
    if !used.special.contains("run") && !used.special.contains("id") {
        return Err("one of the fields 'run' and 'id' is mandatory".to_owned());
    }
    if used.dimensions.is_empty() && !used.special.contains("id") {
        return Err("it has no field of a dimension".to_owned());
    }
    if text.contains("../") {
        return Err("it names a parent folder".to_owned());
    }
    let file_part = text.rsplit('/').next().unwrap_or(text);
    if used.special.contains("id") && !file_part.contains("{id}") {
        return Err("it has 'id', but not as {id} in the file name".to_owned());
    }
    Ok(())
}

impl FileTemplate {
    /// Check that the template fits a dataset type: a component is named exactly when there is one, no mandatory
    /// field is unknown, and every required dimension is used.
    pub fn validate(&self, dataset_type: &str, dimensions: &TemplateDimensions<'_>) -> Result<()> {
        let bad = |reason| DatastoreError::BadTemplate {
            template: self.as_str().to_owned(),
            reason: format!("for dataset type '{dataset_type}', {reason}"),
        };
        let mut used = used_names(self, Some(dimensions));
        let is_component = name_and_component(dataset_type).1.is_some();
        if is_component && !used.special.contains("component") {
            return Err(bad("it has no field 'component'".to_owned()));
        }
        if !is_component && used.mandatory_special.contains("component") {
            return Err(bad("the field 'component' must be optional".to_owned()));
        }
        let mut required: BTreeSet<&str> = dimensions.required.iter().copied().collect();
        let mut names: BTreeSet<&str> = dimensions.names.iter().copied().collect();
        if let Some(skypix) = dimensions.skypix {
            for set in [&mut required, &mut names] {
                set.remove(skypix);
                set.insert("skypix");
            }
            for set in [&mut used.mandatory, &mut used.dimensions] {
                if set.remove(skypix) {
                    set.insert("skypix");
                }
            }
        }
        if let Some(unknown) = used.mandatory.difference(&names).next() {
            return Err(bad(format!(
                "'{unknown}' is no dimension of it and not optional"
            )));
        }
        if let Some(unused) = required.difference(&used.dimensions).next() {
            return Err(bad(format!("its dimension '{unused}' is not used")));
        }
        Ok(())
    }
}

fn used_names<'a>(
    template: &'a FileTemplate,
    dimensions: Option<&TemplateDimensions<'_>>,
) -> Used<'a> {
    let mut used = Used::default();
    for field in template.fields() {
        let known = |name: &&FieldName| {
            let primary = name.primary.as_str();
            SPECIAL.contains(&primary) || dimensions.is_some_and(|d| d.names.contains(&primary))
        };
        // Alternates let a template name dimensions of a newer universe: the first known one counts. When
        // none is known, or nothing is known about dimensions, all count.
        let chosen = match dimensions.and_then(|_| field.alternates.iter().find(known)) {
            Some(name) => std::slice::from_ref(name),
            None => &field.alternates[..],
        };
        for name in chosen {
            let is_special = SPECIAL.contains(&name.full.as_str());
            let set = if is_special {
                &mut used.special
            } else {
                &mut used.dimensions
            };
            set.insert(&name.primary);
            if !field.optional {
                let set = if is_special {
                    &mut used.mandatory_special
                } else {
                    &mut used.mandatory
                };
                set.insert(&name.primary);
            }
            if !is_special && SPECIAL.contains(&name.primary.as_str()) {
                used.special.insert(&name.primary);
                if !field.optional {
                    used.mandatory_special.insert(&name.primary);
                }
            }
        }
    }
    used
}
