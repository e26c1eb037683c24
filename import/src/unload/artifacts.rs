//! Puts the files of datasets into a folder, with an index that says which file belongs to which datasets
//! (`FileDatastore.retrieveArtifacts`, `lsst/daf/butler/datastores/fileDatastore.py`).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{FolderLock, PlaceOptions, TransferMode, TransferProgress};
use pantry_datastore::{DatastoreError, DatastoreRoot, Location, ResourcePath};
use pantry_registry::Registry;
use pantry_registry::listing::{FileOfDataset, files_of_datasets};
use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use super::files::local;
use super::index;
use super::output::Output;
use super::placing::{Placing, Wanted};
use super::ranked::each_ranked;
use super::selection::Selection;
use crate::files::watched;
use crate::{Error, RepoDatastore, Step, Watch};

/// Files that are placed together.
const PLACE: i64 = 8192;

/// Name of the index.
const INDEX: &str = "_butler_zip_index.json";

/// Where files go, and how.
pub struct RetrieveOptions {
    /// The datastore that has the files.
    pub datastore: RepoDatastore,
    /// The folder; made if it does not exist.
    pub destination: PathBuf,
    /// A mode that places files.
    pub mode: TransferMode,
    /// Keep the paths below the datastore's root, or take the last parts only.
    pub preserve_path: bool,
    /// Replace files that are there.
    pub clobber: bool,
    /// Where files are reached that are not on this machine.
    pub stores: Stores,
    /// Threads.
    pub jobs: usize,
    /// Counters and stop switch.
    pub progress: Arc<TransferProgress>,
}

/// Place the files of all datasets of a selection and write the index; `visit` gets the paths, and their number is returned.
///
/// # Errors
/// Whatever the error, files that this run placed are gone again.
pub fn retrieve(
    registry: &mut Registry,
    selection: &Selection,
    options: &RetrieveOptions,
    watch: &dyn Watch,
    visit: &mut dyn FnMut(&Path) -> Result<(), Error>,
) -> Result<u64, Error> {
    registry.read(|registry| {
        let root = DatastoreRoot::new(&options.destination)?;
        let total = find(registry, selection, options, &root)?;
        let lock = FolderLock::acquire(&options.destination, || {
            watch.warn("another Pantry works in the destination; waiting for it");
        })?;
        watch.begin(Step::Files, total);
        let place = PlaceOptions {
            mode: options.mode,
            checksum: false,
            jobs: options.jobs,
            progress: options.progress.clone(),
        };
        let placer = Placing::new(&options.destination, lock, place, options.stores.clone())?;
        watched(watch, &options.progress, || {
            each_file(selection, &mut |files| place_all(files, options, &placer))
        })?;
        placer.sync()?;
        let output = Output::begin(&options.destination.join(INDEX))?;
        index::write(registry, selection, output)?.publish()?;
        drop(placer.keep());
        each_file(selection, &mut |files| {
            files.iter().try_for_each(|file| visit(&file.destination))
        })?;
        Ok(total)
    })
}

/// A file to place.
struct Artifact {
    source: ResourcePath,
    destination: PathBuf,
    place: i64,
}

/// Find the files: table `artifact` of the stage, and `artifact_dataset` with the datasets of each. Says how many.
fn find(
    registry: &mut Registry,
    selection: &Selection,
    options: &RetrieveOptions,
    root: &DatastoreRoot,
) -> Result<u64, Error> {
    selection.connection().execute_batch(
        "CREATE TABLE artifact (place INTEGER PRIMARY KEY, source, destination UNIQUE, path, info); \
         CREATE TABLE artifact_dataset (place, id, PRIMARY KEY (place, id)) WITHOUT ROWID",
    )?;
    let tables = registry.connection().table_names()?;
    let table = &options.datastore.target.records_table;
    let has_table = tables.contains(table);
    let (mut missing, mut count) = (0_u64, 0);
    each_ranked(selection, |datasets| {
        let ids: Vec<Uuid> = datasets.iter().map(|(_, id)| *id).collect();
        let files = match has_table {
            true => files_of_datasets(registry, table, &ids)?,
            false => Vec::new(),
        };
        for id in ids {
            let mut own = files.iter().filter(|file| file.dataset_id == id).peekable();
            missing += u64::from(own.peek().is_none());
            for file in own {
                count += u64::from(note(selection, options, root, file)?);
            }
        }
        Ok(())
    })?;
    match missing {
        0 => Ok(count),
        _ => Err(Error::Files(format!(
            "Number of datasets missing from this datastore: {missing}"
        ))),
    }
}

