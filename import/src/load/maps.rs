//! Small temporary tables that translate the numbers in the stage into ids of the registry.

use std::collections::HashMap;

use pantry_datastore::{FormatterNames, LookupEntity};
use pantry_registry::Registry;
use pantry_registry::database::Value;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::schema::dialect::Dialect;
use pantry_registry::schema::managers::CollectionKey;

use super::datasets_sql::{FORMATTER_MAP, RUN_MAP, TYPE_MAP};
use crate::Error;
use crate::plan::{Plan, PlanInput};

/// Fill the maps. Types and runs that are not registered yet, while an import is planned, get ids that no row has.
pub fn fill(registry: &mut Registry, input: &PlanInput<'_>, plan: &Plan) -> Result<(), Error> {
    let run_type = match input.place.managers.collections {
        CollectionKey::Id => "bigint",
        CollectionKey::Name => "text",
    };
    create(
        registry,
        TYPE_MAP,
        "id bigint, storage_class text, formatter text",
    )?;
    create(registry, RUN_MAP, &format!("id {run_type}"))?;
    create(registry, FORMATTER_MAP, "name text")?;
    let ids: HashMap<String, i64> = registry
        .dataset_types()?
        .into_iter()
        .map(|t| (t.dataset_type.name, t.id))
        .collect();
    for (number, name) in input.export.types.iter().enumerate() {
        let definition = plan
            .dataset_types
            .iter()
            .find(|t| t.name == *name)
            .map(|t| &t.definition);
        let row = [
            int(number),
            Value::Int(ids.get(name).copied().unwrap_or(-1)),
            Value::from(definition.map_or("", |d| d.storage_class.as_str())),
            Value::from(definition.and_then(|d| default_formatter(input.formatters?, d))),
        ];
        insert(registry, input, TYPE_MAP, &row)?;
    }
    let runs: HashMap<String, i64> = registry
        .collections()?
        .into_iter()
        .map(|c| (c.name, c.id))
        .collect();
    for (number, name) in input.export.runs.iter().enumerate() {
        let id = match input.place.managers.collections {
            CollectionKey::Id => Value::Int(runs.get(name).copied().unwrap_or(-1)),
            CollectionKey::Name => Value::Text(name.clone()),
        };
        insert(registry, input, RUN_MAP, &[int(number), id])?;
    }
    for (number, name) in input.export.formatters.iter().enumerate() {
        let row = [int(number), Value::from(name.as_deref())];
        insert(registry, input, FORMATTER_MAP, &row)?;
    }
    Ok(())
}

/// The formatter that the repo's configuration has for a dataset type.
pub(crate) fn default_formatter<'a>(
    formatters: &'a FormatterNames,
    dataset_type: &DatasetType,
) -> Option<&'a str> {
    let dimensions: Vec<&str> = dataset_type.dimensions.names().collect();
    formatters.get(&LookupEntity {
        dataset_type: &dataset_type.name,
        dimensions: &dimensions,
        storage_class: &dataset_type.storage_class,
        parent_storage_class: None,
        instrument: None,
    })
}

fn create(registry: &mut Registry, table: &str, columns: &str) -> Result<(), Error> {
    let connection = registry.connection();
    // Only a column of exactly this type is SQLite's row number, which is found without an index.
    let number = match connection.dialect() {
        Dialect::Sqlite => "INTEGER PRIMARY KEY",
        Dialect::Postgresql => "bigint PRIMARY KEY",
    };
    connection.execute(
        &format!("CREATE TEMPORARY TABLE IF NOT EXISTS {table} (no {number}, {columns})"),
        &[],
    )?;
    connection.execute(&format!("DELETE FROM {table}"), &[])?;
    Ok(())
}

fn insert(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    table: &str,
    row: &[Value],
) -> Result<(), Error> {
    let marks: Vec<String> = (1..=row.len()).map(|i| format!("${i}")).collect();
    let sql = format!(
        "INSERT INTO {} VALUES ({})",
        input.place.map(table),
        marks.join(", ")
    );
    registry.connection().execute(&sql, row)?;
    Ok(())
}

fn int(value: usize) -> Value {
    Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
}
