//! The second half of placing a copy: from its temporary to its final name, never replacing anything.

use std::fs;
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::existing::{occupied, recognise};
use super::placer::PlaceOptions;
use super::request::{PlaceRequest, Placed};
use crate::error::{DatastoreError, Result};

/// Give the whole file at `temporary` its final name. If somebody else has put a file there meanwhile, that one
/// counts if it is the wanted one.
pub(super) fn publish(
    temporary: &Path,
    request: &PlaceRequest,
    placed: Placed,
    options: &PlaceOptions,
) -> Result<Placed> {
    let destination = &request.destination;
    let result = match renameat_with(CWD, temporary, CWD, destination, RenameFlags::NOREPLACE) {
        // The file system has no such rename; a hard link does not replace either.
        Err(Errno::INVAL | Errno::NOSYS) => link_over(temporary, destination),
        other => other.map_err(io::Error::from),
    };
    let Err(error) = result else {
        return Ok(placed);
    };
    remove_temporary(temporary);
    if error.kind() != io::ErrorKind::AlreadyExists {
        return Err(DatastoreError::io("renaming to", destination, error));
    }
    let there = recognise(request, options.mode, options.checksum)?;
    there.ok_or_else(|| occupied(destination, "it comes and goes".to_owned()))
}

fn link_over(temporary: &Path, destination: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, destination) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // No hard links either: nothing better than looking first is left.
        Err(_) if !destination.exists() => fs::rename(temporary, destination),
        Err(error) => Err(error),
        Ok(()) => fs::remove_file(temporary),
    }
}

/// Remove a temporary file; if that fails the next run does it.
pub(super) fn remove_temporary(path: &Path) {
    let _ = fs::remove_file(path);
}
