//! The files of datasets in one zip, with the index that makes it one that can be ingested (`retrieve_and_zip`,
//! `lsst/daf/butler/datastores/file_datastore/retrieve_artifacts.py`).

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use pantry_datastore::DatastoreError;
use pantry_datastore::store::{Source, Stores};
use pantry_datastore::zip::{ZipFiles, ZipWriter};
use pantry_registry::Registry;
use tempfile::{NamedTempFile, TempDir};

use super::artifacts::{Artifact, Naming, RetrieveOptions, each_file, find};
use super::index;
use super::output::Output;
use super::selection::Selection;
use crate::ingest::{INDEX_NAME, file_name};
use crate::{Error, Step, Watch};

/// Write the files of all datasets of a selection into a zip in the destination; returns its path.
///
/// # Errors
/// Whatever the error, there is no new zip.
pub fn retrieve_zip(
    registry: &mut Registry,
    selection: &Selection,
    options: &RetrieveOptions,
    watch: &dyn Watch,
) -> Result<PathBuf, Error> {
    registry.read(|registry| {
        let total = find(registry, selection, options, &Naming::Zip)?;
        let path = options.destination.join(name(selection)?);
        if !options.clobber && path.exists() {
            let message = format!("{} exists already; --clobber replaces it", path.display());
            return Err(Error::Files(message));
        }
        watch.begin(Step::Files, total);
        let destination = &options.destination;
        std::fs::create_dir_all(destination).map_err(|e| Error::io("creating", destination, e))?;
        let folder = TempDir::new()
            .map_err(|e| Error::io("creating a folder in", &std::env::temp_dir(), e))?;
        let index = folder.path().join(INDEX_NAME);
        index::write(registry, selection, Output::begin(&index)?)?.publish()?;
        let failed = |e| Error::io("writing", &path, e);
        let file = tempfile::Builder::new()
            .prefix(".pantry-zip.")
            .suffix(".tmp")
            .tempfile_in(&options.destination)
            .map_err(failed)?;
        let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 18, file));
        add_file(&mut zip, INDEX_NAME, true, &index)?;
        let zips = ZipFiles::new(options.stores.clone());
        let mut done = 0;
        each_file(selection, &mut |files| {
            for file in files {
                if watch.cancelled().load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
                add(&mut zip, file, &zips)?;
                done += 1;
                watch.reached(done);
            }
            Ok(())
        })?;
        let file = zip.finish().map_err(failed)?.into_inner();
        let file = file.map_err(|e| failed(e.into_error()))?;
        let everybody = Permissions::from_mode(0o644);
        file.as_file().set_permissions(everybody).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|e| failed(e.error))?;
        Ok(path)
    })
}

/// The name that the members give the zip.
fn name(selection: &Selection) -> Result<String, Error> {
    let connection = selection.connection();
    let mut select = connection.prepare("SELECT path FROM artifact ORDER BY path")?;
    let names = select.query_map([], |row| row.get::<_, String>(0))?;
    let names = names.collect::<Result<Vec<String>, _>>()?;
    Ok(file_name(names.iter().map(String::as_str)))
}

type Writer = ZipWriter<BufWriter<NamedTempFile>>;

fn add(zip: &mut Writer, file: &Artifact, zips: &ZipFiles) -> Result<(), Error> {
    if let Some(path) = file.source.local_file() {
        return add_file(zip, &file.path, false, &path);
    }
    let stores = zips.stores();
    let source = stores.wait(Source::find(zips, &file.source))?;
    let mut bytes = Streamed {
        stores,
        stream: source.stream(),
        piece: Bytes::new(),
        failed: None,
    };
    let added = zip.add(&file.path, source.size(), false, &mut bytes);
    if let Some(error) = bytes.failed {
        return Err(error.into());
    }
    added.map_err(|e| Error::io("reading", Path::new(&file.source.to_string()), e))
}

fn add_file(zip: &mut Writer, name: &str, is_deflated: bool, path: &Path) -> Result<(), Error> {
    let failed = |e| Error::io("reading", path, e);
    let mut from = File::open(path).map_err(failed)?;
    let size = from.metadata().map_err(failed)?.len();
    zip.add(name, size, is_deflated, &mut from).map_err(failed)
}

/// Bytes of a store, for who reads and waits.
struct Streamed<'a> {
    stores: &'a Stores,
    stream: BoxStream<'a, Result<Bytes, DatastoreError>>,
    piece: Bytes,
    /// Why there are no more.
    failed: Option<DatastoreError>,
}

impl Read for Streamed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            let stream = &mut self.stream;
            match self.stores.wait(async { stream.next().await.transpose() }) {
                Ok(None) => return Ok(0),
                Ok(Some(piece)) => self.piece = piece,
                Err(error) => {
                    let message = io::Error::other(error.to_string());
                    self.failed = Some(error);
                    return Err(message);
                }
            }
        }
        let count = self.piece.len().min(into.len());
        into[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}
