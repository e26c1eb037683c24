//! One file template: parsed once, then formatted for each dataset.

use std::borrow::Cow;
use std::fmt;

use super::convert::{convert_value, format_value};
use super::fields::{FieldSource, FieldValue, RecordField, name_and_component};
use super::markup;
use super::validate;
use crate::error::{DatastoreError, Result};
use crate::posix;

/// A parsed and (as far as possible without a dataset type) validated file template.
///
/// Reference behaviour: `lsst/daf/butler/datastore/file_templates.py`, class `FileTemplate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTemplate {
    text: String,
    segments: Vec<Segment>,
}

/// Literal text and the field after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    literal: String,
    pub(super) field: Option<Field>,
}

/// A replacement field with the reference's two extensions, `?` and `/`, taken out of its specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) alternates: Vec<FieldName>,
    pub(super) optional: bool,
    keep_slash: bool,
    spec: String,
    conversion: Option<char>,
}

/// A field name `primary` or `primary.metadata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldName {
    pub(super) full: String,
    pub(super) primary: String,
    pub(super) metadata: Option<String>,
}

impl FileTemplate {
    /// Parse `template` and check all that can be checked without a dataset type.
    pub fn new(template: &str) -> Result<Self> {
        let bad = |reason| DatastoreError::BadTemplate {
            template: template.to_owned(),
            reason,
        };
        let mut segments = Vec::new();
        for step in markup::parse(template).map_err(bad)? {
            let field = step.field.map(Field::new).transpose().map_err(bad)?;
            segments.push(Segment {
                literal: step.literal,
                field,
            });
        }
        let parsed = Self {
            text: template.to_owned(),
            segments,
        };
        validate::without_dataset_type(&parsed).map_err(bad)?;
        Ok(parsed)
    }

    /// The template as it was configured.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.segments
            .iter()
            .filter_map(|segment| segment.field.as_ref())
    }

    /// The path of a dataset, relative to the datastore root and without a file extension.
    ///
    /// Like the reference this does not look for `..`: [`DatastoreRoot::new_location`] does.
    ///
    /// [`DatastoreRoot::new_location`]: crate::DatastoreRoot::new_location
    pub fn format(&self, dataset: &dyn FieldSource) -> Result<String> {
        let fail = |reason| DatastoreError::NoPath {
            template: self.text.clone(),
            dataset_type: dataset.dataset_type().to_owned(),
            reason,
        };
        let mut output = String::with_capacity(160);
        let mut used_component = false;
        for segment in &self.segments {
            let Some(field) = &segment.field else {
                output.push_str(&segment.literal);
                continue;
            };
            let name = field.choose(dataset);
            used_component |= name.full == "component";
            field
                .write(name, &segment.literal, dataset, &mut output)
                .map_err(fail)?;
        }
        if let (_, Some(component)) = name_and_component(dataset.dataset_type())
            && !used_component
        {
            return Err(fail(format!("it does not use the component '{component}'")));
        }
        Ok(clean(&output))
    }
}

impl fmt::Display for FileTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Field {
    fn new(written: markup::Replacement) -> std::result::Result<Self, String> {
        let alternates: std::result::Result<Vec<_>, _> =
            written.name.split('|').map(FieldName::new).collect();
        Ok(Self {
            alternates: alternates?,
            optional: written.spec.contains('?'),
            keep_slash: written.spec.contains('/'),
            spec: written.spec.replace(['?', '/'], ""),
            conversion: written.conversion,
        })
    }

    /// The first alternate that the dataset knows, else the first.
    fn choose(&self, dataset: &dyn FieldSource) -> &FieldName {
        let known = |name: &&FieldName| value_of(dataset, &name.primary).is_some();
        match &self.alternates[..] {
            [only] => only,
            several => several.iter().find(known).unwrap_or(&several[0]),
        }
    }

