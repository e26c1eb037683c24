//! Names of temporary files, and removing those of a run that was killed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{DatastoreError, Result};

const PREFIX: &str = ".pantry-";
const SUFFIX: &str = ".tmp";

/// Longest part of the final name that is kept, in bytes: the whole must stay below 255.
const LONGEST_NAME: usize = 200;

/// Where nothing tells whether the writer lives, only files this old are taken as abandoned.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Whether a file name is that of a temporary file of ours (`.pantry-<name>.<random>.tmp`).
pub fn is_leftover(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes.starts_with(PREFIX.as_bytes()) && bytes.ends_with(SUFFIX.as_bytes())
}

/// A temporary name in the folder of `destination`; `unique` must not come up twice.
pub(super) fn temporary_name(destination: &Path, unique: u64) -> PathBuf {
    let name = destination
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let end = (0..=name.len().min(LONGEST_NAME))
        .rev()
        .find(|end| name.is_char_boundary(*end));
    let kept = &name[..end.unwrap_or(0)];
    destination.with_file_name(format!("{PREFIX}{kept}.{unique:016x}{SUFFIX}"))
}

/// Remove the leftovers in `folder`; with `only_old` those that nobody can be writing any more. Returns how many.
pub(super) fn clean(folder: &Path, only_old: bool) -> Result<u64> {
    let fail = |source| DatastoreError::io("listing folder", folder, source);
    let mut removed = 0;
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if !is_leftover(&entry.file_name()) || (only_old && !is_old(&entry)) {
            continue;
        }
        let path = entry.path();
        match fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(DatastoreError::io("removing leftover", &path, error)),
        }
    }
    Ok(removed)
}

fn is_old(entry: &fs::DirEntry) -> bool {
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    let age = modified
        .ok()
        .and_then(|time| SystemTime::now().duration_since(time).ok());
    age.is_some_and(|age| age > ABANDONED_AFTER)
}
