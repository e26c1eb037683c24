//! How the record of one dimension element is written, row by row.

use std::collections::HashMap;
use std::sync::Arc;

use pantry_registry::RegistryError;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{CachedRecords, ResultValue};
use pantry_registry::query::tree::ResultColumn;
use pantry_registry::skypix::SkyPixelization;

use super::value::{push_hex, push_text, push_value};

/// The JSON of a record (`SerializedDimensionRecord`), made of columns of a row or looked up by them.
pub enum RecordTemplate {
    /// All of it is in the row: `(what comes before, position of the value)`, and what comes after.
    Columns(Vec<(Vec<u8>, usize)>),
    /// A record that rarely changes and is not in the row: by the values of its required dimensions.
    Cached {
        /// Positions of the required dimensions.
        keys: Vec<usize>,
        /// The records by the text of their keys.
        records: HashMap<Vec<u8>, Vec<u8>>,
    },
    /// A pixel, which is no row of any table.
    Pixel {
        /// What comes before the number.
        before: Vec<u8>,
        /// Position of its number.
        key: usize,
        /// Gives its region.
        pixelization: Box<SkyPixelization>,
    },
}

/// Which elements have records that rows do not hold.
pub fn is_cached(element: &Element) -> bool {
    element.is_cached && !element.is_skypix()
}

impl RecordTemplate {
    /// For an element whose dimensions rows with these columns have.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for a pixelisation that is not known.
    pub fn new(
        universe: &Universe,
        element: &Element,
        columns: &[ResultColumn],
        cached: Option<&CachedRecords>,
    ) -> Result<Self, RegistryError> {
        let key = |dimension: &str| {
            let is_key =
                |c: &ResultColumn| matches!(c, ResultColumn::DimensionKey(d) if d == dimension);
            columns
                .iter()
                .position(is_key)
                .ok_or_else(|| missing(element))
        };
        if element.is_skypix() {
            let mut before = opening(element);
            before.extend_from_slice(b"\"id\":");
            return Ok(Self::Pixel {
                before,
                key: key(&element.name)?,
                pixelization: Box::new(SkyPixelization::of(universe, &element.name)?),
            });
        }
        if let Some(cached) = cached.filter(|_| is_cached(element)) {
            let keys: Result<Vec<usize>, _> = element.required.iter().map(|d| key(d)).collect();
            let records = cached.records(&element.name).map(|(key, record)| {
                let (columns, values): (Vec<_>, Vec<_>) = record.iter().cloned().unzip();
                let mut out = Vec::new();
                Self::of_columns(universe, element, &columns)?.push(&values, &mut out)?;
                Ok((text_of(key), out))
            });
            return Ok(Self::Cached {
                keys: keys?,
                records: records.collect::<Result<_, RegistryError>>()?,
            });
        }
        Self::of_columns(universe, element, columns)
    }

    fn of_columns(
        universe: &Universe,
        element: &Element,
        columns: &[ResultColumn],
    ) -> Result<Self, RegistryError> {
        let dimensions = element.required.iter().chain(&element.implied);
        let wanted = dimensions
            .map(|d| ResultColumn::DimensionKey(d.clone()))
            .chain(
                element
                    .remainder()
                    .into_iter()
                    .map(|column| ResultColumn::DimensionField(element.name.clone(), column.name)),
            );
        let mut parts = Vec::new();
        for (field, column) in universe.record_columns(element).iter().zip(wanted) {
            let position = columns.iter().position(|c| *c == column);
            let mut before = match parts.is_empty() {
                true => opening(element),
                false => b",".to_vec(),
            };
            push_text(&mut before, &field.name);
            before.push(b':');
            parts.push((before, position.ok_or_else(|| missing(element))?));
        }
        Ok(Self::Columns(parts))
    }

    /// Append the record of a row; `false`, and nothing is appended, if there is none.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for a pixel that does not exist.
    pub fn push(&self, values: &[ResultValue], out: &mut Vec<u8>) -> Result<bool, RegistryError> {
        match self {
            Self::Columns(parts) => {
                for (before, position) in parts {
                    out.extend_from_slice(before);
                    push_value(out, values.get(*position).unwrap_or(&ResultValue::Null));
                }
            }
            Self::Cached { keys, records } => {
                let mut key = Vec::with_capacity(32);
                for position in keys {
                    push_value(
                        &mut key,
                        values.get(*position).unwrap_or(&ResultValue::Null),
                    );
                    key.push(b',');
                }
                return Ok(match records.get(&key) {
                    Some(record) => {
                        out.extend_from_slice(record);
                        true
                    }
                    None => false,
                });
            }
            Self::Pixel {
                before,
                key,
                pixelization,
            } => {
                let Some(ResultValue::Int(index)) = values.get(*key) else {
                    return Ok(false);
                };
                out.extend_from_slice(before);
                push_value(out, &ResultValue::Int(*index));
                out.extend_from_slice(b",\"region\":");
                push_hex(out, &pixelization.pixel(*index)?.encode());
            }
        }
        out.extend_from_slice(b"}}");
        Ok(true)
    }
}

/// The templates of all elements of a group that rows have, with their names.
///
/// # Errors
/// Those of reading cached records.
pub fn templates(
    universe: &Arc<Universe>,
    elements: &[&str],
    columns: &[ResultColumn],
    cached: &CachedRecords,
) -> Result<Vec<(String, RecordTemplate)>, QueryError> {
    let elements = elements.iter().filter_map(|name| universe.get(name));
    let one = |element: &Element| {
        let template = RecordTemplate::new(universe, element, columns, Some(cached))?;
        Ok((element.name.clone(), template))
    };
    elements.map(one).collect()
}

fn opening(element: &Element) -> Vec<u8> {
    let mut out = b"{\"definition\":".to_vec();
    push_text(&mut out, &element.name);
    out.extend_from_slice(b",\"record\":{");
    out
}

fn text_of(key: &[DataIdValue]) -> Vec<u8> {
    let mut out = Vec::new();
    for value in key {
        let value = match value {
            DataIdValue::Int(v) => ResultValue::Int(*v),
            DataIdValue::Str(v) => ResultValue::Text(v.clone()),
        };
        push_value(&mut out, &value);
        out.push(b',');
    }
    out
}

fn missing(element: &Element) -> RegistryError {
    RegistryError::Invalid(format!("rows lack columns of '{}'", element.name))
}