    fn write(
        &self,
        name: &FieldName,
        literal: &str,
        dataset: &dyn FieldSource,
        output: &mut String,
    ) -> std::result::Result<(), String> {
        let convert = |value| match self.conversion {
            Some(conversion) => convert_value(&value, conversion),
            None => Ok(value),
        };
        match name.look_up(dataset)? {
            Some(value) => {
                output.push_str(literal);
                let value = convert(self.safe(value))?;
                let text = format_value(&value, &self.spec)
                    .map_err(|e| format!("field '{}': {e}", name.full))?;
                output.push_str(&text);
            }
            None if self.optional => {
                // The text before an absent field goes with it, unless that would merge two folders.
                if literal.contains('/') {
                    output.push_str(literal);
                }
                let empty = convert(FieldValue::Text(Cow::Borrowed("")))?;
                output.push_str(&format_value(&empty, "")?);
            }
            None => {
                return Err(format!(
                    "field '{}' is not defined and not optional",
                    name.full
                ));
            }
        }
        Ok(())
    }

    /// Replace what causes trouble in file names; only text values are touched.
    fn safe<'a>(&self, value: FieldValue<'a>) -> FieldValue<'a> {
        let unwanted = |c: char| " <>:\"\\|?*".contains(c) || (c == '/' && !self.keep_slash);
        match value {
            FieldValue::Text(text) if text.contains(unwanted) => {
                FieldValue::Text(text.replace(unwanted, "_").into())
            }
            other => other,
        }
    }
}

impl FieldName {
    fn new(full: &str) -> std::result::Result<Self, String> {
        let (primary, metadata) = match full.split_once('.') {
            Some((_, rest)) if rest.contains('.') => {
                return Err(format!("field '{full}' has two dots"));
            }
            Some((primary, metadata)) => (primary, Some(metadata.to_owned())),
            None => (full, None),
        };
        Ok(Self {
            full: full.to_owned(),
            primary: primary.to_owned(),
            metadata,
        })
    }

    fn look_up<'a>(
        &self,
        dataset: &'a dyn FieldSource,
    ) -> std::result::Result<Option<FieldValue<'a>>, String> {
        let value = value_of(dataset, &self.primary);
        let Some(metadata) = &self.metadata else {
            return Ok(value);
        };
        if value.is_none() {
            return Ok(None);
        }
        let dimension = match dataset.skypix() {
            Some(skypix) if self.primary == "skypix" => skypix,
            _ => self.primary.as_str(),
        };
        if validate::SPECIAL.contains(&dimension) {
            return Err(format!(
                "field '{}': '{dimension}' has no metadata",
                self.full
            ));
        }
        match dataset.record_field(dimension, metadata) {
            RecordField::Value(value) => Ok(Some(value)),
            RecordField::Absent => Ok(None),
            RecordField::NotExpanded => Err(format!(
                "field '{}' needs the {dimension} record, which the data ID lacks",
                self.full
            )),
        }
    }
}

/// Value of a field without a dot; the dataset's own fields hide dimensions of the same name.
fn value_of<'a>(dataset: &'a dyn FieldSource, name: &str) -> Option<FieldValue<'a>> {
    match name {
        "datasetType" => Some(FieldValue::Text(
            name_and_component(dataset.dataset_type()).0.into(),
        )),
        "run" => Some(FieldValue::Text(dataset.run().into())),
        "id" => Some(FieldValue::Object(dataset.id())),
        "component" => match name_and_component(dataset.dataset_type()) {
            (_, Some(component)) => Some(FieldValue::Text(component.into())),
            _ => dataset.data_id(name),
        },
        "skypix" => match dataset.skypix() {
            Some(dimension) => dataset.data_id(dimension),
            None => dataset.data_id(name),
        },
        _ => dataset.data_id(name),
    }
}

/// Keep `.` and `#` out of the file name, where they would read as an extension or a URI fragment; then make
/// the path a normal relative one.
fn clean(output: &str) -> String {
    let (head, tail) = posix::split(output);
    let tail = tail.replace('.', "_").replace('#', "HASH");
    posix::relative(&posix::normpath(&posix::join(head, &tail)))
}
