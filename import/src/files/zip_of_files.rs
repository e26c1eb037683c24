//! A zip whose members are the files of an import: it is placed as one file.

use pantry_datastore::transfer::{Target, TransferMode};
use pantry_datastore::{DatastoreError, Found, ResourcePath};

use super::locate::LocatedFile;
use super::{FileOptions, FileSurvey};
use crate::Error;

/// Where the zip is, and where it will be.
#[derive(Debug, Clone)]
pub struct ZipOfFiles {
    source: ResourcePath,
    size: u64,
    /// Where it will be, and whether it must be put there.
    pub target: Target,
}

impl ZipOfFiles {
    /// A zip of so many bytes. `path` is its place below the root, in modes that give it one.
    ///
    /// # Errors
    /// A mode that cannot be used for it.
    pub fn new(
        options: &FileOptions,
        source: &ResourcePath,
        size: u64,
        path: &str,
    ) -> Result<Self, Error> {
        let mode = options.mode;
        let location = options.root.locate(path)?;
        let target = match mode {
            TransferMode::Direct => Target::Stay(options.root.direct(source)?),
            _ if location.uri() == source => Target::Stay(location),
            _ => Target::Place(location),
        };
        let is_away = source.local_path().is_none() || target.location().local_path().is_none();
        if is_away && mode.makes_links() {
            return Err(Error::Datastore(DatastoreError::BadMode {
                mode: mode.name(),
                path: source.to_string().into(),
                reason:
                    "links are made between files of this machine only; take copy, move or direct"
                        .to_owned(),
            }));
        }
        Ok(Self {
            source: source.clone(),
            size,
            target,
        })
    }

    /// It, as a file of the import.
    pub(super) fn located(&self) -> LocatedFile {
        LocatedFile {
            file: 0,
            path: self.source.to_string(),
            line: 0,
            source: self.source.local_path(),
            uri: self.source.clone(),
            found: Found::File {
                size: self.size,
                is_symlink: false,
            },
            target: self.target.clone(),
        }
    }

    /// What a look at it found.
    ///
    /// # Errors
    /// Those of the stores.
    pub(super) fn survey(&self, options: &FileOptions) -> Result<FileSurvey, Error> {
        let target = options.stores.find(self.target.location().uri())?;
        let there = options.stores.wait(target.store.stat(&target.key))?;
        let there = there.filter(|_| matches!(self.target, Target::Place(_)));
        let is_same = there.as_ref().map(|there| there.size == self.size);
        Ok(FileSurvey {
            transfer: options.mode.name().to_owned(),
            present: 1,
            wrong_size: u64::from(is_same == Some(false)),
            in_place: u64::from(is_same == Some(true)),
            bytes: self.size,
            ..FileSurvey::default()
        })
    }
}
