//! `--transfer`: the modes of the reference's command line.
use clap::ValueEnum;
use pantry_datastore::transfer::TransferMode;

use crate::failure::Failure;

/// How files get from one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Transfer {
    /// In place if all files are there already, else links
    Auto,
    /// A hard link, or a symbolic one where that is impossible
    Link,
    /// A symbolic link
    Symlink,
    /// A hard link
    Hardlink,
    /// A copy
    Copy,
    /// The file itself
    Move,
    /// A symbolic link with a relative target
    Relsymlink,
    /// The file stays where it is
    Direct,
}

impl From<Transfer> for TransferMode {
    fn from(transfer: Transfer) -> Self {
        match transfer {
            Transfer::Auto => Self::Auto,
            Transfer::Link => Self::Link,
            Transfer::Symlink => Self::Symlink,
            Transfer::Hardlink => Self::Hardlink,
            Transfer::Copy => Self::Copy,
            Transfer::Move => Self::Move,
            Transfer::Relsymlink => Self::Relsymlink,
            Transfer::Direct => Self::Direct,
        }
    }
}

impl Transfer {
    /// The mode for files that must stay in the datastore that has them.
    ///
    /// # Errors
    /// `move`.
    pub fn from_datastore(self) -> Result<TransferMode, Failure> {
        match self {
            Transfer::Move => Err(Failure::error(
                "files cannot be moved out of a datastore; take --transfer copy",
            )),
            other => Ok(other.into()),
        }
    }
}
