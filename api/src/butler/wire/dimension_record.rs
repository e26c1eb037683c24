//! Dimension records (`SerializedDimensionRecord`), one by one; rows of them are written by [`super::RowTemplate`].

use pantry_registry::query::lookup::DimensionRecord;

use super::value::{push_text, push_value};

/// Append a record.
pub fn push_dimension_record(out: &mut Vec<u8>, record: &DimensionRecord) {
    out.extend_from_slice(b"{\"definition\":");
    push_text(out, &record.definition);
    out.extend_from_slice(b",\"record\":{");
    for (i, (field, value)) in record.fields.iter().enumerate() {
        out.extend_from_slice(if i == 0 { b"" } else { b"," });
        push_text(out, field);
        out.push(b':');
        push_value(out, value);
    }
    out.extend_from_slice(b"}}");
}
