//! Copying one file to a temporary name, with its checksum computed while the bytes pass.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::progress::TransferProgress;
use crate::checksum::{BUFFER, Checksum};
use crate::error::{DatastoreError, Result};

/// Size and checksum of what was copied.
pub(super) type Copied = (u64, Option<Checksum>);

/// Copy `source` to the new file `temporary`, with the permission bits of the source as the reference does
/// (`shutil.copy`). On failure `temporary` is removed. `durable` also writes it to disk.
pub(super) fn copy(
    source: &Path,
    temporary: &Path,
    with_checksum: bool,
    durable: bool,
    progress: &TransferProgress,
) -> Result<Copied> {
    let mut from = File::open(source).map_err(|e| DatastoreError::io("reading", source, e))?;
    let metadata = from
        .metadata()
        .map_err(|e| DatastoreError::io("reading", source, e))?;
    if !metadata.is_file() {
        return Err(DatastoreError::BadMode {
            mode: "copy",
            path: source.to_path_buf(),
            reason: "it is not a regular file".to_owned(),
        });
    }
    let fail = |e| DatastoreError::io("writing", temporary, e);
    let mut to = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(temporary)
        .map_err(fail)?;
    let result = pump(
        &mut from,
        &mut to,
        source,
        temporary,
        with_checksum,
        progress,
    )
    .and_then(|copied| {
        if copied.0 != metadata.len() {
            return Err(changed(source));
        }
        let mode = metadata.permissions().mode() & 0o7777;
        to.set_permissions(fs::Permissions::from_mode(mode))
            .map_err(fail)?;
        if durable {
            to.sync_all().map_err(fail)?;
        }
        Ok(copied)
    });
    if result.is_err() {
        // What failed is more telling than that the rest could not be removed; the next run tries again.
        let _ = fs::remove_file(temporary);
    }
    result
}

fn pump(
    from: &mut File,
    to: &mut File,
    source: &Path,
    temporary: &Path,
    with_checksum: bool,
    progress: &TransferProgress,
) -> Result<Copied> {
    let mut hasher = with_checksum.then(blake3::Hasher::new);
    let mut buffer = vec![0; BUFFER];
    let mut size = 0;
    loop {
        if progress.is_stopped() {
            return Err(DatastoreError::Stopped {
                path: source.to_path_buf(),
            });
        }
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(DatastoreError::io("reading", source, error)),
        };
        if let Some(hasher) = &mut hasher {
            hasher.update(&buffer[..count]);
        }
        to.write_all(&buffer[..count])
            .map_err(|e| DatastoreError::io("writing", temporary, e))?;
        size += count as u64;
        progress.add_bytes(count as u64);
    }
    Ok((
        size,
        hasher.map(|hasher| Checksum::Blake3(hasher.finalize().into())),
    ))
}

fn changed(source: &Path) -> DatastoreError {
    DatastoreError::Io {
        doing: "copying",
        path: source.to_path_buf(),
        source: io::Error::other("its size changed meanwhile"),
    }
}
