//! Writes exports: datasets that were selected, with all that they need to be understood elsewhere, as a folder that
//! `import` takes, ours or the reference's (`RepoExportContext`, `lsst/daf/butler/transfers/_context.py`).
//!
//! Memory does not grow with the export: what is selected is held by a temporary SQLite file, from which the sections of the
//! document are read in their order.

mod artifacts;
mod associations;
mod collections;
mod document;
mod files;
mod index;
mod needed;
mod output;
mod placing;
mod ranked;
mod records;
mod selection;
mod transfer;
mod zip;
mod zipped;

use std::path::PathBuf;
use std::sync::Arc;

use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{FolderLock, TransferMode, TransferProgress};
use pantry_registry::Registry;
use pantry_registry::listing::CollectionCatalog;
use serde::Serialize;

pub use artifacts::{RetrieveOptions, retrieve};
pub use selection::{Selection, Wanted};
pub use transfer::{TransferOptions, transfer};
pub use zip::retrieve_zip;

use self::collections::sorted_collections;
use self::document::{Document, With};
use self::files::Paths;
use self::needed::Needed;
use self::output::Output;
use self::placing::Placing;
use crate::files::{OnMissing, watched};
use crate::{Error, RepoDatastore, Step, Watch};

/// What is written, and where.
pub struct UnloadOptions {
    /// Folder of the export; made if it does not exist. Nobody else writes to it meanwhile.
    pub directory: PathBuf,
    /// The file of the document.
    pub file: PathBuf,
    /// Collections to be defined, beside the runs of the datasets.
    pub collections: Vec<String>,
    /// Elements all of whose records are written.
    pub elements: Vec<String>,
    /// What becomes of the files; without it datasets are written without files.
    pub files: Option<UnloadFiles>,
}

/// What becomes of the files of datasets.
pub struct UnloadFiles {
    /// The datastore that has them.
    pub datastore: RepoDatastore,
    /// How they get into the folder; `None` leaves them in the datastore and writes their paths in it.
    pub mode: Option<TransferMode>,
    /// Whether files that are not below the datastore's root stay where they are although others are placed.
    pub elsewhere_stays: bool,
    /// Whether the document also has sizes and checksums, which only `import` of the same program understands.
    pub with_records: bool,
    /// What to do about datasets without a file.
    pub on_missing: OnMissing,
    /// Where files are reached that are not on this machine.
    pub stores: Stores,
    /// Threads.
    pub jobs: usize,
    /// Counters and stop switch.
    pub progress: Arc<TransferProgress>,
}

/// What was written.
#[derive(Debug, Default, Serialize)]
pub struct UnloadReport {
    /// Dataset types of the datasets.
    pub dataset_types: u64,
    /// Datasets.
    pub datasets: u64,
    /// Collections, runs included.
    pub collections: u64,
    /// Dimension records.
    pub dimension_records: u64,
    /// Datasets of TAGGED collections, and validity ranges of those of CALIBRATION collections.
    pub associations: u64,
    /// Files that this run put into the folder.
    pub files_placed: u64,
    /// Size of the files that this run put into the folder.
    pub bytes_placed: u64,
    /// Datasets that were left out because they have no file.
    pub skipped: u64,
}

/// Select what `wanted` asks for and write it, all of one moment. What was written is returned too.
///
/// # Errors
/// Whatever the error, there is no new document under its name, and files that this run placed are gone again.
pub fn unload(
    registry: &mut Registry,
    wanted: &[Wanted],
    options: &UnloadOptions,
    watch: &dyn Watch,
) -> Result<(UnloadReport, Selection), Error> {
    registry.read(|registry| {
        watch.begin(Step::Select, 0);
        let mut selection = Selection::select(registry, wanted, watch)?;
        let (report, placed) = write(registry, &mut selection, options, watch)?;
        if let Some(placer) = placed {
            drop(placer.keep());
        }
        Ok((report, selection))
    })
}

/// Write a selection. The files that were placed are removed again unless the second value is kept.
fn write(
    registry: &mut Registry,
    selection: &mut Selection,
    options: &UnloadOptions,
    watch: &dyn Watch,
) -> Result<(UnloadReport, Option<Placing>), Error> {
    let mut report = UnloadReport::default();
    let mut lock = Some(FolderLock::acquire(&options.directory, || {
        watch.warn("another Pantry works in the folder of the export; waiting for it");
    })?);
    let mut placed = None;
    if let Some(files) = &options.files {
        watch.begin(Step::Files, selection.datasets()?);
        let paths = Paths::new(files, options);
        let work = || paths.find(registry, selection, &mut lock, watch, &mut report);
        placed = match files.mode.is_some_and(TransferMode::places_files) {
            true => watched(watch, &files.progress, work)?,
            false => work()?,
        };
    }
    // After the files: placing them removes what a run that was killed left behind, which has such a name.
    let output = Output::begin(&options.file)?;
    let catalog = CollectionCatalog::read(registry)?;
    watch.begin(Step::Records, 0);
    let needed = Needed::find(registry, selection, &options.elements, watch)?;
    watch.begin(Step::Write, selection.datasets()?);
    let mut document = Document::begin(output, registry.universe())?;
    report.dimension_records = records::write(registry, selection, &needed, &mut document)?;
    let collections = sorted_collections(&catalog, &options.collections, &selection.runs()?)?;
    report.collections = collections::write(registry, &catalog, &collections, &mut document)?;
    let with = match &options.files {
        None => With::Nothing,
        Some(files) if files.with_records => With::FileRecords,
        Some(_) => With::Files,
    };
    for set in selection.sets() {
        let written = document.datasets(set, selection, with, watch, report.datasets)?;
        report.dataset_types += u64::from(written > 0);
        report.datasets += written;
    }
    report.associations = associations::write(registry, selection, &collections, &mut document)?;
    let output = document.end()?;
    if watch.cancelled().load(std::sync::atomic::Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    output.publish()?;
    Ok((report, placed))
}
