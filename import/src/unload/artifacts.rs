//! Puts the files of datasets into a folder, with an index that says which file belongs to which datasets
//! (`FileDatastore.retrieveArtifacts`, `lsst/daf/butler/datastores/fileDatastore.py`).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{FolderLock, PlaceOptions, TransferMode, TransferProgress};
use pantry_datastore::zip::{ZipFiles, safe_name};
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
use super::zipped::Zipped;
use crate::files::watched;
use crate::ingest::INDEX_NAME;
use crate::{Error, RepoDatastore, Step, Watch};

/// Files that are placed together.
const PLACE: i64 = 8192;

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
        let total = find(registry, selection, options, &Naming::Folder(&root))?;
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
        let output = Output::begin(&options.destination.join(INDEX_NAME))?;
        index::write(registry, selection, output)?.publish()?;
        drop(placer.keep());
        each_file(selection, &mut |files| {
            files.iter().try_for_each(|file| visit(&file.destination))
        })?;
        Ok(total)
    })
}

/// A file to place.
pub(super) struct Artifact {
    pub(super) source: ResourcePath,
    destination: PathBuf,
    /// Its key in the index.
    pub(super) path: String,
    place: i64,
}

/// What files are called where they go.
pub(super) enum Naming<'a> {
    /// Paths below a folder.
    Folder(&'a DatastoreRoot),
    /// Members of a zip: the last part of the path after the first digits of the dataset's id.
    Zip,
}

/// Find the files: table `artifact` of the stage, and `artifact_dataset` with the datasets of each. Says how many.
pub(super) fn find(
    registry: &mut Registry,
    selection: &Selection,
    options: &RetrieveOptions,
    naming: &Naming<'_>,
) -> Result<u64, Error> {
    selection.connection().execute_batch(
        "CREATE TABLE artifact (place INTEGER PRIMARY KEY, source UNIQUE, destination UNIQUE, path, info); \
         CREATE TABLE artifact_dataset (place, id, PRIMARY KEY (place, id)) WITHOUT ROWID",
    )?;
    let zips = Zipped::new(ZipFiles::new(options.stores.clone()));
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
                count += u64::from(note(selection, options, naming, &zips, file)?);
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
    naming: &Naming<'_>,
    zips: &Zipped,
    file: &FileOfDataset,
) -> Result<bool, Error> {
    let location = options.datastore.root.locate(&file.path)?;
    let uri = location.uri();
    let source = match uri.zip_member() {
        Some(_) => uri.to_string(),
        None => uri.without_fragment().to_string(),
    };
    let connection = selection.connection();
    let mut known = connection.prepare_cached("SELECT place FROM artifact WHERE source = ?")?;
    let known: Option<i64> = known.query_row([&source], |row| row.get(0)).optional()?;
    let place = match known {
        Some(place) => place,
        None => {
            let path = naming.path(options, zips, &location, file.dataset_id)?;
            let destination = match naming {
                Naming::Folder(root) => text(&local(&root.locate(&path)?)?)?.to_owned(),
                Naming::Zip => path.clone(),
            };
            let described = uri.zip_member().map(|member| (zips.describe(uri), member));
            let info = match described {
                Some((described, member)) => described?.info(&member).cloned(),
                None => None,
            };
            let info = info.unwrap_or_else(|| index::info(file)).to_string();
            insert(selection, &source, &destination, &path, &info)?
        }
    };
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO artifact_dataset VALUES (?, ?)")?;
    insert.execute(params![place, file.dataset_id.to_string()])?;
    Ok(known.is_none())
}

fn insert(
    selection: &Selection,
    source: &str,
    destination: &str,
    path: &str,
    info: &str,
) -> Result<i64, Error> {
    let connection = selection.connection();
    let mut other =
        connection.prepare_cached("SELECT source FROM artifact WHERE destination = ?")?;
    let other: Option<String> = other
        .query_row([destination], |row| row.get(0))
        .optional()?;
    if let Some(other) = other {
        return Err(Error::Files(format!(
            "{other} and {source} would both become {destination}; keep their paths (--preserve-path)"
        )));
    }
    let mut insert = connection.prepare_cached(
        "INSERT INTO artifact (source, destination, path, info) VALUES (?, ?, ?, ?)",
    )?;
    Ok(insert.insert(params![source, destination, path, info])?)
}

impl Naming<'_> {
    /// The key of a file in the index, which is its path where it goes. Members keep their names: those of a zip of datasets
    /// have the digits of an id already (`unpack_zips`, `retrieve_artifacts.py`).
    fn path(
        &self,
        options: &RetrieveOptions,
        zips: &Zipped,
        location: &Location,
        id: Uuid,
    ) -> Result<String, Error> {
        let preserve = options.preserve_path && matches!(self, Self::Folder(_));
        let Some(member) = location.uri().zip_member() else {
            let path = path_in(location, preserve);
            return Ok(match self {
                Self::Folder(_) => path,
                Self::Zip => format!("{}-{path}", &id.to_string()[..8]),
            });
        };
        if !safe_name(&member) {
            let message =
                format!("'{member}' of a zip leaves the folder that it would be unpacked in");
            return Err(Error::Files(message));
        }
        if !preserve {
            return Ok(member);
        }
        let described = zips.describe(location.uri())?;
        let folder = match &described.folder {
            Some(folder) => folder.clone(),
            None => {
                let path = path_in(location, true);
                let path = path.split_once('#').map_or(path.as_str(), |(path, _)| path);
                path.rsplit_once('/')
                    .map_or("", |(folder, _)| folder)
                    .to_owned()
            }
        };
        Ok(format!("{folder}/{member}")
            .trim_start_matches('/')
            .to_owned())
    }
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
pub(super) fn each_file(
    selection: &Selection,
    visit: &mut dyn FnMut(&[Artifact]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut select = selection.connection().prepare(&format!(
        "SELECT source, destination, path, place FROM artifact WHERE place > ? ORDER BY place LIMIT {PLACE}"
    ))?;
    let mut last = 0;
    loop {
        let mut rows = select.query([last])?;
        let mut files = Vec::new();
        while let Some(row) = rows.next()? {
            files.push(Artifact {
                source: ResourcePath::parse(&row.get::<_, String>(0)?)?,
                destination: PathBuf::from(row.get::<_, String>(1)?),
                path: row.get(2)?,
                place: row.get(3)?,
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
        let source = file.source.local_file();
        if source
            .as_deref()
            .is_some_and(|source| is_same_name(source, &file.destination))
        {
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
fn is_same_name(source: &Path, destination: &Path) -> bool {
    let name = |path: &Path| {
        Some((
            path.parent()?.canonicalize().ok()?,
            path.file_name()?.to_owned(),
        ))
    };
    let source = name(source);
    source.is_some() && source == name(destination)
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
