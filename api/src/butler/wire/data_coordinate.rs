//! Data IDs (`SerializedDataCoordinate`).

use pantry_registry::model::data_coordinate::{DataCoordinate, DataIdValue};
use pantry_registry::query::lookup::DimensionRecord;

use super::dimension_record::push_dimension_record;
use super::value::{push_int, push_text};

/// Append a data ID, with its records if it was expanded. One without dimensions always has all its records: none.
pub fn push_data_coordinate(
    out: &mut Vec<u8>,
    data_id: &DataCoordinate,
    records: Option<&[DimensionRecord]>,
) {
    out.extend_from_slice(b"{\"dataId\":{");
    for (i, (dimension, value)) in data_id.iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"" } else { b"," });
        push_text(out, dimension);
        out.push(b':');
        match value {
            DataIdValue::Int(v) => push_int(out, *v),
            DataIdValue::Str(v) => push_text(out, v),
        }
    }
    let records = match data_id.dimensions().is_empty() {
        true => Some(records.unwrap_or_default()),
        false => records,
    };
    let Some(records) = records else {
        return out.extend_from_slice(b"},\"records\":null}");
    };
    out.extend_from_slice(b"},\"records\":{");
    for (i, record) in records.iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"" } else { b"," });
        push_text(out, &record.definition);
        out.push(b':');
        push_dimension_record(out, record);
    }
    out.extend_from_slice(b"}}");
}
