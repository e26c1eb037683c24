//! A staged dataset as file templates see it.

use std::borrow::Cow;

use pantry_datastore::template::{FieldSource, FieldValue, RecordField};
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dimension_group::DimensionGroup;
use uuid::Uuid;

use super::expand::{Expanded, RecordValue};

/// One dataset with its expanded data ID.
pub struct StagedDataset<'a> {
    /// Name of the dataset type.
    pub dataset_type: &'a str,
    /// Name of the run.
    pub run: &'a str,
    /// Dataset id.
    pub id: Uuid,
    /// Its dimensions.
    pub dimensions: &'a DimensionGroup,
    /// Its data ID with records.
    pub expanded: &'a Expanded,
}

impl FieldSource for StagedDataset<'_> {
    fn dataset_type(&self) -> &str {
        self.dataset_type
    }

    fn run(&self) -> &str {
        self.run
    }

    fn id(&self) -> Cow<'_, str> {
        Cow::Owned(self.id.to_string())
    }

    fn data_id(&self, dimension: &str) -> Option<FieldValue<'_>> {
        self.expanded
            .values
            .get(dimension)
            .map(|value| match value {
                DataIdValue::Int(v) => FieldValue::Int(*v),
                DataIdValue::Str(v) => FieldValue::Text(Cow::Borrowed(v)),
            })
    }

    fn skypix(&self) -> Option<&str> {
        let universe = self.dimensions.universe();
        let mut skypix = self
            .dimensions
            .names()
            .filter(|d| universe.get(d).is_some_and(|e| e.is_skypix()));
        match (skypix.next(), skypix.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }

    fn record_field(&self, dimension: &str, field: &str) -> RecordField<'_> {
        let Some(record) = self.expanded.records.get(dimension) else {
            return RecordField::Absent;
        };
        match record.get(field) {
            None => RecordField::Absent,
            Some(RecordValue::Null) => {
                RecordField::Value(FieldValue::Object(Cow::Borrowed("None")))
            }
            Some(RecordValue::Int(v)) => RecordField::Value(FieldValue::Int(*v)),
            Some(RecordValue::Bool(v)) => RecordField::Value(FieldValue::Bool(*v)),
            Some(RecordValue::Float(v)) => RecordField::Value(FieldValue::Float(*v)),
            Some(RecordValue::Text(v)) => RecordField::Value(FieldValue::Text(Cow::Borrowed(v))),
        }
    }
}
