//! The last step of `move`: source names go after the records are committed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::existing::{occupied, same_file};
use crate::error::{DatastoreError, Result};

/// Remove `source` if `destination` holds the same file or one of the same size. False when the source is gone
/// already (an earlier run removed it) or is the destination itself under another spelling.
pub fn unlink_source(source: &Path, destination: &Path) -> Result<bool> {
    let there = match fs::symlink_metadata(source) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other.map_err(|e| DatastoreError::io("looking at", source, e))?,
    };
    let placed =
        fs::metadata(destination).map_err(|e| DatastoreError::io("looking at", destination, e))?;
    if real_name(source)? == real_name(destination)? {
        return Ok(false);
    }
    let is_whole = same_file(&there, &placed) || (there.is_file() && there.len() == placed.len());
    if !is_whole {
        return Err(occupied(
            destination,
            format!("so {} stays", source.display()),
        ));
    }
    fs::remove_file(source).map_err(|e| DatastoreError::io("removing", source, e))?;
    Ok(true)
}

/// The path with the links in its folders followed, but not the file itself.
fn real_name(path: &Path) -> Result<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let folder =
        fs::canonicalize(folder).map_err(|e| DatastoreError::io("looking for", folder, e))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}
