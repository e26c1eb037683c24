//! Datasets (`SerializedDatasetRef`), one by one; rows of them are written by [`super::RowTemplate`].

use pantry_registry::model::dataset_ref::DatasetRef;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::lookup::ExpandedDataId;

use super::data_coordinate::push_data_coordinate;
use super::dataset_type::push_dataset_type;
use super::value::{push_text, push_value};

/// Append a dataset, with the records of its data ID if that was expanded.
pub fn push_dataset_ref(out: &mut Vec<u8>, found: &DatasetRef, expanded: Option<&ExpandedDataId>) {
    out.extend_from_slice(b"{\"id\":");
    push_value(out, &ResultValue::Uuid(found.id));
    out.extend_from_slice(b",\"datasetType\":");
    push_dataset_type(out, &found.dataset_type);
    out.extend_from_slice(b",\"dataId\":");
    match expanded {
        Some(expanded) => push_data_coordinate(out, &expanded.data_id, Some(&expanded.records)),
        None => push_data_coordinate(out, &found.data_id, None),
    }
    out.extend_from_slice(b",\"run\":");
    push_text(out, &found.run);
    out.extend_from_slice(b",\"component\":null}");
}

/// The answer to a request for one dataset, which there may not be (`FindDatasetResponseModel`).
pub fn found_dataset(found: Option<&DatasetRef>, expanded: Option<&ExpandedDataId>) -> Vec<u8> {
    let mut out = b"{\"dataset_ref\":".to_vec();
    match found {
        Some(found) => push_dataset_ref(&mut out, found, expanded),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
    out
}
