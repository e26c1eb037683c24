//! A zip of datasets as `retrieve-artifacts --zip` makes it, ingested as one file (`DirectButler.ingest_zip`,
//! `lsst/daf/butler/direct_butler/_direct_butler.py`; `FileDatastore.ingest_zip`).

mod index;
mod stager;

pub(crate) use index::{INDEX_NAME, LARGEST_INDEX, file_name, zip_name};

use std::sync::atomic::Ordering;

use futures_util::TryStreamExt;
use pantry_datastore::ResourcePath;
use pantry_datastore::transfer::TransferMode;
use pantry_datastore::zip::{ZipArchive, ZipFiles};
use pantry_registry::Registry;
use pantry_registry::listing::files_of_datasets;

use self::stager::Members;
use crate::Error;
use crate::files::{FileOptions, ZipOfFiles};
use crate::import::{ImportOptions, ImportReport, Step, Watch, import_staged};
use crate::stage::Stage;

/// Which zip, and what of it.
pub struct ZipOptions {
    /// The archive.
    pub zip: ResourcePath,
    /// Whether the dimension records of its index are brought too.
    pub transfer_dimensions: bool,
    /// Whether a zip is passed over of which the datastore has all datasets.
    pub skip_existing: bool,
}

/// Ingest a zip; `None` if it is passed over.
///
/// # Errors
/// Whatever the error, the registry is as it was, and a zip that this run placed is gone again.
pub fn ingest_zip(
    registry: &mut Registry,
    options: &ImportOptions,
    zip: &ZipOptions,
    mut files: FileOptions,
    watch: &dyn Watch,
) -> Result<Option<ImportReport>, Error> {
    watch.begin(Step::Read, 0);
    let zips = ZipFiles::new(files.stores.clone());
    let archive = files.stores.wait(zips.archive(&zip.zip))?;
    let archive = archive.ok_or_else(|| Error::Files(format!("there is no file {}", zip.zip)))?;
    let fault = |message: String| Error::Input {
        file: options.file.clone(),
        line: 0,
        message,
    };
    let index = index::read(&files.stores, &archive, &fault)?;
    let universe = registry.universe().clone();
    index.check(&archive, &universe, watch).map_err(fault)?;
    if files.sanity {
        check_bytes(&files, &archive, watch)?;
    }
    files.mode = resolved(&files, &zip.zip);
    let placed = ZipOfFiles::new(
        &files,
        &zip.zip,
        archive.object().size,
        &index.path_in_store(),
    )?;
    let members = stager::members(&index, &files.root, placed.target.location()).map_err(fault)?;
    if is_passed_over(registry, options, zip, &members)? {
        return Ok(None);
    }
    let mut stage = Stage::create()?;
    let staged = stager::stage(
        &universe,
        &index,
        &members,
        zip.transfer_dimensions,
        &mut stage,
    );
    let export = staged?.map_err(fault)?;
    if watch.cancelled().load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    files.zip = Some(placed);
    let missing = &mut std::io::sink();
    import_staged(
        registry,
        stage,
        &export,
        options,
        Some(files),
        missing,
        watch,
    )
    .map(Some)
}

/// What `auto` is for a zip: a link, or a copy where none can be (`ResourcePath.transferDefault`).
fn resolved(files: &FileOptions, zip: &ResourcePath) -> TransferMode {
    let is_local = files.root.path().is_some() && zip.local_path().is_some();
    match (files.mode, is_local) {
        (TransferMode::Auto, true) => TransferMode::Link,
        (TransferMode::Auto, false) => TransferMode::Copy,
        (mode, _) => mode,
    }
}

/// Read every member, for its CRC.
fn check_bytes(files: &FileOptions, archive: &ZipArchive, watch: &dyn Watch) -> Result<(), Error> {
    for member in archive.members() {
        if watch.cancelled().load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        files.stores.wait(async {
            let bytes = archive.bytes_of(member).await?;
            bytes.stream().try_for_each(|_| async { Ok(()) }).await
        })?;
    }
    Ok(())
}

/// Whether the datastore has everything already and that is wanted so. What it has of a zip must be all of it, and from this
/// zip: the reference cannot ingest zips whose contents overlap either.
fn is_passed_over(
    registry: &mut Registry,
    options: &ImportOptions,
    zip: &ZipOptions,
    members: &Members,
) -> Result<bool, Error> {
    let Some(datastore) = &options.datastore else {
        return Ok(false);
    };
    let tables = registry.connection().table_names()?;
    if !tables.contains(&datastore.records_table) {
        return Ok(false);
    }
    let ids: Vec<_> = members.by_dataset.keys().copied().collect();
    let (mut known, mut other) = (0, None);
    for ids in ids.chunks(500) {
        let files = files_of_datasets(registry, &datastore.records_table, ids)?;
        for id in ids {
            let mut found: Vec<_> = files.iter().filter(|file| file.dataset_id == *id).collect();
            if found.is_empty() {
                continue;
            }
            known += 1;
            found.sort_by(|a, b| a.component.cmp(&b.component));
            let found = found
                .iter()
                .map(|file| (file.component.as_deref(), file.path.as_str()));
            if !found.eq(members.files_of(id)) {
                other.get_or_insert(*id);
            }
        }
    }
    match (known == ids.len(), other) {
        (true, _) if zip.skip_existing => Ok(true),
        (_, None) => Ok(false),
        (true, Some(id)) => Err(Error::Conflict(format!(
            "the datastore has all datasets of {} already from elsewhere, such as {id}; --skip-existing passes over such zips",
            zip.zip
        ))),
        (false, Some(id)) => Err(Error::Conflict(format!(
            "the datastore has {known} of the {} datasets of {} already from elsewhere, such as {id}; zips whose contents overlap \
             cannot be ingested",
            ids.len(),
            zip.zip
        ))),
    }
}
