//! Copying one file to a temporary name, with its checksum computed while the bytes pass.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::progress::TransferProgress;
use crate::checksum::{Checksum, read_through};
use crate::error::{DatastoreError, Result};

/// Size and checksum of what was copied.
pub(super) type Copied = (u64, Option<Checksum>);

/// One copy about to be made.
pub(super) struct Copying<'a> {
    pub source: &'a Path,
    /// Must not exist.
    pub temporary: &'a Path,
    pub with_checksum: bool,
    /// Write it to disk at once.
    pub durable: bool,
    pub progress: &'a TransferProgress,
}

impl Copying<'_> {
    /// Copy, with the permission bits of the source as the reference does (`shutil.copy`). On failure the
    /// temporary file is removed.
    pub fn run(&self) -> Result<Copied> {
        let fail = |e| DatastoreError::io("reading", self.source, e);
        let from = File::open(self.source).map_err(fail)?;
        let metadata = from.metadata().map_err(fail)?;
        if !metadata.is_file() {
            return Err(DatastoreError::BadMode {
                mode: "copy",
                path: self.source.to_path_buf(),
                reason: "it is not a regular file".to_owned(),
            });
        }
        let result = self.write(from, &metadata);
        if result.is_err() {
            // What failed is more telling than that the rest could not be removed; the next run tries again.
            let _ = fs::remove_file(self.temporary);
        }
        result
    }

    fn write(&self, from: File, metadata: &fs::Metadata) -> Result<Copied> {
        let fail = |e| DatastoreError::io("writing", self.temporary, e);
        let mut options = OpenOptions::new();
        let mut to = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.temporary)
            .map_err(fail)?;
        let mut hasher = self.with_checksum.then(blake3::Hasher::new);
        let size = read_through(from, self.source, metadata.len(), |bytes| {
            if self.progress.is_stopped() {
                return Err(DatastoreError::Stopped {
                    path: self.source.to_path_buf(),
                });
            }
            if let Some(hasher) = &mut hasher {
                hasher.update(bytes);
            }
            self.progress.add_bytes(bytes.len() as u64);
            to.write_all(bytes).map_err(fail)
        })?;
        if size != metadata.len() {
            let changed = io::Error::other("its size changed meanwhile");
            return Err(DatastoreError::io("copying", self.source, changed));
        }
        let mode = fs::Permissions::from_mode(metadata.permissions().mode() & 0o7777);
        to.set_permissions(mode).map_err(fail)?;
        if self.durable {
            to.sync_all().map_err(fail)?;
        }
        Ok((
            size,
            hasher.map(|hasher| Checksum::Blake3(hasher.finalize().into())),
        ))
    }
}
