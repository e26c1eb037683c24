//! Whether a destination that exists is what would be put there, as after an interrupted run.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::mode::TransferMode;
use super::request::{PlaceRequest, Placed};
use crate::checksum::Checksum;
use crate::error::{DatastoreError, Result};

/// Look at the destination: `None` when nothing is there, the file when it is the wanted one, else an error.
///
/// Sizes must agree. Contents are compared when a checksum is wanted or known, and for `move` always, because
/// the source will go.
pub(super) fn recognise(
    request: &PlaceRequest,
    mode: TransferMode,
    with_checksum: bool,
) -> Result<Option<Placed>> {
    let destination = &request.destination;
    let there = match fs::symlink_metadata(destination) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|e| DatastoreError::io("looking at", destination, e))?,
    };
    let source = match fs::metadata(&request.source) {
        Ok(source) => Some(source),
        Err(error) if error.kind() == io::ErrorKind::NotFound && request.size.is_some() => None,
        Err(error) => return Err(DatastoreError::io("looking at", &request.source, error)),
    };
    if there.is_symlink() && mode.copies_bytes() {
        return Err(occupied(destination, "it is a symbolic link".to_owned()));
    }
    let file = fs::metadata(destination)
        .map_err(|_| occupied(destination, "it is a link to nothing".to_owned()))?;
    if !file.is_file() {
        return Err(occupied(destination, "it is not a regular file".to_owned()));
    }
    let is_same_file = source
        .as_ref()
        .is_some_and(|source| same_file(source, &file));
    if there.is_symlink() && source.is_some() && !is_same_file {
        return Err(occupied(
            destination,
            "it is a link to another file".to_owned(),
        ));
    }
    let wanted = source.as_ref().map(Metadata::len).or(request.size);
    if wanted.is_some_and(|wanted| wanted != file.len()) {
        return Err(occupied(
            destination,
            format!("{} bytes instead of {}", file.len(), wanted.unwrap_or(0)),
        ));
    }
    let compare = with_checksum || request.checksum.is_some() || mode == TransferMode::Move;
    let checksum = if with_checksum || (compare && !is_same_file) {
        Some(compare_content(request, source.is_some() && !is_same_file)?)
    } else {
        None
    };
    Ok(Some(Placed {
        size: file.len(),
        checksum: checksum.filter(|_| with_checksum),
        is_new: false,
    }))
}

/// BLAKE3 of the destination, after it was found to agree with the record and with the source.
fn compare_content(request: &PlaceRequest, with_source: bool) -> Result<Checksum> {
    let destination = &request.destination;
    let differs = || Err(occupied(destination, "same size, other bytes".to_owned()));
    let (there, _) = Checksum::blake3_of(destination)?;
    if let Some(known) = &request.checksum {
        let (same_kind, _) = known.same_kind_of(destination)?;
        return if same_kind == *known {
            Ok(there)
        } else {
            differs()
        };
    }
    if with_source && Checksum::blake3_of(&request.source)?.0 != there {
        return differs();
    }
    Ok(there)
}

pub(super) fn same_file(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

pub(super) fn occupied(path: &Path, difference: String) -> DatastoreError {
    DatastoreError::Occupied {
        path: path.to_path_buf(),
        difference,
    }
}
