//! Records of dimension elements by many keys at once.

use std::sync::Arc;

use super::dimension_record::{DimensionRecord, stored_columns};
use crate::database::{Statement, Value};
use crate::model::data_coordinate::DataIdValue;
use crate::model::element::Element;
use crate::query::QueryError;
use crate::query::execute::{Reader, ResultValue};
use crate::registry::Registry;

/// Alternatives that go into one statement: few, because the compiled statement of many takes more time and memory than rows.
const ALTERNATIVES: usize = 20;
/// Values that go into one statement.
const VALUES: usize = 500;

/// Look up the records of an element that have one of these `keys`: values of some of its required `dimensions`. Keys that
/// differ only in the last value should follow each other. Records come sorted by the values of the required dimensions,
/// those of one statement after those of another: keys of all required dimensions that are sorted give sorted records.
///
/// # Errors
/// Those of the registry.
pub fn find_records(
    registry: &mut Registry,
    element: &Element,
    dimensions: &[String],
    keys: &[Vec<DataIdValue>],
) -> Result<Vec<DimensionRecord>, QueryError> {
    if !element.has_own_table() {
        return Ok(Vec::new());
    }
    let universe = Arc::clone(registry.universe());
    let required = universe.required_columns(element);
    let fields: Vec<&str> = required
        .iter()
        .filter(|(dimension, _, _)| dimensions.iter().any(|d| d == dimension))
        .map(|(_, field, _)| *field)
        .collect();
    let columns = universe.record_columns(element);
    let mut found = Vec::new();
    let mut left = keys;
    while !left.is_empty() {
        let names = stored_columns(&columns, registry.connection().dialect());
        let statement = registry.connection().statement();
        let statement = statement.text("SELECT ").names(names);
        let statement = statement.text(" FROM ").table(&element.name);
        let (statement, used) = with_keys(statement.text(" WHERE "), &fields, left);
        let connection = registry.connection();
        let readers = Reader::of_record(&columns, connection.dialect());
        let mut rows = connection.collect(&statement, |row| {
            let values = readers.iter().map(|reader| reader.read(row));
            values.collect::<Result<Vec<_>, _>>()
        })?;
        rows.sort_by_cached_key(|row| key_of(row, required.len()));
        let records = rows.into_iter();
        found.extend(records.map(|row| DimensionRecord::new(element, columns.clone(), row)));
        left = &left[used..];
    }
    Ok(found)
}

fn key_of(row: &[ResultValue], length: usize) -> Vec<Option<DataIdValue>> {
    let key = row.iter().take(length);
    key.map(ResultValue::data_id_value).collect()
}

/// Adds the condition for as many keys as go into one statement; at least one. Says how many.
fn with_keys(
    mut statement: Statement,
    fields: &[&str],
    keys: &[Vec<DataIdValue>],
) -> (Statement, usize) {
    let Some((last, first)) = fields.split_last() else {
        return (statement.text("1 = 1"), keys.len());
    };
    let mut used = 0;
    for alternative in 0..ALTERNATIVES {
        let Some(key) = keys.get(used).filter(|_| statement.values().len() < VALUES) else {
            break;
        };
        let prefix = &key[..first.len()];
        statement = statement.text(if alternative == 0 { "(" } else { " OR (" });
        for (field, value) in first.iter().zip(prefix) {
            statement = statement.name(field).text(" = ");
            statement = statement.bind(value).text(" AND ");
        }
        let room = VALUES.saturating_sub(statement.values().len()).max(1);
        let same = keys[used..].iter().take(room);
        let same: Vec<&DataIdValue> = same
            .take_while(|key| key[..first.len()] == *prefix)
            .filter_map(|key| key.get(first.len()))
            .collect();
        used += same.len().max(1);
        statement = statement.name(last).text(" IN (");
        let values = same.into_iter().map(Value::from);
        statement = statement.bind_all(values).text("))");
    }
    (statement, used)
}
