//! The folders of a run: made where missing, kept inside the root, and cleaned of leftovers once.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

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
        let goes_up = || {
            destination
                .components()
                .any(|part| part == Component::ParentDir)
        };
        match destination.parent() {
            Some(folder) if folder.starts_with(self.confinement.folder()) && !goes_up() => {
                self.make_ready(folder, journal)
            }
            _ => self.confinement.check("../", destination),
        }
    }

    /// From the root down, so that nothing is made below a link that leads elsewhere.
    fn make_ready(&mut self, folder: &Path, journal: &mut Journal) -> Result<()> {
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(folder.as_os_str().as_bytes()).as_bytes()[..16]);
        if self.ready.contains(&key) {
            return Ok(());
        }
        let is_root = folder == self.confinement.folder();
        if let Some(parent) = folder.parent().filter(|_| !is_root) {
            self.make_ready(parent, journal)?;
        }
        match fs::create_dir(folder) {
            Ok(()) => {
                journal.add_folder(folder)?;
                self.written.add_new(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.confinement.check(&folder.to_string_lossy(), folder)?;
                leftover::clean(folder, self.only_old_leftovers)?;
                self.written.add_existing(folder)?;
            }
            Err(error) => return Err(DatastoreError::io("making folder", folder, error)),
        }
        self.ready.insert(key);
        Ok(())
    }
}
