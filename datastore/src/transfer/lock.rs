//! One writer at a time below a datastore root.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::error::{DatastoreError, Result};

/// An exclusive lock on a folder, held until dropped, and gone with the process that held it.
///
/// It locks the folder itself, so no lock file is left in the datastore. While it is held no other Pantry places
/// files below the folder; leftover temporary files there therefore belong to nobody.
#[derive(Debug)]
pub struct FolderLock {
    /// `None` where the file system has no locks on folders (some network file systems).
    held: Option<File>,
}

impl FolderLock {
    /// Lock `folder`, which is created if need be. When somebody else holds it, `on_wait` is called once and
    /// the call then waits.
    pub fn acquire(folder: &Path, on_wait: impl FnOnce()) -> Result<Self> {
        let fail = |source| DatastoreError::io("locking folder", folder, source);
        fs::create_dir_all(folder).map_err(fail)?;
        let file = File::open(folder).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                on_wait();
                file.lock().map_err(fail)?;
            }
            Err(TryLockError::Error(_)) => return Ok(Self { held: None }),
        }
        Ok(Self { held: Some(file) })
    }

    /// Whether the file system really granted the lock.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }
}
