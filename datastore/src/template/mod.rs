//! File templates: from a dataset's fields to a path relative to the datastore root.
//!
//! Reference behaviour: `lsst/daf/butler/datastore/file_templates.py`.

mod convert;
mod fields;
mod file_template;
mod file_templates;
mod float;
mod format_spec;
mod markup;
mod validate;

pub use fields::{FieldSource, FieldValue, RecordField};
pub use file_template::FileTemplate;
pub use file_templates::FileTemplates;
pub use validate::TemplateDimensions;
