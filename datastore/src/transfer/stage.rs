//! The first half of placing one file: recognise it, link it, or copy it to a temporary name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::copy::Copying;
use super::durable::flush;
use super::existing::{occupied, recognise};
use super::leftover::temporary_name;
use super::link;
use super::mode::TransferMode;
use super::progress::TransferProgress;
use super::request::{PlaceRequest, Placed};
use crate::checksum::Checksum;
use crate::error::{DatastoreError, Result};

/// What became of a file in the first half.
#[derive(Debug)]
pub(super) enum Stage {
    /// It has its final name.
    Done(Placed),
    /// It is whole, under a temporary name.
    Temporary(PathBuf, Placed),
}

impl Stage {
    pub fn temporary(&self) -> Option<&Path> {
        match self {
            Self::Temporary(path, _) => Some(path),
            Self::Done(_) => None,
        }
    }
}

/// How the files of a batch are staged.
pub(super) struct Stager<'a> {
    pub mode: TransferMode,
    pub checksum: bool,
    /// Flush each file at once.
    pub durable: bool,
    pub progress: &'a TransferProgress,
}

impl Stager<'_> {
    pub fn stage(&self, request: &PlaceRequest, unique: u64) -> Result<Stage> {
        if let Some(placed) = recognise(request, self.mode, self.checksum)? {
            return Ok(Stage::Done(placed));
        }
        if self.mode == TransferMode::Copy {
            return self.copy(request, unique);
        }
        let source = fs::symlink_metadata(&request.source);
        let source = source.map_err(|e| DatastoreError::io("looking for", &request.source, e))?;
        if self.mode == TransferMode::Move && source.is_symlink() {
            let reason = "it is a symbolic link, whose file may be needed elsewhere; take copy";
            return Err(self.refuse(&request.source, reason));
        }
        match link::link(
            self.mode,
            &request.source,
            source.is_symlink(),
            &request.destination,
        ) {
            Ok(()) => self.linked(request, source),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Another process was faster.
                let placed = recognise(request, self.mode, self.checksum)?;
                let vanished = || occupied(&request.destination, "it comes and goes".to_owned());
                placed.map(Stage::Done).ok_or_else(vanished)
            }
            Err(error) if self.mode == TransferMode::Move && needs_copy(&error) => {
                self.copy(request, unique)
            }
            Err(error) => Err(link::refused(self.mode, &request.source, error)),
        }
    }

    fn copy(&self, request: &PlaceRequest, unique: u64) -> Result<Stage> {
        let temporary = temporary_name(&request.destination, unique);
        let copying = Copying {
            source: &request.source,
            temporary: &temporary,
            with_checksum: self.checksum,
            durable: self.durable,
            progress: self.progress,
        };
        let (size, checksum) = copying.run()?;
        Ok(Stage::Temporary(
            temporary,
            Placed {
                size,
                checksum,
                is_new: true,
            },
        ))
    }

    /// Size and checksum of a new link; it goes again if it does not lead to a file.
    fn linked(&self, request: &PlaceRequest, source: fs::Metadata) -> Result<Stage> {
        let described = self.describe(&request.destination, source);
        if described.is_err() {
            let _ = fs::remove_file(&request.destination);
        }
        described.map(Stage::Done)
    }

    fn describe(&self, path: &Path, source: fs::Metadata) -> Result<Placed> {
        let metadata = match source.is_symlink() || self.mode == TransferMode::Relsymlink {
            true => fs::metadata(path).map_err(|e| DatastoreError::io("looking at", path, e))?,
            false => source,
        };
        if !metadata.is_file() {
            return Err(self.refuse(path, "it is not a regular file"));
        }
        if self.durable && self.mode == TransferMode::Move {
            flush(path)?;
        }
        let mut checksum = None;
        if self.checksum {
            checksum = Some(Checksum::blake3_of(path)?.0);
            self.progress.add_bytes(metadata.len());
        }
        Ok(Placed {
            size: metadata.len(),
            checksum,
            is_new: true,
        })
    }

    fn refuse(&self, path: &Path, reason: &str) -> DatastoreError {
        DatastoreError::BadMode {
            mode: self.mode.name(),
            path: path.to_path_buf(),
            reason: reason.to_owned(),
        }
    }
}

/// Whether a hard link is impossible here though the file can be read.
fn needs_copy(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::CrossesDevices | K::PermissionDenied | K::Unsupported | K::TooManyLinks
    )
}
