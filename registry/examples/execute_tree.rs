//! Executes serialised queries, one JSON object a line on standard input: `{"tree": ..., "spec": ..., "uploads": [...]}`, and
//! answers each with a line of JSON: `{"columns": [...], "rows": [[...], ...]}` or `{"error": ..., "message": ...}`. With
//! `"sql": true` the answer is the statement that would be executed, and its values.
//!
//!     cargo run --example execute_tree -- REPO < queries.jsonl

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use pantry_registry::Registry;
use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
use pantry_registry::database::Access;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{QueryInputs, ResultValue, Upload, execute, to_sql};
use pantry_registry::query::tree::json;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let repo = std::env::args().nth(1).ok_or("which repository?")?;
    let environment = Environment::from_process();
    let config = ButlerConfig::load(&repo, &[], &environment)?;
    let registry = RegistryConfig::of(&config, &environment)?;
    let mut registry = Registry::open(&registry, &environment, Access::ReadOnly)?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let answer = answer(&mut registry, &request).unwrap_or_else(
            |error| json!({"error": error.error_type(), "message": error.to_string()}),
        );
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(registry: &mut Registry, request: &Value) -> Result<Value, QueryError> {
    let universe = registry.universe().clone();
    let tree = json::tree_from_json(&request["tree"], &universe)?;
    let spec = json::spec_from_json(&request["spec"], &universe)?;
    let mut uploads = BTreeMap::new();
    for upload in request["uploads"].as_array().into_iter().flatten() {
        let names = upload["dimensions"].as_array().into_iter().flatten();
        let names = names.filter_map(Value::as_str);
        let dimensions = DimensionGroup::conform(&universe, names)
            .map_err(|e| QueryError::DimensionName(e.to_string()))?;
        let rows = upload["rows"].as_array().into_iter().flatten();
        let rows = rows.map(|row| row.as_array().into_iter().flatten().map(key).collect());
        let id = upload["key"].as_str().unwrap_or_default();
        let id = id
            .parse()
            .map_err(|_| QueryError::Invalid(format!("'{id}' is no UUID")))?;
        uploads.insert(
            id,
            Upload {
                dimensions,
                rows: rows.collect(),
            },
        );
    }
    let inputs = QueryInputs {
        uploads,
        ..QueryInputs::default()
    };
    if request["sql"] == true {
        let (sql, values) = to_sql(registry, &tree, &spec, &inputs)?;
        let values: Vec<String> = values.iter().map(|v| format!("{v:?}")).collect();
        return Ok(json!({"sql": sql, "values": values}));
    }
    let columns: Vec<String> = spec
        .result_columns()
        .columns()
        .iter()
        .map(|c| c.qualified_name())
        .collect();
    let mut rows: Vec<Value> = Vec::new();
    execute(registry, &tree, &spec, &inputs, |row| {
        rows.push(row.values().iter().map(shown).collect());
        Ok(true)
    })?;
    Ok(json!({"columns": columns, "rows": rows}))
}

fn key(value: &Value) -> DataIdValue {
    match value.as_i64() {
        Some(v) => DataIdValue::Int(v),
        None => DataIdValue::Str(value.as_str().unwrap_or_default().to_owned()),
    }
}

fn shown(value: &ResultValue) -> Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    match value {
        ResultValue::Null => Value::Null,
        ResultValue::Int(v) => (*v).into(),
        ResultValue::Float(v) => (*v).into(),
        ResultValue::Bool(v) => (*v).into(),
        ResultValue::Text(v) => v.as_str().into(),
        ResultValue::Bytes(v) => hex(v).into(),
        ResultValue::Uuid(v) => v.to_string().into(),
        ResultValue::Time(v) => v.0.into(),
        ResultValue::Timespan(v) => {
            let (begin, end) = v.ns();
            json!([begin, end])
        }
    }
}
