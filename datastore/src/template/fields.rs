//! What a template asks of a dataset: the caller's side of the field look-up.

use std::borrow::Cow;

/// A value that a template field can have.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue<'a> {
    /// An integer data ID value or metadata column.
    Int(i64),
    /// A string; characters that cause trouble in file names are replaced in it.
    Text(Cow<'a, str>),
    /// A floating-point metadata column.
    Float(f64),
    /// A boolean metadata column.
    Bool(bool),
    /// Anything else, as Python's `str()` writes it: a dataset id, `None`, a timespan. Takes no format spec.
    Object(Cow<'a, str>),
}

/// What is known about one metadata field of a dimension record.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordField<'a> {
    /// The data ID carries no records: an error, because the path would depend on chance.
    NotExpanded,
    /// The record is null or its element has no such field: the template field counts as absent.
    Absent,
    /// The value; a null column is `FieldValue::Object("None")`, as in the reference.
    Value(FieldValue<'a>),
}

/// One dataset, as far as templates look at it.
pub trait FieldSource {
    /// Full name of the dataset type, component included (`calexp.wcs`).
    fn dataset_type(&self) -> &str;

    /// Name of the dataset's RUN collection.
    fn run(&self) -> &str;

    /// The dataset id in its canonical hyphenated form.
    fn id(&self) -> Cow<'_, str>;

    /// Value of a dimension of the data ID, required or (where known) implied; `None` when the data ID has none.
    fn data_id(&self, dimension: &str) -> Option<FieldValue<'_>>;

    /// The one skypix dimension of the dataset type; `None` when it has none or several.
    fn skypix(&self) -> Option<&str>;

    /// Attribute `field` of the record of `dimension`, which is one that [`FieldSource::data_id`] knows: a
    /// metadata column, its own key (`id`, `name`), or a dimension it requires or implies (`visit.day_obs`).
    fn record_field(&self, dimension: &str, field: &str) -> RecordField<'_>;
}

/// Root name and component of a dataset type name (`_dataset_type.py`, `splitDatasetTypeName`).
pub(crate) fn name_and_component(dataset_type: &str) -> (&str, Option<&str>) {
    match dataset_type.split_once('.') {
        Some((root, component)) => (root, Some(component)),
        None => (dataset_type, None),
    }
}
