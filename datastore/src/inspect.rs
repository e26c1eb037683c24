//! A fast look at many files: there or not, size, symbolic link or not.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rayon::prelude::*;
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;

use crate::error::{DatastoreError, Result};

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A regular file.
    File {
        /// Bytes (of the file a link leads to).
        size: u64,
        /// Whether the path itself is a symbolic link.
        is_symlink: bool,
    },
    /// Nothing, or a symbolic link to nothing.
    Missing,
    /// Something that is no regular file: a folder, a socket.
    NotAFile,
    /// It may not be looked at.
    Denied,
    /// It leaves the folder it has to stay in; only [`crate::Confinement::inspect`] says so.
    Outside,
}

/// Paths that one thread takes at a time.
const PIECE: usize = 4096;

/// Opening a folder pays off from this many files on.
const WORTH_OPENING: usize = 3;

/// Look at `paths`, absolute or relative to `folder`, with `jobs` threads; answers in the same order.
///
/// Paths that follow each other in one folder are looked at from there, which saves the system most of the path
/// walk: sorted input (as exports have it) is fastest.
pub fn inspect<P: AsRef<Path> + Sync>(
    folder: &Path,
    paths: &[P],
    jobs: usize,
) -> Result<Vec<Found>> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let base = openat(CWD, folder, flags, Mode::empty())
        .map_err(|e| DatastoreError::io("opening folder", folder, e.into()))?;
    in_pieces(paths, jobs, |piece| inspect_in_order(&base, piece))
}

/// Spread `paths` over threads, a piece at a time.
pub(crate) fn in_pieces<P: Sync>(
    paths: &[P],
    jobs: usize,
    each: impl Fn(&[P]) -> Result<Vec<Found>> + Send + Sync,
) -> Result<Vec<Found>> {
    if jobs <= 1 || paths.len() <= PIECE {
        return each(paths);
    }
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let threads = threads.map_err(|e| {
        DatastoreError::io("starting threads in", Path::new("."), io::Error::other(e))
    })?;
    let pieces: Result<Vec<Vec<Found>>> =
        threads.install(|| paths.par_chunks(PIECE).map(each).collect());
    Ok(pieces?.concat())
}

fn inspect_in_order<P: AsRef<Path>>(base: &OwnedFd, paths: &[P]) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(paths.len());
    let same_folder = |a: &P, b: &P| a.as_ref().parent() == b.as_ref().parent();
    for group in paths.chunk_by(same_folder) {
        let opened = open_folder(base, group);
        for path in group {
            let path = path.as_ref();
            let looked = match (&opened, path.file_name()) {
                (Some(folder), Some(name)) => look(folder, Path::new(name)),
                _ => look(base, path),
            };
            found.push(looked.map_err(|e| DatastoreError::io("looking at", path, e.into()))?);
        }
    }
    Ok(found)
}

fn open_folder<P: AsRef<Path>>(base: &OwnedFd, group: &[P]) -> Option<OwnedFd> {
    let parent = group.first()?.as_ref().parent()?;
    if group.len() < WORTH_OPENING || parent.as_os_str().is_empty() {
        return None;
    }
    openat(
        base,
        parent,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .ok()
}

/// Look at one path seen from `folder`, following it if it is a link.
pub(crate) fn look(folder: impl AsFd + Copy, path: &Path) -> rustix::io::Result<Found> {
    let there = match statat(folder, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(there) => there,
        Err(error) => return absent(error),
    };
    if FileType::from_raw_mode(there.st_mode) != FileType::Symlink {
        return Ok(describe(&there, false));
    }
    match statat(folder, path, AtFlags::empty()) {
        Ok(target) => Ok(describe(&target, true)),
        Err(error) => absent(error),
    }
}

pub(crate) fn describe(file: &Stat, is_symlink: bool) -> Found {
    if FileType::from_raw_mode(file.st_mode) != FileType::RegularFile {
        return Found::NotAFile;
    }
    Found::File {
        size: u64::try_from(file.st_size).unwrap_or(0),
        is_symlink,
    }
}

pub(crate) fn absent(error: Errno) -> rustix::io::Result<Found> {
    match error {
        Errno::NOENT | Errno::NOTDIR | Errno::LOOP => Ok(Found::Missing),
        Errno::ACCESS | Errno::PERM => Ok(Found::Denied),
        other => Err(other),
    }
}

/// Look at one file.
pub fn inspect_one(path: &Path) -> Result<Found> {
    look(CWD, path).map_err(|e| DatastoreError::io("looking at", path, e.into()))
}

/// Check that a file can be opened for reading.
pub fn check_readable(path: &Path) -> Result<()> {
    fs::File::open(path)
        .map(drop)
        .map_err(|e| DatastoreError::io("reading", path, e))
}
