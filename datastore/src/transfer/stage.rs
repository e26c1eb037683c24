//! The first half of placing one file: recognise it, link it, or copy it to a temporary name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::copy::copy;
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
        let metadata = fs::symlink_metadata(&request.source);
        let metadata =
            metadata.map_err(|e| DatastoreError::io("looking for", &request.source, e))?;
        if self.mode == TransferMode::Move && metadata.is_symlink() {
            return Err(self.refuse(
                request,
                "it is a symbolic link, whose file may be needed elsewhere; take copy",
            ));
        }
        match self.link(request) {
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
            Ok(()) => self.linked(request),
        }
    }

    fn copy(&self, request: &PlaceRequest, unique: u64) -> Result<Stage> {
        let temporary = temporary_name(&request.destination, unique);
        let (size, checksum) = copy(
            &request.source,
            &temporary,
            self.checksum,
            self.durable,
            self.progress,
        )?;
        Ok(Stage::Temporary(
            temporary,
            Placed {
                size,
                checksum,
                is_new: true,
            },
        ))
    }

    fn link(&self, request: &PlaceRequest) -> io::Result<()> {
        let target = fs::canonicalize(&request.source)?;
        link::link(self.mode, &target, &request.destination)
    }

    /// Size and checksum of a new link; it goes again if it does not lead to a file.
    fn linked(&self, request: &PlaceRequest) -> Result<Stage> {
        let described = self.describe(&request.destination);
        if described.is_err() {
            let _ = fs::remove_file(&request.destination);
        }
        described.map(Stage::Done)
    }

    fn describe(&self, path: &Path) -> Result<Placed> {
        let metadata = fs::metadata(path).map_err(|e| DatastoreError::io("looking at", path, e))?;
        if !metadata.is_file() {
            return Err(DatastoreError::BadMode {
                mode: self.mode.name(),
                path: path.to_path_buf(),
                reason: "it is not a regular file".to_owned(),
            });
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

    fn refuse(&self, request: &PlaceRequest, reason: &str) -> DatastoreError {
        DatastoreError::BadMode {
            mode: self.mode.name(),
            path: request.source.clone(),
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
