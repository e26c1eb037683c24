//! Placing files where the source or the destination is not on this machine.
//!
//! An object is seen whole or not at all and never replaces another, so there are no temporary names and no lock: of two who
//! put the same file one finds it there.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, stream};

use super::progress::TransferProgress;
use super::request::Placed;
use crate::checksum::Checksum;
use crate::error::{DatastoreError, Result};
use crate::resource_path::ResourcePath;
use crate::store::{Copied, Copying, Source, Stored, Stores};
use crate::zip::ZipFiles;

/// Files that are on their way at the same time. Each has some parts of 8 MiB in memory.
const AT_ONCE: usize = 8;

/// A run that places files. Dropped without [`RemotePlacer::keep`], it takes back what it can.
#[derive(Debug)]
pub struct RemotePlacer {
    stores: Stores,
    zips: ZipFiles,
    checksum: bool,
    progress: Arc<TransferProgress>,
    /// The URIs of what this run has put, a line each, in an unnamed file; `None` when all is settled.
    created: Mutex<Option<BufWriter<File>>>,
}

impl RemotePlacer {
    /// Begin; with `checksum` BLAKE3 of every file is computed.
    ///
    /// # Errors
    /// When there is no temporary file to be had.
    pub fn new(stores: Stores, checksum: bool, progress: Arc<TransferProgress>) -> Result<Self> {
        let created = tempfile::tempfile().map_err(|e| in_list("opening", e))?;
        Ok(Self {
            zips: ZipFiles::new(stores.clone()),
            stores,
            checksum,
            progress,
            created: Mutex::new(Some(BufWriter::new(created))),
        })
    }

    /// Copy each source, which may be a member of a zip, to its destination. The answers are in the order of the requests; one that fails does not hinder the
    /// others. A source that is gone while its destination is there, as after a `move`, is taken as placed.
    pub fn place(&self, requests: &[(&ResourcePath, &ResourcePath)]) -> Vec<Result<Placed>> {
        let work = stream::iter(requests)
            .map(|(source, target)| self.place_one(source, target))
            .buffered(AT_ONCE);
        self.wait(work.collect())
    }

    /// Read files for their checksums; answers in the same order, with the sizes.
    pub fn checksums(&self, files: &[(&ResourcePath, u64)]) -> Vec<Result<(Checksum, u64)>> {
        let one = async |uri: &ResourcePath, size: u64| {
            let checksum = self.stores.find(uri)?.blake3(size).await?;
            self.progress.add_bytes(size);
            Ok((checksum, size))
        };
        let work = stream::iter(files)
            .map(|(uri, size)| one(uri, *size))
            .buffered(AT_ONCE);
        self.wait(work.collect())
    }

    fn wait<T>(&self, work: impl Future<Output = Vec<Result<T>>>) -> Vec<Result<T>> {
        let done = self.stores.wait(async { Ok(work.await) });
        done.unwrap_or_else(|error| vec![Err(error)])
    }

    async fn place_one(&self, source: &ResourcePath, target: &ResourcePath) -> Result<Placed> {
        if self.progress.is_stopped() {
            return Err(DatastoreError::Stopped {
                path: source.to_string().into(),
            });
        }
        let target_file = self.stores.find(target)?;
        let copied = match self.copy(source, &target_file).await {
            Err(DatastoreError::Missing { path }) if source.zip_member().is_none() => {
                return self
                    .moved(&target_file)
                    .await?
                    .ok_or(DatastoreError::Missing { path });
            }
            copied => copied?,
        };
        if copied.is_new {
            self.note(target)?;
            self.progress.add_bytes(copied.size);
        }
        self.progress.add_file();
        Ok(Placed {
            size: copied.size,
            checksum: copied.checksum,
            is_new: copied.is_new,
        })
    }

    async fn copy(&self, source: &ResourcePath, target: &Stored) -> Result<Copied> {
        let copying = Copying {
            source: Source::find(&self.zips, source).await?,
            target: target.clone(),
            checksum: self.checksum,
        };
        copying.run().await
    }

    async fn moved(&self, target: &Stored) -> Result<Option<Placed>> {
        let Some(there) = target.store.stat(&target.key).await? else {
            return Ok(None);
        };
        let checksum = match self.checksum {
            true => Some(target.blake3(there.size).await?),
            false => None,
        };
        Ok(Some(Placed {
            size: there.size,
            checksum,
            is_new: false,
        }))
    }

    fn note(&self, target: &ResourcePath) -> Result<()> {
        match &mut *self.created() {
            Some(list) => writeln!(list, "{target}").map_err(|e| in_list("writing", e)),
            None => Ok(()),
        }
    }

    /// The records are committed, or may be: everything stays.
    pub fn keep(self) {
        *self.created() = None;
    }

    /// Remove what this run has put. Returns how many files.
    ///
    /// # Errors
    /// The first failure; the others are tried all the same.
    pub fn undo(&self) -> Result<u64> {
        let Some(list) = self.created().take() else {
            return Ok(0);
        };
        let mut list = list
            .into_inner()
            .map_err(|e| in_list("writing", e.into_error()))?;
        list.rewind().map_err(|e| in_list("reading", e))?;
        let (mut removed, mut first) = (0, None);
        for line in BufReader::new(list).lines() {
            let line = line.map_err(|e| in_list("reading", e))?;
            match self.remove(&ResourcePath::parse(&line)?) {
                Ok(()) => removed += 1,
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(removed), Err)
    }

    /// Remove one file, be it there or not.
    ///
    /// # Errors
    /// Those of the store.
    pub fn remove(&self, uri: &ResourcePath) -> Result<()> {
        let file = self.stores.find(uri)?;
        self.stores.wait(file.store.delete(&file.key))
    }

    fn created(&self) -> MutexGuard<'_, Option<BufWriter<File>>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RemotePlacer {
    fn drop(&mut self) {
        // What cannot be removed now is recognised by the next run.
        let _ = self.undo();
    }
}

fn in_list(doing: &'static str, error: std::io::Error) -> DatastoreError {
    let list = std::env::temp_dir().join("(list of placed objects)");
    DatastoreError::io(doing, &list, error)
}
