//! What every place of files can do.

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::error::Result;

/// A file as a store describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its key: the path below the root of the file system, the bucket or the web server, without a slash before it.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// What changes when the content does, if the store says it.
    pub etag: Option<String>,
    /// When it was last written, if the store says it.
    pub modified: Option<SystemTime>,
}

/// Parts of one file that are wanted, and how they may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges {
    /// The parts.
    pub wanted: Vec<Range<u64>>,
    /// Parts with at most so many bytes between them are asked for together.
    pub gap: usize,
    /// At most so many bytes are asked for at once; large parts are read in pieces side by side.
    pub piece: usize,
}

impl Ranges {
    /// Exactly these parts: for stamps, whose pieces are far from each other.
    pub fn exact(wanted: Vec<Range<u64>>) -> Self {
        Self {
            wanted,
            gap: 0,
            piece: 8 << 20,
        }
    }

    /// Parts that are near each other, as of a file that is looked through: gaps up to a megabyte are read too.
    pub fn scan(wanted: Vec<Range<u64>>) -> Self {
        Self {
            gap: 1 << 20,
            ..Self::exact(wanted)
        }
    }
}

/// A place of files. Everything that may fail for a moment is tried again as often as the settings say.
pub trait Store: std::fmt::Debug + Send + Sync {
    /// The URI of a key, for messages.
    fn uri(&self, key: &str) -> String;

    /// Describe a file; `None` if there is none.
    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>>;

    /// Read parts of a file, in their order. A part that the file does not have whole is an error.
    fn read<'a>(&'a self, key: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>>;

    /// Read a part of a file from its begin to its end in pieces of any size. Fails when the file has less.
    fn stream<'a>(&'a self, key: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>>;

    /// The files whose keys begin with `prefix` and come after `after`, in the order of their keys' bytes where the store has
    /// one; `None` if the store cannot list.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<String>,
    ) -> Option<BoxStream<'a, Result<Object>>>;

    /// Put `source`, of which so many bytes are promised, at a key. The file is seen whole or not at all, and what is there
    /// already is never replaced: then the answer is `false`.
    fn write<'a>(
        &'a self,
        key: &'a str,
        source: BoxStream<'a, Result<Bytes>>,
        size: u64,
    ) -> BoxFuture<'a, Result<bool>>;

    /// Remove a file; one that is not there is removed already.
    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>>;

    /// An address at which everybody can read the file for some time; `None` if the store has no such thing.
    fn presign<'a>(
        &'a self,
        key: &'a str,
        valid: Duration,
    ) -> BoxFuture<'a, Result<Option<String>>>;

    /// The path of a file of this machine.
    fn local(&self, key: &str) -> Option<std::path::PathBuf> {
        let _ = key;
        None
    }
}

/// The text of a local path in errors about stores.
pub(super) fn as_path(uri: &str) -> &Path {
    Path::new(uri)
}
