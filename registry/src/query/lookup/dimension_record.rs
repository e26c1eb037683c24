//! Records of dimension elements, one by one (`StaticDimensionRecordStorageManager.fetch_one`,
//! `lsst/daf/butler/registry/dimensions/static.py`).

use std::sync::Arc;

use crate::database::{Statement, Value};
use crate::model::column::{Column, ColumnType};
use crate::model::data_coordinate::DataIdValue;
use crate::model::element::Element;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::execute::{Reader, ResultRow, ResultValue};
use crate::query::tree::ResultColumn;
use crate::registry::Registry;
use crate::schema::dialect::Dialect;
use crate::skypix::SkyPixelization;

/// The record of a dimension element (`lsst/daf/butler/dimensions/_records.py`).
#[derive(Debug, Clone, PartialEq)]
pub struct DimensionRecord {
    /// Name of the element.
    pub definition: String,
    /// Values by field: required dimensions, implied ones, then the others.
    pub fields: Vec<(String, ResultValue)>,
}

impl DimensionRecord {
    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&ResultValue> {
        let found = self.fields.iter().find(|(name, _)| name == field);
        found.map(|(_, value)| value)
    }

    pub(super) fn new(element: &Element, columns: Vec<Column>, values: Vec<ResultValue>) -> Self {
        let names = columns.into_iter().map(|column| column.name);
        Self {
            definition: element.name.clone(),
            fields: names.zip(values).collect(),
        }
    }

    /// Of a row of records of this element.
    pub(super) fn of_row(universe: &Universe, element: &Element, row: ResultRow<'_>) -> Self {
        let dimensions = element.required.iter().chain(&element.implied);
        let fields = element.remainder().into_iter();
        let wanted = dimensions
            .map(|d| ResultColumn::DimensionKey(d.clone()))
            .chain(fields.map(|c| ResultColumn::DimensionField(element.name.clone(), c.name)));
        let values = wanted.map(|column| row.get(&column).cloned().unwrap_or(ResultValue::Null));
        Self::new(element, universe.record_columns(element), values.collect())
    }
}

/// Look up the record of an element by the values of its required dimensions.
pub(super) fn find_record<'a>(
    registry: &mut Registry,
    element: &Element,
    key: impl Fn(&str) -> Option<&'a DataIdValue>,
) -> Result<Option<DimensionRecord>, QueryError> {
    let universe = Arc::clone(registry.universe());
    let mut keys = Vec::with_capacity(element.required.len());
    for (dimension, field, column_type) in universe.required_columns(element) {
        let Some(value) = key(dimension).and_then(|v| stored(v, column_type, element)) else {
            return Ok(None);
        };
        keys.push((field, value));
    }
    if element.is_skypix() {
        return Ok(pixel(&universe, element, &keys));
    }
    let columns = universe.record_columns(element);
    let statement = select(registry, element, &columns, keys);
    let connection = registry.connection();
    let readers = Reader::of_record(&columns, connection.dialect());
    let mut found = connection.collect(&statement, |row| {
        let values = readers.iter().map(|reader| reader.read(row));
        values.collect::<Result<Vec<_>, _>>()
    })?;
    Ok(found
        .pop()
        .map(|values| DimensionRecord::new(element, columns, values)))
}

fn select(
    registry: &mut Registry,
    element: &Element,
    columns: &[Column],
    keys: Vec<(&str, Value)>,
) -> Statement {
    let statement = registry.connection().statement().text("SELECT ");
    if let Some(target) = &element.implied_union_target {
        // Such a dimension is a column of another element's table, which has many rows of each value.
        let statement = statement.name(&element.name).text(" FROM ").table(target);
        let statement = statement.text(" WHERE ").name(&element.name).text(" = ");
        let key = keys.into_iter().next().map(|(_, value)| value);
        return statement.bind(key).text(" LIMIT 1");
    }
    let names = stored_columns(columns, statement.dialect());
    let statement = statement.names(names);
    let statement = statement.text(" FROM ").table(&element.name);
    let mut statement = statement.text(" WHERE ");
    for (i, (field, value)) in keys.into_iter().enumerate() {
        statement = statement.text(if i == 0 { "" } else { " AND " });
        statement = statement.name(field).text(" = ").bind(value);
    }
    statement
}

/// The columns of a table that hold these columns of a record.
pub(super) fn stored_columns(columns: &[Column], dialect: Dialect) -> Vec<String> {
    let stored = columns.iter().flat_map(|column| match column.column_type {
        ColumnType::Timespan => dialect.timespan_columns(&column.name),
        _ => vec![column.name.clone()],
    });
    stored.collect()
}

/// A key as the table holds it; `None` if the table cannot hold it. SQLite takes a number in text for the number, except in
/// records that the reference holds in memory.
fn stored(value: &DataIdValue, column_type: ColumnType, element: &Element) -> Option<Value> {
    match (value, column_type) {
        (DataIdValue::Int(v), ColumnType::Int) => Some(Value::Int(*v)),
        (DataIdValue::Str(v), ColumnType::String { .. }) => Some(Value::Text(v.clone())),
        _ if element.is_cached => None,
        (DataIdValue::Str(v), ColumnType::Int) => v.trim().parse().ok().map(Value::Int),
        (DataIdValue::Int(v), _) => Some(Value::Text(v.to_string())),
        _ => None,
    }
}

fn pixel(
    universe: &Universe,
    element: &Element,
    keys: &[(&str, Value)],
) -> Option<DimensionRecord> {
    let [(field, Value::Int(index))] = keys else {
        return None;
    };
    let pixelization = SkyPixelization::of(universe, &element.name).ok()?;
    let region = pixelization.pixel(*index).ok()?;
    Some(DimensionRecord {
        definition: element.name.clone(),
        fields: vec![
            ((*field).to_owned(), ResultValue::Int(*index)),
            ("region".to_owned(), ResultValue::Bytes(region.encode())),
        ],
    })
}
