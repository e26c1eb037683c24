//! Values of data IDs: from the command line, and from the columns of a table.

use pantry_registry::model::column::ColumnType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::universe::Universe;

use super::table::TableValue;

/// Values that all files have, from texts such as `instrument=HSC`; `Err` says in words what is wrong.
pub fn fixed_values(
    texts: &[String],
    universe: &Universe,
) -> Result<Vec<(String, DataIdValue)>, String> {
    let mut values = Vec::new();
    for text in texts {
        let (name, value) = text
            .split_once('=')
            .filter(|(_, value)| !value.contains('='))
            .ok_or_else(|| {
                format!("'{text}' is no part of a data ID; the form is DIMENSION=VALUE")
            })?;
        let dimension = universe.get(name).filter(|e| e.is_dimension());
        if dimension.is_none() {
            return Err(format!(
                "the universe of the repo has no dimension '{name}' (in '{text}')"
            ));
        }
        let value = match universe.key_type(name) {
            ColumnType::Int => {
                let number = value.trim().parse();
                DataIdValue::Int(
                    number
                        .map_err(|_| format!("dimension '{name}' is an integer, not '{value}'"))?,
                )
            }
            _ => DataIdValue::Str(value.to_owned()),
        };
        values.push((name.to_owned(), value));
    }
    Ok(values)
}

/// The value of a dimension in a row; `Err` says in words why it cannot be one. An integer stands for a string.
pub fn column_value(
    dimension: &str,
    key_type: ColumnType,
    value: &TableValue,
) -> Result<DataIdValue, String> {
    match (key_type, value) {
        (ColumnType::Int, TableValue::Int(v)) => Ok(DataIdValue::Int(*v)),
        (ColumnType::String { .. }, TableValue::Int(v)) => Ok(DataIdValue::Str(v.to_string())),
        (ColumnType::String { .. }, TableValue::Text(v)) => Ok(DataIdValue::Str(v.clone())),
        (_, TableValue::Missing) => Err(format!("the row has no value for '{dimension}'")),
        (wanted, value) => Err(format!(
            "'{dimension}' of a data ID must be of type {}, but the column has {}",
            wanted.name(),
            shown(value)
        )),
    }
}

fn shown(value: &TableValue) -> String {
    match value {
        TableValue::Text(text) => format!("'{text}'"),
        TableValue::Float(number) => format!("{} ({number})", value.kind()),
        other => other.kind().to_owned(),
    }
}
