//! The index of retrieved files, `_butler_zip_index.json`
//! (`ZipIndex`, `lsst/daf/butler/datastores/file_datastore/retrieve_artifacts.py`), written as it is read.

use std::fmt::Write as _;
use std::sync::Arc;

use pantry_registry::Registry;
use pantry_registry::listing::FileOfDataset;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::ResultValue;
use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use super::needed::Needed;
use super::output::Output;
use super::ranked::uuid;
use super::selection::{Selection, Set, key};
use crate::Error;

/// The record of a file, as the reference serialises it (`SerializedStoredFileInfo`).
pub(super) fn info(file: &FileOfDataset) -> Value {
    json!({
        "formatter": file.formatter,
        "path": file.path,
        "storage_class": file.storage_class,
        "component": file.component,
        "checksum": file.checksum,
        "file_size": file.file_size,
    })
}

/// Write the index of the artifacts that a selection has.
pub(super) fn write(
    registry: &mut Registry,
    selection: &Selection,
    mut output: Output,
) -> Result<Output, Error> {
    let universe = Arc::clone(registry.universe());
    let mut sets = Vec::new();
    for set in selection.sets() {
        if selection.rows(set)? > 0 {
            sets.push(set);
        }
    }
    output.write(&format!(
        "{{\"index_version\":\"V1\",\"refs\":{{\"container_version\":\"V1\",\"universe_version\":{},\
         \"universe_namespace\":{},\"dataset_types\":{},\"compact_refs\":{{",
        universe.version(),
        json!(universe.namespace()),
        dataset_types(&sets)
    ))?;
    let mut comma = Comma::default();
    for set in &sets {
        refs(selection, set, &mut comma, &mut output)?;
    }
    output.write("},\"dimension_records\":{")?;
    records(registry, selection, &sets, &universe, &mut output)?;
    output.write("}},\"artifact_map\":{")?;
    artifacts(selection, &mut output)?;
    output.write("}}\n")?;
    Ok(output)
}

/// Writes a comma before all but the first.
#[derive(Default)]
struct Comma {
    is_due: bool,
}

impl Comma {
    fn next(&mut self) -> &'static str {
        match std::mem::replace(&mut self.is_due, true) {
            true => ",",
            false => "",
        }
    }
}

fn dataset_types(sets: &[&Set]) -> Value {
    let types = sets.iter().map(|set| {
        let dataset_type = &set.dataset_type;
        let value = json!({
            "name": dataset_type.name,
            "storageClass": dataset_type.storage_class,
            "dimensions": dataset_type.dimensions.required().collect::<Vec<_>>(),
            "parentStorageClass": null,
            "isCalibration": dataset_type.is_calibration,
        });
        (dataset_type.name.clone(), value)
    });
    Value::Object(types.collect())
}

fn refs(
    selection: &Selection,
    set: &Set,
    comma: &mut Comma,
    output: &mut Output,
) -> Result<(), Error> {
    let names: Vec<&str> = set.dataset_type.dimensions.data_coordinate_keys().collect();
    let columns: String = names
        .iter()
        .map(|name| format!(", {}", key(name)))
        .collect();
    let sql = format!("SELECT id, run{columns} FROM {} ORDER BY seq", set.table);
    let mut select = selection.connection().prepare(&sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let mut data_id = serde_json::Map::new();
        for (i, name) in names.iter().enumerate() {
            let value = match row.get_ref(2 + i)? {
                ValueRef::Integer(v) => json!(v),
                _ => json!(row.get::<_, String>(2 + i)?),
            };
            data_id.insert((*name).to_owned(), value);
        }
        let run: String = row.get(1)?;
        let value = json!({
            "dataset_type_name": set.dataset_type.name,
            "run": run,
            "data_id": data_id,
        });
        let id = uuid(row.get_ref(0)?)?;
        output.write(&format!("{}\"{id}\":{value}", comma.next()))?;
    }
    Ok(())
}

/// The records of the datasets' data IDs, for each element that these have together.
fn records(
    registry: &mut Registry,
    selection: &Selection,
    sets: &[&Set],
    universe: &Arc<Universe>,
    output: &mut Output,
) -> Result<(), Error> {
    let names = sets
        .iter()
        .flat_map(|set| set.dataset_type.dimensions.names());
    let names: Vec<&str> = names.collect();
    let group =
        DimensionGroup::conform(universe, &names).map_err(|e| Error::Unsupported(e.to_string()))?;
    let needed = Needed::of_data_ids(universe);
    let mut elements = Comma::default();
    for element in group.elements().filter_map(|name| universe.get(name)) {
        if element.is_skypix() {
            continue;
        }
        output.write(&format!("{}\"{}\":[", elements.next(), element.name))?;
        let mut comma = Comma::default();
        if element.has_own_table() {
            needed.each_record(registry, selection, element, &mut |record| {
                let values = record.fields.iter().map(|(_, value)| json_value(value));
                let record = Value::Array(values.collect());
                output.write(&format!("{}{record}", comma.next()))
            })?;
        } else {
            // Its records are the values that other elements have of it.
            needed.each_key(selection, &element.name, &mut |value| {
                output.write(&format!("{}[{}]", comma.next(), json!(value)))
            })?;
        }
        output.write("]")?;
    }
    Ok(())
}

fn json_value(value: &ResultValue) -> Value {
    match value {
        ResultValue::Null => Value::Null,
        ResultValue::Int(v) => json!(v),
        ResultValue::Float(v) => json!(v),
        ResultValue::Bool(v) => json!(v),
        ResultValue::Text(v) => json!(v),
        ResultValue::Uuid(v) => json!(v.to_string()),
        ResultValue::Time(v) => json!(v.0),
        ResultValue::Timespan(v) => {
            let (begin, end) = v.ns();
            json!([begin, end])
        }
        ResultValue::Bytes(v) => json!(v.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap_or_default();
            hex
        })),
    }
}

fn artifacts(selection: &Selection, output: &mut Output) -> Result<(), Error> {
    let connection = selection.connection();
    let mut files = connection.prepare("SELECT place, path, info FROM artifact ORDER BY place")?;
    let mut datasets =
        connection.prepare("SELECT id FROM artifact_dataset WHERE place = ? ORDER BY id")?;
    let mut rows = files.query([])?;
    let mut comma = Comma::default();
    while let Some(row) = rows.next()? {
        let (place, path, info): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let ids = datasets.query_map([place], |row| row.get(0))?;
        let ids = ids.collect::<Result<Vec<String>, _>>()?;
        output.write(&format!(
            "{}{}:{{\"info\":{info},\"ids\":{}}}",
            comma.next(),
            json!(path),
            json!(ids)
        ))?;
    }
    Ok(())
}
