//! The folders of a run: made where missing, kept inside the root, and cleaned of leftovers once.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::durable::Written;
use super::journal::Journal;
use super::leftover;
use crate::confine::Confinement;
use crate::error::{DatastoreError, Result};

/// Destination folders dealt with so far.
#[derive(Debug)]
pub(super) struct Folders {
    confinement: Confinement,
    /// By hash, because a large run has more folders than fit in memory comfortably.
    ready: HashSet<[u8; 16]>,
    /// Leftovers are only surely abandoned while the root is locked.
    only_old_leftovers: bool,
    pub written: Written,
}

impl Folders {
    pub fn new(root: &Path, is_locked: bool) -> Result<Self> {
        Ok(Self {
            confinement: Confinement::new(root, &[])?,
            ready: HashSet::new(),
            only_old_leftovers: !is_locked,
            written: Written::default(),
        })
    }

    /// Make sure that the folder of `destination` exists and may be used.
    pub fn prepare(&mut self, destination: &Path, journal: &mut Journal) -> Result<()> {
        let Some(folder) = destination.parent() else {
            return Ok(());
        };
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(folder.as_os_str().as_bytes()).as_bytes()[..16]);
        if self.ready.contains(&key) {
            return Ok(());
        }
        let (existing, missing) = split_existing(folder);
        let text = destination.to_string_lossy();
        self.confinement.check(&text, &existing.join("x"), false)?;
        if missing.is_empty() {
            leftover::clean(folder, self.only_old_leftovers)?;
        } else {
            self.written.add(&existing)?;
        }
        for path in missing {
            make(&path, journal)?;
            self.written.add(&path)?;
        }
        self.written.add(folder)?;
        self.ready.insert(key);
        Ok(())
    }
}

/// The deepest ancestor that exists, and the folders below it that do not, outermost first.
fn split_existing(folder: &Path) -> (PathBuf, Vec<PathBuf>) {
    let missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|path| !path.exists())
        .map(Path::to_path_buf)
        .collect();
    let existing = folder
        .ancestors()
        .nth(missing.len())
        .unwrap_or(Path::new("/"));
    (existing.to_path_buf(), missing.into_iter().rev().collect())
}

fn make(folder: &Path, journal: &mut Journal) -> Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => journal.add_folder(folder),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(DatastoreError::io("making folder", folder, error)),
    }
}
