//! Puts files into a folder of this machine from wherever they are: files of this machine as the mode says, others and members of
//! zips as copies.

use std::path::{Path, PathBuf};

use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{
    FolderLock, PlaceOptions, PlaceRequest, Placed, Placer, RemotePlacer, TransferMode,
};
use pantry_datastore::{DatastoreError, ResourcePath};

use crate::Error;

/// A file, and where it is to be.
pub(super) struct Wanted {
    pub(super) source: ResourcePath,
    pub(super) destination: PathBuf,
}

/// A run that places files; dropped without [`Placing::keep`] it takes them back.
pub(super) struct Placing {
    local: Placer,
    remote: RemotePlacer,
    stores: Stores,
    mode: TransferMode,
}

impl Placing {
    pub(super) fn new(
        directory: &Path,
        lock: FolderLock,
        options: PlaceOptions,
        stores: Stores,
    ) -> Result<Self, Error> {
        Ok(Self {
            remote: RemotePlacer::new(stores.clone(), options.checksum, options.progress.clone())?,
            mode: options.mode,
            local: Placer::new(directory, lock, options)?,
            stores,
        })
    }

    /// Place files; the answers are in their order. A file of this machine that is not there may have a copy elsewhere.
    pub(super) fn place(&self, wanted: &[Wanted]) -> Vec<Result<Placed, Error>> {
        let here: Vec<_> = wanted.iter().map(|file| file.source.local_file()).collect();
        let requests: Vec<PlaceRequest> = wanted
            .iter()
            .zip(&here)
            .filter_map(|(file, here)| {
                let destination = file.destination.clone();
                Some(PlaceRequest::new(here.clone()?, destination))
            })
            .collect();
        let mut local = self.local.place(&requests).into_iter();
        let mut outcomes: Vec<Result<Placed, Error>> = Vec::with_capacity(wanted.len());
        let mut elsewhere = Vec::new();
        for (number, (file, here)) in wanted.iter().zip(&here).enumerate() {
            let outcome = match here {
                Some(_) => local.next().unwrap_or_else(|| Err(missing(&file.source))),
                None => Err(missing(&file.source)),
            };
            let is_missing = matches!(outcome, Err(DatastoreError::Missing { .. }));
            if here.is_none() || (is_missing && !self.stores.copies_of(&file.source).is_empty()) {
                elsewhere.push(number);
            }
            outcomes.push(outcome.map_err(Error::from));
        }
        for (number, placed) in elsewhere.iter().zip(self.bring(wanted, &elsewhere)) {
            outcomes[*number] = placed;
        }
        outcomes
    }

    /// Copies of what is not on this machine.
    fn bring(&self, wanted: &[Wanted], numbers: &[usize]) -> Vec<Result<Placed, Error>> {
        let cannot = |file: &Wanted| {
            Error::Files(format!(
                "{} is not on this machine and cannot be linked; take --transfer copy",
                file.source
            ))
        };
        let is_member = |n: &usize| wanted[*n].source.zip_member().is_some();
        if self.mode.makes_links() && !numbers.iter().all(is_member) {
            return numbers.iter().map(|n| Err(cannot(&wanted[*n]))).collect();
        }
        let targets = numbers.iter().map(|n| {
            let file = &wanted[*n];
            ResourcePath::from_absolute(&file.destination).map(|target| (&file.source, target))
        });
        let targets: Result<Vec<_>, DatastoreError> = targets.collect();
        match targets {
            Ok(targets) => {
                let requests: Vec<_> = targets.iter().map(|(s, t)| (*s, t)).collect();
                let placed = self.remote.place(&requests);
                placed.into_iter().map(|p| p.map_err(Error::from)).collect()
            }
            Err(error) => vec![Err(error.into())],
        }
    }

    /// What was placed is on disk.
    pub(super) fn sync(&self) -> Result<(), Error> {
        Ok(self.local.sync()?)
    }

    /// All files stay. The lock on the folder is held until the result is dropped.
    pub(super) fn keep(self) -> Option<FolderLock> {
        self.remote.keep();
        self.local.keep()
    }
}

fn missing(file: &ResourcePath) -> DatastoreError {
    DatastoreError::Missing {
        path: file.to_string().into(),
    }
}
