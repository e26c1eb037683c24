//! Getting data and folder entries onto the disk: one by one for a few, by file system for many.
//!
//! An fsync costs milliseconds whatever the file; flushing the file system once costs the same for thousands.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{fstatfs, syncfs};

use crate::error::{DatastoreError, Result};

/// Up to this many files of a batch, or folders of a run, are flushed one by one.
pub(super) const FEW: usize = 32;

/// FUSE does not pass a flush of the whole file system on to its server.
const FUSE_MAGIC: i64 = 0x6573_5546;

/// The folders written to, and one folder for each file system among them.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Emptied and no longer kept up once there are more than a few.
    folders: Vec<PathBuf>,
    are_many: bool,
    file_systems: BTreeMap<u64, PathBuf>,
}

impl Written {
    /// Note a folder that was there before, where entries may be added.
    pub fn add_existing(&mut self, folder: &Path) -> Result<()> {
        let metadata =
            std::fs::metadata(folder).map_err(|e| DatastoreError::io("looking at", folder, e))?;
        self.file_systems
            .entry(metadata.dev())
            .or_insert_with(|| folder.to_path_buf());
        self.add_folder(folder);
        Ok(())
    }

    /// Note a folder just made, which is on the file system of the one it is in.
    pub fn add_new(&mut self, folder: &Path) {
        self.add_folder(folder);
    }

    fn add_folder(&mut self, folder: &Path) {
        self.are_many |= self.folders.len() >= FEW;
        if self.are_many {
            self.folders.clear();
        } else {
            self.folders.push(folder.to_path_buf());
        }
    }

    /// Flush everything written to the file systems, so that `files` may get their final names.
    pub fn flush_files(&self, files: &[&Path]) -> Result<()> {
        for folder in self.file_systems.values() {
            if !flush_file_system(folder)? {
                return files.iter().try_for_each(|file| flush(file));
            }
        }
        Ok(())
    }

    /// Flush the folder entries, each folder once.
    pub fn flush_folders(&self) -> Result<()> {
        if !self.are_many {
            return self.folders.iter().try_for_each(|folder| flush(folder));
        }
        self.file_systems
            .values()
            .try_for_each(|folder| flush_file_system(folder).map(drop))
    }
}

/// Flush one file or folder.
pub(super) fn flush(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|e| DatastoreError::io("flushing", path, e))
}

/// Flush the file system of `folder`; false when that does not reach the disk.
fn flush_file_system(folder: &Path) -> Result<bool> {
    let fail = |e| DatastoreError::io("flushing", folder, e);
    let file = File::open(folder).map_err(fail)?;
    let is_fuse = fstatfs(&file).is_ok_and(|info| info.f_type == FUSE_MAGIC);
    if is_fuse {
        return Ok(false);
    }
    syncfs(&file).map_err(|e| fail(e.into()))?;
    Ok(true)
}
