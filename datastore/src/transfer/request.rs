//! What a caller asks to be placed, and what it gets told.

use std::path::PathBuf;

use crate::checksum::Checksum;

/// One file to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRequest {
    /// Absolute path of the source file.
    pub source: PathBuf,
    /// Absolute path below the datastore root.
    pub destination: PathBuf,
    /// Size in bytes, if an earlier look or a record tells.
    pub size: Option<u64>,
    /// Checksum, if a record tells.
    pub checksum: Option<Checksum>,
}

impl PlaceRequest {
    /// A request without foreknowledge.
    pub fn new(source: PathBuf, destination: PathBuf) -> Self {
        Self {
            source,
            destination,
            size: None,
            checksum: None,
        }
    }
}

/// A file that is in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Size in bytes (of the file a link leads to).
    pub size: u64,
    /// Present when checksums were asked for.
    pub checksum: Option<Checksum>,
    /// Whether this run put it there; otherwise it was there already, with the same content as far as known.
    pub is_new: bool,
}
