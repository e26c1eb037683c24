//! The fields of dimension records, and where they are in the rows of a query.

use super::row_order::SortKey;
use super::row_query::RowQuery;
use crate::error::RegistryError;
use crate::model::column::ColumnType;
use crate::query::QueryError;
use crate::query::execute::ResultValue;
use crate::query::tree::{ResultColumn, ResultKind};
use crate::skypix::SkyPixelization;

/// A field of the records of an element.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordField {
    /// Its name in records.
    pub name: String,
    /// Type of its values.
    pub column_type: ColumnType,
    /// Its place in the row.
    pub place: usize,
    /// How rows are sorted by it, if it is the value of a required dimension.
    pub key: Option<SortKey>,
}

/// The fields of the records that a query gives, in the order of the record; none if its rows are no records. The region of a
/// pixel comes after the row: [`with_pixel`] adds it.
///
/// # Errors
/// None for elements of the query's universe.
pub fn record_fields(query: &RowQuery) -> Result<Vec<RecordField>, QueryError> {
    let ResultKind::DimensionRecord {
        element,
        dimensions,
    } = &query.spec.kind
    else {
        return Ok(Vec::new());
    };
    let universe = dimensions.universe();
    let Some(element) = universe.get(element) else {
        return Ok(Vec::new());
    };
    let columns = query.spec.result_columns().columns();
    let required = universe.required_columns(element);
    let mut fields = Vec::new();
    for column in universe.record_columns(element) {
        let key = required.iter().find(|(_, field, _)| *field == column.name);
        let name = key.map_or(column.name.as_str(), |(dimension, _, _)| dimension);
        let is_key = key.is_some() || element.implied.contains(&column.name);
        let wanted = match is_key {
            true => ResultColumn::DimensionKey(name.to_owned()),
            false => ResultColumn::DimensionField(element.name.clone(), column.name.clone()),
        };
        let place = columns.iter().position(|c| *c == wanted).ok_or_else(|| {
            QueryError::invalid(format!("rows of {} have no {}", element.name, column.name))
        })?;
        let key = match key {
            Some(_) => Some(SortKey::dimension(dimensions, name, place)?),
            None => None,
        };
        fields.push(RecordField {
            name: column.name,
            column_type: column.column_type,
            place,
            key,
        });
    }
    if element.is_skypix() {
        // No table has it.
        fields.push(RecordField {
            name: "region".to_owned(),
            column_type: ColumnType::Region,
            place: columns.len(),
            key: None,
        });
    }
    Ok(fields)
}

/// The row of a pixel with its region.
///
/// # Errors
/// A pixel that the pixelisation does not have.
pub fn with_pixel(
    cells: &[ResultValue],
    pixels: &SkyPixelization,
) -> Result<Vec<ResultValue>, RegistryError> {
    let mut cells = cells.to_vec();
    if let Some(ResultValue::Int(index)) = cells.first() {
        let region = pixels.pixel(*index)?.encode();
        cells.push(ResultValue::Bytes(region));
    }
    Ok(cells)
}
