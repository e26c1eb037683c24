//! What the index of a zip says, into the stage.

use std::collections::BTreeMap;

use pantry_datastore::{DatastoreRoot, Location};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::timespan::Timespan;
use pantry_registry::model::universe::Universe;
use pantry_registry::schema::datastore_tables::NO_COMPONENT;
use serde_json::Value;
use uuid::Uuid;

use super::index::{Artifact, ZipIndex};
use crate::Error;
use crate::export::{
    DatasetStager, Export, ExportedCollection, ExportedDatasetType, MEMBER_TABLE, RecordStager,
    association_tables,
};
use crate::stage::{Cell, CellType, Stage};
use crate::yaml::{EncodedRegion, Field, Mapping, Node, RegionClass};

/// The members of a zip with the paths of their records.
pub(super) struct Members<'a> {
    files: Vec<(&'a Artifact, String)>,
    /// Numbers of the files of each dataset.
    pub(super) by_dataset: BTreeMap<Uuid, Vec<usize>>,
}

impl Members<'_> {
    /// Components and paths of the files of a dataset, in the order of the components.
    pub(super) fn files_of(&self, id: &Uuid) -> impl Iterator<Item = (Option<&str>, &str)> {
        let numbers = self.by_dataset.get(id).into_iter().flatten();
        let mut files: Vec<_> = numbers
            .map(|number| {
                let (artifact, path) = &self.files[*number];
                (artifact.info.component.as_deref(), path.as_str())
            })
            .collect();
        files.sort_unstable();
        files.into_iter()
    }
}

/// Give every member the path that its records will have; `Err` says in words what is wrong.
pub(super) fn members<'a>(
    index: &'a ZipIndex,
    root: &DatastoreRoot,
    zip: &Location,
) -> Result<Members<'a>, String> {
    let mut members = Members {
        files: Vec::with_capacity(index.artifact_map.len()),
        by_dataset: BTreeMap::new(),
    };
    for (name, artifact) in &index.artifact_map {
        let location = root.member(zip, name).map_err(|e| e.to_string())?;
        for id in &artifact.ids {
            let known = Uuid::try_parse(id).map_err(|_| format!("'{id}' is no id of a dataset"))?;
            members
                .by_dataset
                .entry(known)
                .or_default()
                .push(members.files.len());
        }
        members.files.push((artifact, location.into_record()));
    }
    Ok(members)
}

/// Stage everything; the inner `Err` says in words what is wrong.
pub(super) fn stage(
    universe: &Universe,
    index: &ZipIndex,
    members: &Members<'_>,
    with_records: bool,
    stage: &mut Stage,
) -> Result<Result<Export, String>, Error> {
    association_tables(stage)?;
    let mut records = RecordStager::new(universe)?;
    let mut datasets = DatasetStager::new(universe, stage)?;
    let mut export = Export::default();
    let staged = definitions(index, members, &mut export)
        .and_then(|()| match with_records {
            true => dimension_records(universe, index, &mut records, stage),
            false => Ok(()),
        })
        .and_then(|()| files(index, members, &mut datasets, stage, &mut export));
    if let Err(message) = staged {
        return Ok(Err(message));
    }
    stage.release()?;
    export.records = records.finish();
    datasets.finish(&mut export);
    Ok(Ok(export))
}

/// The dataset types and runs of the datasets that have files.
fn definitions(index: &ZipIndex, members: &Members<'_>, export: &mut Export) -> Result<(), String> {
    let (mut types, mut runs) = (BTreeMap::new(), BTreeMap::new());
    for id in members.by_dataset.keys() {
        let dataset = &index.refs.compact_refs.get(&id.to_string());
        let dataset = dataset.ok_or_else(|| format!("the index has no dataset {id}"))?;
        let name = &dataset.dataset_type_name;
        let definition = index.refs.dataset_types.get(name);
        let definition = definition
            .ok_or_else(|| format!("the index does not say what dataset type '{name}' is"))?;
        types.insert(name, definition);
        runs.insert(&dataset.run, ());
    }
    for (name, definition) in types {
        let (Some(storage_class), Some(dimensions)) =
            (&definition.storage_class, &definition.dimensions)
        else {
            return Err(format!(
                "dataset type '{name}' has no storage class or no dimensions"
            ));
        };
        export.dataset_types.push(ExportedDatasetType {
            name: name.clone(),
            dimensions: dimensions.clone(),
            storage_class: storage_class.clone(),
            is_calibration: definition.is_calibration,
            line: 0,
        });
    }
    export.collections = runs
        .into_keys()
        .map(|name| ExportedCollection {
            name: name.clone(),
            collection_type: CollectionType::Run,
            doc: None,
            children: Vec::new(),
            line: 0,
        })
        .collect();
    Ok(())
}

