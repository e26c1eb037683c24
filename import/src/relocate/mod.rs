//! Brings files from one place to another and has the records follow: copy, compare, switch the records, remove the source.
//!
//! At no moment is there a record without its bytes: a source goes after the transaction that no longer names it. A run that was
//! killed is run again: copies that are there are recognised, and sources that were left are found and removed.

mod leftover;
mod records;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{Placed, RemotePlacer, TransferProgress};
use pantry_datastore::{Checksum, DatastoreError, DatastoreRoot, ResourcePath};
use pantry_registry::Registry;
use pantry_registry::listing::{FileOfDataset, files_of_datasets};
use serde::Serialize;
use uuid::Uuid;

use self::records::Switched;
use crate::Error;

/// Datasets whose files are moved together: one transaction, and one look through the records.
pub const TOGETHER: usize = 2000;

/// From where to where.
pub struct Relocation {
    /// The datastore's root, from which recorded paths are seen.
    pub root: DatastoreRoot,
    /// The table of records.
    pub table: String,
    /// Files below this folder are moved; others stay.
    pub from: ResourcePath,
    /// They keep their paths below this one.
    pub to: ResourcePath,
    /// How both are reached.
    pub stores: Stores,
    /// Whether sources stay where they are.
    pub keep_sources: bool,
    /// Whether nothing is changed.
    pub dry_run: bool,
    /// Counters and stop switch.
    pub progress: Arc<TransferProgress>,
}

/// What became of the files.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelocationReport {
    /// Files that were brought to the new place, or that would be.
    pub moved: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Files that were there already.
    pub in_place: u64,
    /// Files that are neither below the old nor the new place.
    pub elsewhere: u64,
    /// Sources that were removed.
    pub removed: u64,
}

/// Files that are whole at their new place, by the path that their records still have.
type Copied<'a> = Vec<(&'a str, Placed)>;

/// A file on its way; a zip as a whole, with the records of all its members.
struct Move {
    source: ResourcePath,
    target: ResourcePath,
    /// What its record says.
    checksum: Option<Checksum>,
    size: Option<u64>,
    is_zip: bool,
}

impl Relocation {
    /// To be called before anything is moved; both places are folders.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if one is in the other, or if both are one place with two names: then removing a source would
    /// remove the file.
    pub fn check(&self) -> Result<(), Error> {
        let (from, to) = (&self.from, &self.to);
        if from == to
            || from.below(to).is_some()
            || to.below(from).is_some()
            || self.is_one_place()?
        {
            let message =
                format!("{from} and {to} are in each other; files cannot be moved between them");
            return Err(Error::Unsupported(message));
        }
        Ok(())
    }

    /// Whether what is written to the new place is seen at the old one: by a symbolic link, a second mount, another profile of
    /// the same bucket. Nothing is written in a dry run.
    fn is_one_place(&self) -> Result<bool, Error> {
        if self.dry_run {
            return Ok(false);
        }
        // Named as a leftover of a killed run, which it would be.
        let name = format!(".pantry-probe.{}.tmp", Uuid::now_v7());
        let written = self.stores.find(&self.to.child(&name))?;
        let seen = self.stores.find(&self.from.child(&name))?;
        let probe = async {
            let bytes = stream::iter([Ok(Bytes::from_static(b"probe"))]);
            let put = written.store.write(&written.key, bytes.boxed(), 5);
            put.await?;
            let seen = seen.store.stat(&seen.key).await;
            written.store.delete(&written.key).await?;
            Ok(seen?.is_some())
        };
        Ok(self.stores.wait(probe)?)
    }