/// Note a file of a dataset; says whether it is one more.
fn note(
    selection: &Selection,
    options: &RetrieveOptions,
    root: &DatastoreRoot,
    file: &FileOfDataset,
) -> Result<bool, Error> {
    let location = options.datastore.root.locate(&file.path)?;
    if location.uri().fragment().contains("zip-path") {
        return Err(Error::Unsupported(format!(
            "{} is inside a zip file, which this version does not unpack",
            file.path
        )));
    }
    let path = path_in(&location, options.preserve_path);
    let destination = local(&root.locate(&path)?)?;
    let source = location.uri().without_fragment().to_string();
    let destination = text(&destination)?;
    let connection = selection.connection();
    let mut known =
        connection.prepare_cached("SELECT place, source FROM artifact WHERE destination = ?")?;
    let known: Option<(i64, String)> = known
        .query_row([destination], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let place = match &known {
        Some((place, other)) if *other == source => *place,
        Some((_, other)) => {
            return Err(Error::Files(format!(
                "{other} and {source} would both become {destination}; keep their paths (--preserve-path)"
            )));
        }
        None => {
            let info = index::info(file).to_string();
            let mut insert = connection.prepare_cached(
                "INSERT INTO artifact (source, destination, path, info) VALUES (?, ?, ?, ?)",
            )?;
            insert.insert(params![source, destination, path, info])?
        }
    };
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO artifact_dataset VALUES (?, ?)")?;
    insert.execute(params![place, file.dataset_id.to_string()])?;
    Ok(known.is_none())
}

/// The path of a file below the destination.
fn path_in(location: &Location, preserve: bool) -> String {
    let path = match location.is_in_store() {
        true => location.record(),
        false => location.uri().path(),
    };
    let path = path.trim_start_matches('/');
    match (preserve, path.rsplit_once('/')) {
        (false, Some((_, name))) => name.to_owned(),
        _ => path.to_owned(),
    }
}

fn text(path: &Path) -> Result<&str, Error> {
    path.to_str()
        .ok_or_else(|| Error::Unsupported(format!("the path {} is not UTF-8", path.display())))
}

/// Hand over the files in batches.
fn each_file(
    selection: &Selection,
    visit: &mut dyn FnMut(&[Artifact]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut select = selection.connection().prepare(&format!(
        "SELECT source, destination, place FROM artifact WHERE place > ? ORDER BY place LIMIT {PLACE}"
    ))?;
    let mut last = 0;
    loop {
        let mut rows = select.query([last])?;
        let mut files = Vec::new();
        while let Some(row) = rows.next()? {
            files.push(Artifact {
                source: ResourcePath::parse(&row.get::<_, String>(0)?)?,
                destination: PathBuf::from(row.get::<_, String>(1)?),
                place: row.get(2)?,
            });
        }
        let Some(end) = files.last() else {
            return Ok(());
        };
        last = end.place;
        visit(&files)?;
    }
}

fn place_all(files: &[Artifact], options: &RetrieveOptions, placer: &Placing) -> Result<(), Error> {
    let mut requests = Vec::with_capacity(files.len());
    for file in files {
        if is_same_name(file) {
            continue;
        }
        if options.clobber {
            make_room(&file.destination)?;
        }
        requests.push(Wanted {
            source: file.source.clone(),
            destination: file.destination.clone(),
        });
    }
    for placed in placer.place(&requests) {
        placed.map_err(|error| match error {
            Error::Datastore(DatastoreError::Occupied { path, difference }) => {
                Error::Files(format!(
                    "{} exists with other content ({difference}); --clobber overwrites such files",
                    path.display()
                ))
            }
            other => other,
        })?;
    }
    Ok(())
}

/// Whether source and destination are one name of one file: the destination is in the datastore itself.
fn is_same_name(file: &Artifact) -> bool {
    let name = |path: &Path| {
        Some((
            path.parent()?.canonicalize().ok()?,
            path.file_name()?.to_owned(),
        ))
    };
    let source = file.source.local_path().and_then(|source| name(&source));
    source.is_some() && source == name(&file.destination)
}

/// Remove a file that is in the way.
fn make_room(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error)
            if error.kind() != ErrorKind::NotFound && error.kind() != ErrorKind::NotADirectory =>
        {
            Err(Error::io("removing", path, error))
        }
        _ => Ok(()),
    }
}