fn dimension_records(
    universe: &Universe,
    index: &ZipIndex,
    stager: &mut RecordStager<'_>,
    stage: &mut Stage,
) -> Result<(), String> {
    let records = index.refs.dimension_records.as_ref();
    // The universe's order: who depends comes after what it depends on.
    for element in universe
        .elements()
        .iter()
        .filter(|element| element.has_own_table())
    {
        let Some(rows) = records.and_then(|records| records.get(&element.name)) else {
            continue;
        };
        stager.begin(&element.name, stage)?;
        let columns = universe.record_columns(element);
        for row in rows {
            if row.len() != columns.len() {
                return Err(format!(
                    "a {} record has {} values, and {} in the repo's universe",
                    element.name,
                    row.len(),
                    columns.len()
                ));
            }
            let mut record = Mapping::new(0);
            for (column, value) in columns.iter().zip(row) {
                let value = node(column.column_type, value).ok_or_else(|| {
                    format!(
                        "{value} cannot be '{}' of a {} record",
                        column.name, element.name
                    )
                })?;
                record.push(field(&column.name, value));
            }
            stager.stage(&element.name, &record, stage)?;
        }
    }
    Ok(())
}

fn field(name: &str, value: Node) -> Field {
    Field {
        key: Node::Str(name.into()),
        value,
        line: 0,
    }
}

/// A value of JSON as an export would have it (`DimensionRecord.serialize_key_value`).
fn node(column_type: ColumnType, value: &Value) -> Option<Node> {
    Some(match (column_type, value) {
        (_, Value::Null) => Node::Null,
        (ColumnType::Region, Value::String(hex)) => {
            let bytes = from_hex(hex)?;
            Node::Region(EncodedRegion {
                class: RegionClass::of_bytes(&bytes)?,
                bytes,
            })
        }
        (ColumnType::Hash { .. }, Value::String(hex)) => Node::Bytes(from_hex(hex)?),
        (ColumnType::Timespan, Value::Array(bounds)) => match bounds.as_slice() {
            [begin, end] => Node::Timespan(Timespan::from_ns(begin.as_i64()?, end.as_i64()?)),
            _ => return None,
        },
        (_, Value::String(text)) => Node::Str(text.into()),
        (_, Value::Bool(value)) => Node::Bool(*value),
        (_, Value::Number(number)) => match number.as_i64() {
            Some(value) => Node::Int(value),
            None => Node::Float(number.as_f64()?),
        },
        _ => return None,
    })
}

fn from_hex(text: &str) -> Option<Box<[u8]>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// The files, the datasets that each is of, and what the records will say.
fn files(
    index: &ZipIndex,
    members: &Members<'_>,
    datasets: &mut DatasetStager<'_>,
    stage: &mut Stage,
    export: &mut Export,
) -> Result<(), String> {
    let failed = |e: Error| e.to_string();
    let text = |name: &str| (name.to_owned(), CellType::Text);
    let columns = [
        ("id".to_owned(), CellType::Uuid),
        ("file".to_owned(), CellType::Int),
        text("path"),
        text("formatter"),
        text("storage_class"),
        text("component"),
        text("checksum"),
        ("size".to_owned(), CellType::Int),
    ];
    let table = stage.table(MEMBER_TABLE, &columns).map_err(failed)?;
    let mut numbers = Vec::with_capacity(members.files.len());
    for (artifact, path) in &members.files {
        let formatter = Some(artifact.info.formatter.as_str());
        numbers.push(datasets.file(Some(path), formatter, 0, stage, export)?);
    }
    for (id, files) in &members.by_dataset {
        // Checked when the definitions were staged.
        let Some(dataset) = index.refs.compact_refs.get(&id.to_string()) else {
            continue;
        };
        let mut data_id = Mapping::new(0);
        for (name, value) in &dataset.data_id {
            let value = node(ColumnType::Int, value)
                .ok_or_else(|| format!("{value} is no value of '{name}'"))?;
            data_id.push(field(name, value));
        }
        datasets.begin(&dataset.dataset_type_name, &dataset.run);
        let first = files.first().map_or(0, |file| numbers[*file]);
        datasets.dataset(*id, &data_id, first, 0, stage, export)?;
        for file in files {
            let (Artifact { info, .. }, path) = &members.files[*file];
            let row = [
                Cell::uuid(*id),
                Cell::Int(numbers[*file]),
                Cell::text(Some(path)),
                Cell::text(Some(&info.formatter)),
                Cell::text(Some(&info.storage_class)),
                Cell::text(Some(info.component.as_deref().unwrap_or(NO_COMPONENT))),
                Cell::text(info.checksum.as_deref()),
                Cell::Int(info.file_size),
            ];
            stage.insert(table, &row).map_err(failed)?;
        }
    }
    Ok(())
}
