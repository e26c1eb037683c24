//! Hard and symbolic links. Both are made in one step under the final name and never replace anything.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use super::mode::TransferMode;
use crate::error::DatastoreError;

/// Make the link that `mode` asks for from `destination` to `source`, of which the caller knows whether it is a
/// symbolic link itself: as in the reference, links are read through. The error is the system's, so that the
/// caller sees an occupied destination and can fall back where links are impossible.
pub(super) fn link(
    mode: TransferMode,
    source: &Path,
    is_symlink: bool,
    destination: &Path,
) -> io::Result<()> {
    // Finding the whole real path costs several times a hard link, which needs it only for links.
    let hard = || match is_symlink {
        true => fs::hard_link(fs::canonicalize(source)?, destination),
        false => fs::hard_link(source, destination),
    };
    match mode {
        TransferMode::Symlink => symlink(fs::canonicalize(source)?, destination),
        TransferMode::Relsymlink => symlink(
            relative_target(&fs::canonicalize(source)?, destination)?,
            destination,
        ),
        TransferMode::Hardlink | TransferMode::Move => hard(),
        _ => match hard() {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                symlink(fs::canonicalize(source)?, destination)
            }
            done => done,
        },
    }
}

/// The path from the folder of `destination` to `target`, through the real folders, because that is how a
/// relative link is followed.
fn relative_target(target: &Path, destination: &Path) -> io::Result<PathBuf> {
    let folder = fs::canonicalize(destination.parent().unwrap_or(Path::new("/")))?;
    let common = folder
        .components()
        .zip(target.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder
        .components()
        .skip(common)
        .map(|_| Component::ParentDir);
    Ok(up.chain(target.components().skip(common)).collect())
}

/// The message for a link that cannot be made.
pub(super) fn refused(mode: TransferMode, source: &Path, error: io::Error) -> DatastoreError {
    match error.kind() {
        io::ErrorKind::CrossesDevices => DatastoreError::BadMode {
            mode: mode.name(),
            path: source.to_path_buf(),
            reason: "it is on another file system; take symlink or copy".to_owned(),
        },
        io::ErrorKind::TooManyLinks => DatastoreError::BadMode {
            mode: mode.name(),
            path: source.to_path_buf(),
            reason: "it has as many hard links as its file system allows; take copy".to_owned(),
        },
        _ => DatastoreError::io("linking to", source, error),
    }
}
