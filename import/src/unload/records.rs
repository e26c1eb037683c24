//! The dimension records of an export.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pantry_registry::Registry;
use pantry_registry::config::{yaml_float, yaml_text};
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::element::Element;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::lookup::DimensionRecord;

use super::document::Document;
use super::needed::Needed;
use super::selection::Selection;
use crate::Error;
use crate::yaml::RegionClass;

/// Write the records of all elements, in the order of the universe; says how many.
pub(super) fn write(
    registry: &mut Registry,
    selection: &Selection,
    needed: &Needed,
    document: &mut Document,
) -> Result<u64, Error> {
    let universe = Arc::clone(registry.universe());
    let mut count = 0;
    for element in universe.elements().iter().filter(|e| e.has_own_table()) {
        let mut begun = false;
        needed.each_record(registry, selection, element, &mut |record| {
            if !std::mem::replace(&mut begun, true) {
                document.entry(&[
                    ("type", "dimension"),
                    ("element", &yaml_text(&element.name)),
                    ("records", ""),
                ])?;
            }
            count += 1;
            document.write(&text(element, record)?)
        })?;
    }
    Ok(count)
}

/// A record as an item of a list. Times of a timespan are two fields, as in the reference (`DimensionRecord.toDict`).
fn text(element: &Element, record: &DimensionRecord) -> Result<String, Error> {
    let mut fields: Vec<(&str, String)> = Vec::with_capacity(record.fields.len() + 1);
    for (name, value) in &record.fields {
        match value {
            ResultValue::Timespan(span) if span.is_empty() => {
                fields.push((name, span.to_yaml(6)));
            }
            ResultValue::Timespan(span) => {
                for (bound, time) in [
                    ("datetime_begin", span.begin()),
                    ("datetime_end", span.end()),
                ] {
                    let time = time.map(|t| format!("!butler_time/tai/iso '{}'", t.iso()));
                    fields.push((bound, time.unwrap_or_else(|| "null".to_owned())));
                }
            }
            ResultValue::Null if name == "timespan" && element.temporal.is_some() => {}
            ResultValue::Bytes(bytes) => fields.push((name, bytes_text(element, name, bytes)?)),
            other => fields.push((name, scalar(other))),
        }
    }
    let mut text = String::new();
    for (i, (name, value)) in fields.into_iter().enumerate() {
        let mark = if i == 0 { '-' } else { ' ' };
        writeln!(text, "  {mark} {name}: {value}").unwrap_or_default();
    }
    Ok(text)
}

fn scalar(value: &ResultValue) -> String {
    match value {
        ResultValue::Int(v) => v.to_string(),
        ResultValue::Float(v) => yaml_float(*v),
        ResultValue::Bool(v) => v.to_string(),
        ResultValue::Text(v) => yaml_text(v),
        ResultValue::Time(v) => format!("!butler_time/tai/iso '{}'", v.iso()),
        _ => "null".to_owned(),
    }
}

/// A region, or the bytes of a hash.
fn bytes_text(element: &Element, field: &str, bytes: &[u8]) -> Result<String, Error> {
    let remainder = element.remainder();
    let column = remainder.iter().find(|c| c.name == field);
    if column.is_none_or(|c| c.column_type != ColumnType::Region) {
        return Ok(format!("!!binary '{}'", BASE64.encode(bytes)));
    }
    let class = RegionClass::of_bytes(bytes).ok_or_else(|| {
        Error::Unsupported(format!(
            "a record of {} has a region of an unknown kind",
            element.name
        ))
    })?;
    let mut text = format!("!<{}>\n      encoded: ", class.tag());
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap_or_default();
        hex
    });
    text.push_str(&yaml_text(&hex));
    Ok(text)
}