    /// Move the files of some datasets, at most [`TOGETHER`]. Other datasets that share a file keep it, at its new place.
    ///
    /// # Errors
    /// The first file that cannot be moved; those that can be are moved all the same.
    pub fn datasets(
        &self,
        registry: &mut Registry,
        ids: &[Uuid],
        report: &mut RelocationReport,
    ) -> Result<(), Error> {
        let records = files_of_datasets(registry, &self.table, ids)?;
        let (moves, there) = self.sort(&records, report)?;
        if self.dry_run {
            report.moved += moves.len() as u64;
            report.bytes += moves.values().filter_map(|file| file.size).sum::<u64>();
            return Ok(());
        }
        if !self.keep_sources {
            report.removed += leftover::remove(self, registry, &there)?;
        }
        let (copied, failed) = self.copy(&moves)?;
        let switched: Vec<Switched<'_>> = copied
            .iter()
            .map(|(old, _)| {
                Ok(Switched {
                    old,
                    new: self.record(&moves[*old].target)?,
                    is_zip: moves[*old].is_zip,
                })
            })
            .collect::<Result<_, Error>>()?;
        records::switch(registry, &self.table, &self.root, &switched)?;
        for (old, placed) in &copied {
            report.moved += 1;
            report.bytes += placed.size;
            if !self.keep_sources {
                self.remove(&moves[*old].source)?;
                report.removed += 1;
            }
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Which files are to be moved, by recorded path, and which are there already.
    fn sort(
        &self,
        records: &[FileOfDataset],
        report: &mut RelocationReport,
    ) -> Result<(BTreeMap<String, Move>, Vec<ResourcePath>), Error> {
        let (mut moves, mut there) = (BTreeMap::new(), Vec::new());
        for record in records {
            let location = self.root.locate(&record.path)?;
            let uri = location.uri();
            let is_zip = uri.zip_member().is_some();
            let inner = uri
                .below(&self.from)
                .filter(|_| is_zip || uri.fragment().is_empty());
            if uri.below(&self.to).is_some() {
                there.push(uri.without_fragment());
            } else if let Some(inner) = inner {
                let checksum = record.checksum.as_ref().and_then(|text| text.parse().ok());
                let size = u64::try_from(record.file_size).ok();
                let file = Move {
                    source: uri.without_fragment(),
                    target: self.to.child(&inner),
                    // What the record says is of the member.
                    checksum: checksum.filter(|_| !is_zip),
                    size: size.filter(|_| !is_zip),
                    is_zip,
                };
                let artifact = record.path.rsplit_once('#').filter(|_| is_zip);
                let path = artifact.map_or(record.path.as_str(), |(path, _)| path);
                moves.insert(path.to_owned(), file);
            } else {
                report.elsewhere += 1;
            }
        }
        there.sort_by_key(ToString::to_string);
        there.dedup();
        report.in_place += there.len() as u64;
        Ok((moves, there))
    }

    /// Copy, and read what was written again; the files that are whole at their new place, and the first that is not.
    fn copy<'a>(
        &self,
        moves: &'a BTreeMap<String, Move>,
    ) -> Result<(Copied<'a>, Option<DatastoreError>), Error> {
        let placer = RemotePlacer::new(self.stores.clone(), true, self.progress.clone())?;
        let wanted: Vec<_> = moves
            .values()
            .map(|file| (&file.source, &file.target))
            .collect();
        let placed = placer.place(&wanted);
        let (mut copied, mut failed) = (Vec::new(), None);
        for ((old, file), placed) in moves.iter().zip(placed) {
            match placed.and_then(|placed| self.compare(file, placed)) {
                Ok(placed) => copied.push((old.as_str(), placed)),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        // What is not recorded is recognised by the next run.
        placer.keep();
        Ok((copied, failed))
    }

    /// Whether the file at its new place is what the record says and what was read.
    fn compare(&self, file: &Move, placed: Placed) -> Result<Placed, DatastoreError> {
        let differs = |difference: String| {
            Err(DatastoreError::Occupied {
                path: file.target.to_string().into(),
                difference,
            })
        };
        if let Some(size) = file.size
            && size != placed.size
        {
            return differs(format!("{} bytes, its record says {size}", placed.size));
        }
        let Some(wanted) = file.checksum.or(placed.checksum) else {
            return Ok(placed);
        };
        let target = self.stores.find(&file.target)?;
        let found = self.stores.wait(target.same_kind(&wanted, placed.size))?;
        if found == wanted {
            return Ok(placed);
        }
        if placed.is_new {
            self.remove(&file.target)?;
        }
        match file.checksum {
            Some(_) => {
                differs("its content is not what the checksum of its record says".to_owned())
            }
            None => differs("it is not what was written".to_owned()),
        }
    }

    fn remove(&self, uri: &ResourcePath) -> Result<(), DatastoreError> {
        let file = self.stores.find(uri)?;
        self.stores.wait(file.store.delete(&file.key))
    }

    /// What a record says of a file at `uri`: the path below the datastore's root, or the URI.
    fn record(&self, uri: &ResourcePath) -> Result<String, Error> {
        if let Some(path) = uri.below(self.root.uri())
            && self.root.locate(&path)?.uri().key() == uri.key()
        {
            return Ok(path);
        }
        Ok(uri.to_string())
    }
}
