//! Brings datasets of one repo into another (`DirectButler.transfer_from`,
//! `lsst/daf/butler/direct_butler/_direct_butler.py`): an export whose files go to their places below the other datastore's root,
//! imported from there. So the other repo gets its rows in one transaction, after the bytes, and whatever both have stays.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_registry::Registry;
use pantry_registry::model::dataset_type::DatasetType;

use super::files::{batch, records};
use super::placing::Placing;
use super::selection::Selection;
use super::{UnloadFiles, UnloadOptions, write};
use crate::files::{FileOptions, OnMissing};
use crate::{Error, ImportOptions, OnConflict, Origin, RepoDatastore, Watch, import};

/// How datasets are brought over.
pub struct TransferOptions {
    /// The datastore that has the files.
    pub source: RepoDatastore,
    /// The datastore that gets them.
    pub destination: RepoDatastore,
    /// A mode that places files; `auto` leaves those that are not below the source's root where they are.
    pub mode: TransferMode,
    /// Register dataset types that the other repo has not.
    pub register_dataset_types: bool,
    /// Bring the dimension records that datasets need.
    pub transfer_dimensions: bool,
    /// Change nothing.
    pub dry_run: bool,
    /// Where files are reached that are not on this machine.
    pub stores: Stores,
    /// Threads.
    pub jobs: usize,
    /// Counters and stop switch.
    pub progress: Arc<TransferProgress>,
}

/// Bring the datasets of a selection from one repo into another; says how many are there now. Those without a file are left out,
/// as in the reference.
///
/// # Errors
/// Whatever the error, the other registry is as it was, and files that this run placed are gone again.
pub fn transfer(
    source: &mut Registry,
    destination: &mut Registry,
    mut selection: Selection,
    options: TransferOptions,
    watch: &dyn Watch,
) -> Result<u64, Error> {
    let without = drop_if(source, &options.source, &selection, false)?;
    if without > 0 {
        watch.warn(&format!(
            "datasets that are left out because they have no file: {without}"
        ));
    }
    let count = selection.datasets()?;
    check_types(destination, &selection, options.register_dataset_types)?;
    if options.dry_run {
        return Ok(count);
    }
    drop_if(destination, &options.destination, &selection, true)?;
    if selection.datasets()? == 0 {
        return Ok(count);
    }
    let folder = tempfile::Builder::new()
        .prefix("pantry-transfer-")
        .tempdir()
        .map_err(|e| Error::io("creating a folder in", &std::env::temp_dir(), e))?;
    let file = folder.path().join("export.yaml");
    let root = options.destination.root.local("transferring files to")?;
    let root = root.to_path_buf();
    let unload = UnloadOptions {
        directory: root,
        file: file.clone(),
        collections: Vec::new(),
        elements: Vec::new(),
        files: Some(unload_files(&options)),
    };
    let (_, placed) = source.read(|source| write(source, &mut selection, &unload, watch))?;
    let elements = destination.universe().elements().iter();
    let elements = elements.filter(|e| !options.transfer_dimensions && e.has_own_table());
    let import_options = ImportOptions {
        file,
        origin: Origin::Export,
        skip_dimensions: elements.map(|e| e.name.clone()).collect(),
        day_obs_offsets: BTreeMap::new(),
        on_conflict: OnConflict::Keep,
        dry_run: false,
        datastore: Some(options.destination.target.clone()),
    };
    let files = import_files(options, any_elsewhere(&selection)?);
    import(
        destination,
        &import_options,
        Some(files),
        &mut io::sink(),
        watch,
    )?;
    drop(placed.and_then(Placing::keep));
    Ok(count)
}

/// How files get below the other root.
fn unload_files(options: &TransferOptions) -> UnloadFiles {
    UnloadFiles {
        datastore: RepoDatastore {
            root: options.source.root.clone(),
            target: options.source.target.clone(),
            // Files that are elsewhere get the name that the other repo would give them.
            templates: options.destination.templates.clone(),
            formatters: options.source.formatters.clone(),
        },
        mode: Some(options.mode),
        elsewhere_stays: options.mode == TransferMode::Auto,
        with_records: true,
        on_missing: OnMissing::Error,
        stores: options.stores.clone(),
        jobs: options.jobs,
        progress: Arc::clone(&options.progress),
    }
}

/// How the files that are there now are recorded.
fn import_files(options: TransferOptions, any_elsewhere: bool) -> FileOptions {
    let to = options.destination;
    FileOptions {
        folder: to.root.uri().clone().into_folder(),
        root: to.root,
        templates: to.templates,
        formatters: to.formatters,
        // Links lead out of the root, to files that this run has linked itself.
        is_confined: true,
        allowed: vec![PathBuf::from("/")],
        allowed_uris: Vec::new(),
        stores: options.stores,
        mode: match any_elsewhere {
            true => TransferMode::Split,
            false => TransferMode::InPlace,
        },
        checksum: false,
        track: true,
        sanity: false,
        known: true,
        zip: None,
        jobs: options.jobs,
        on_missing: OnMissing::Error,
        progress: options.progress,
    }
}

/// Leave out the datasets that have a record of a file in a repo, or those that have none; says how many.
fn drop_if(
    registry: &mut Registry,
    datastore: &RepoDatastore,
    selection: &Selection,
    has_file: bool,
) -> Result<u64, Error> {
    let tables = registry.connection().table_names()?;
    let table = &datastore.target.records_table;
    let table = tables.contains(table).then_some(table.as_str());
    let mut dropped = 0;
    for set in selection.sets() {
        let sql = format!("DELETE FROM {} WHERE seq = ?", set.table);
        let mut delete = selection.connection().prepare(&sql)?;
        let mut last = 0;
        loop {
            let datasets = batch(selection, set, last)?;
            let Some(end) = datasets.last() else { break };
            last = end.seq;
            let records = records(registry, table, &datasets)?;
            for dataset in &datasets {
                if records.contains_key(&dataset.id) == has_file {
                    delete.execute([dataset.seq])?;
                    dropped += 1;
                }
            }
        }
    }
    Ok(dropped)
}

/// The other repo must have the dataset types as they are, unless they may be registered.
fn check_types(
    destination: &mut Registry,
    selection: &Selection,
    register: bool,
) -> Result<(), Error> {
    for set in selection.sets() {
        if selection.rows(set)? == 0 {
            continue;
        }
        let name = &set.dataset_type.name;
        match destination.find_dataset_type(name)? {
            None if register => {}
            None => {
                return Err(Error::Conflict(format!(
                    "the destination has no dataset type '{name}'; --register-dataset-types registers it"
                )));
            }
            Some(found) if is_same(&found.dataset_type, &set.dataset_type) => {}
            Some(_) => {
                return Err(Error::Conflict(format!(
                    "dataset type '{name}' is not the same in both repositories"
                )));
            }
        }
    }
    Ok(())
}

/// Whether definitions of two repos, which may have different universes, say the same.
fn is_same(one: &DatasetType, other: &DatasetType) -> bool {
    one.dimensions.required().eq(other.dimensions.required())
        && one.storage_class == other.storage_class
        && one.is_calibration == other.is_calibration
}

/// Whether a file is not below the root of the datastore.
fn any_elsewhere(selection: &Selection) -> Result<bool, Error> {
    for set in selection.sets() {
        let table = &set.file_table;
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE path GLOB '*://*')");
        if selection
            .connection()
            .query_row(&sql, [], |row| row.get(0))?
        {
            return Ok(true);
        }
    }
    Ok(false)
}
