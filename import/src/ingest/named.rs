//! Files that a table names, with their data IDs (`lsst/daf/butler/script/ingest_files.py`).

use std::sync::atomic::Ordering;

use pantry_datastore::ResourcePath;
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dataset_id::DatasetIdMode;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::universe::Universe;
use pantry_registry::skypix::SkyPixelization;

use super::data_id;
use super::stager::{FileStager, NewDataset};
use super::table::{TableFile, TableValue};
use super::{Ingest, check_formatter};
use crate::Error;
use crate::export::Export;
use crate::import::{ImportOptions, ImportReport, Step, Watch};
use crate::stage::Stage;

/// What a table of files does not say.
pub struct IngestOptions {
    /// Dataset type of all files; the repo must have it.
    pub dataset_type: String,
    /// Run that the datasets go into; registered if it is new.
    pub run: String,
    /// Data ID values that all files have (`instrument=HSC`); they override columns of the table.
    pub data_id: Vec<String>,
    /// Formatter of all files; by default that of the dataset type.
    pub formatter: Option<String>,
    /// How dataset ids come about.
    pub id_mode: DatasetIdMode,
    /// Folder of relative paths in the table.
    pub folder: ResourcePath,
}

/// Ingest the files that the table `options.file` names: the first column is the file, of the others those with the names
/// of dimensions are the data ID.
///
/// # Errors
/// Whatever the error, the registry is as it was, and files that this run placed are gone again.
pub fn ingest_files(ingest: Ingest<'_>, named: &IngestOptions) -> Result<ImportReport, Error> {
    let mut stage = Stage::create()?;
    let universe = ingest.registry.universe().clone();
    let found = ingest.registry.find_dataset_type(&named.dataset_type)?;
    let dataset_type = found
        .map(|record| record.dataset_type)
        .ok_or_else(|| Error::Unknown(format!(
            "the repo has no dataset type '{}'; nothing was changed (butler register-dataset-type makes one)",
            named.dataset_type
        )))?;
    if named.formatter.is_none() {
        check_formatter(&ingest.files, &dataset_type)?;
    }
    ingest.watch.begin(Step::Read, 0);
    let (options, watch) = (ingest.options, ingest.watch);
    let export = read(&universe, &dataset_type, options, named, &mut stage, watch)?;
    ingest.staged(stage, export, None)
}

/// Where the value of a required dimension comes from.
enum Origin {
    /// The same for all files.
    Fixed(DataIdValue),
    /// One of the columns that are read; the first of these is the file.
    Column(usize),
}

/// Read the table into the stage.
fn read(
    universe: &Universe,
    dataset_type: &DatasetType,
    options: &ImportOptions,
    ingest: &IngestOptions,
    stage: &mut Stage,
    watch: &dyn Watch,
) -> Result<Export, Error> {
    let fixed = data_id::fixed_values(&ingest.data_id, universe).map_err(Error::Unknown)?;
    let mut table = TableFile::open(&options.file).map_err(|f| f.of(&options.file))?;
    let (columns, origins) =
        origins(dataset_type, &fixed, table.columns()).map_err(|message| Error::Input {
            file: options.file.clone(),
            line: 0,
            message,
        })?;
    let required: Vec<(&str, ColumnType)> = dataset_type
        .dimensions
        .required()
        .map(|d| (d, universe.key_type(d)))
        .collect();
    let pixels: Vec<Option<SkyPixelization>> = required
        .iter()
        .map(|(d, _)| SkyPixelization::of(universe, d).ok())
        .collect();
    let mut files = FileStager::new(universe, stage, ingest.folder.clone(), ingest.id_mode)?;
    files.run(&ingest.run);
    let mut rows = 0_u64;
    let mut add = |line: u64, row: &[TableValue]| -> Result<(), String> {
        rows += 1;
        if rows.is_multiple_of(1024) {
            watch.reached(rows);
            if watch.cancelled().load(Ordering::Relaxed) {
                return Err(String::new());
            }
        }
        let mut values = Vec::with_capacity(required.len());
        for (((dimension, key_type), origin), pixels) in required.iter().zip(&origins).zip(&pixels)
        {
            let value = match origin {
                Origin::Fixed(value) => value.clone(),
                Origin::Column(at) => data_id::column_value(dimension, *key_type, &row[*at])?,
            };
            if let (Some(pixels), DataIdValue::Int(index)) = (pixels, &value) {
                pixels
                    .pixel(*index)
                    .map_err(|e| format!("'{dimension}' has no such pixel: {e}"))?;
            }
            values.push((*dimension, value));
        }
        files.add(&NewDataset {
            dataset_type: &dataset_type.name,
            run: &ingest.run,
            path: path(&row[0])?,
            formatter: ingest.formatter.as_deref(),
            data_id: &values,
            line,
        })
    };
    let outcome = table.rows(&columns, &mut add);
    if watch.cancelled().load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    outcome.map_err(|f| f.of(&options.file))?;
    files.finish()
}

/// The columns to be read, and where in them each required dimension is.
fn origins(
    dataset_type: &DatasetType,
    fixed: &[(String, DataIdValue)],
    names: &[String],
) -> Result<(Vec<usize>, Vec<Origin>), String> {
    let mut columns = vec![0];
    let mut origins = Vec::new();
    for dimension in dataset_type.dimensions.required() {
        // Of two values on the command line the later counts, of two columns the first.
        if let Some((_, value)) = fixed.iter().rev().find(|(name, _)| name == dimension) {
            origins.push(Origin::Fixed(value.clone()));
            continue;
        }
        let column = names.iter().skip(1).position(|name| name == dimension);
        let column = column.ok_or_else(|| format!(
            "dataset type '{}' needs a value for '{dimension}', but the table has no such column (--data-id {dimension}=VALUE \
             gives all files the same)",
            dataset_type.name
        ))?;
        origins.push(Origin::Column(columns.len()));
        columns.push(column + 1);
    }
    if names.is_empty() {
        return Err("the table has no columns".to_owned());
    }
    Ok((columns, origins))
}

fn path(value: &TableValue) -> Result<&str, String> {
    match value {
        TableValue::Text(path) if !path.is_empty() => Ok(path),
        other => Err(format!(
            "the first column must name a file, but it has {}",
            other.kind()
        )),
    }
}
