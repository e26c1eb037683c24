//! All files below a root, folder by folder, in constant memory.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::error::{DatastoreError, Result};
use crate::transfer::is_leftover;

/// A file found below the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkedFile {
    /// Path relative to the root.
    pub path: PathBuf,
    /// What it is.
    pub kind: WalkedKind,
}

/// What a walked path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkedKind {
    /// A regular file.
    File,
    /// A symbolic link, to whatever; it is not followed.
    Symlink,
    /// A temporary file that a killed run of ours left behind.
    Leftover,
    /// A socket, pipe or device.
    Other,
}

/// The files below `root`, in the byte order of their relative paths (as SQL's `ORDER BY path` with binary
/// collation has them, so that both can be merged). Folders are not reported, symbolic links not followed.
///
/// Memory: the names of the folders on the way down. A folder that cannot be read is one error; the walk goes on.
pub fn walk(root: &Path) -> impl Iterator<Item = Result<WalkedFile>> + use<> {
    walk_after(root, b"")
}

/// The rest of a [`walk`], after the path with the bytes `after`; folders that lie wholly before are not listed.
pub fn walk_after(root: &Path, after: &[u8]) -> impl Iterator<Item = Result<WalkedFile>> + use<> {
    let (root, after) = (root.to_path_buf(), after.to_vec());
    let entries = WalkDir::new(&root).min_depth(1).sort_by(by_path);
    let top = root.clone();
    let entries = entries
        .into_iter()
        .filter_entry(move |entry| !lies_before(&top, entry, &after));
    entries.filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some(Ok(walked(&root, &entry))),
        Err(error) => {
            let path = error.path().unwrap_or(&root).to_path_buf();
            Some(Err(DatastoreError::io("listing", &path, error.into())))
        }
    })
}

/// Whether a file is not after `after`, or nothing in a folder can be.
fn lies_before(root: &Path, entry: &DirEntry, after: &[u8]) -> bool {
    let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
    let path = path.as_os_str().as_encoded_bytes();
    if !entry.file_type().is_dir() {
        return path <= after && !after.is_empty();
    }
    let folder = [path, b"/"].concat();
    folder.as_slice() < after && !after.starts_with(&folder)
}

/// A folder sorts as if its name ended in a slash: that is the order of the whole paths.
fn by_path(one: &DirEntry, other: &DirEntry) -> Ordering {
    let slash = |entry: &DirEntry| entry.file_type().is_dir().then_some(b'/');
    let (one_name, other_name) = (
        one.file_name().as_encoded_bytes(),
        other.file_name().as_encoded_bytes(),
    );
    let ours = one_name.iter().copied().chain(slash(one));
    ours.cmp(other_name.iter().copied().chain(slash(other)))
}

fn walked(root: &Path, entry: &DirEntry) -> WalkedFile {
    let kind = match entry.file_type() {
        kind if kind.is_symlink() => WalkedKind::Symlink,
        _ if is_leftover(entry.file_name()) => WalkedKind::Leftover,
        kind if kind.is_file() => WalkedKind::File,
        _ => WalkedKind::Other,
    };
    let path = entry
        .path()
        .strip_prefix(root)
        .unwrap_or(entry.path())
        .to_path_buf();
    WalkedFile { path, kind }
}
