//! A folder with pieces of files of other stores, shared by all processes that are told of it.
//!
//! A piece is a file of its own, named by what it is a piece of, with its BLAKE3 at its end. It gets its name when it is whole and
//! never changes, so nobody needs a lock to read; who removes it does not disturb who reads it.

use std::fs::{self, DirBuilder, File, FileTimes};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::store_trait::Object;
use crate::error::{DatastoreError, Result};

/// Bytes of a piece; the last of a file may have fewer.
pub(super) const PIECE: u64 = 1 << 20;

/// Bytes of a checksum at the end of a piece.
const HASH: usize = blake3::OUT_LEN;

/// The folder is looked through whenever so much of its limit was written.
const SHARE: u64 = 16;

/// A use is noted on the file if the last one that was is longer ago.
const USED_STEP: Duration = Duration::from_secs(60);

/// The folder.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    limit: u64,
    /// Bytes that this process has written since the folder was looked through.
    written: AtomicU64,
    has_failed: AtomicBool,
}

/// Which piece of which state of which file.
#[derive(Debug, Clone)]
pub(super) struct PieceName(blake3::Hash);

impl PieceName {
    /// Of a file at a URI as it was described.
    pub(super) fn of(uri: &str, object: &Object, number: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        let modified = object.modified.and_then(|time| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH);
            since.ok().map(|since| since.as_nanos())
        });
        let etag = object.etag.as_deref().unwrap_or_default();
        for text in [uri, etag, &format!("{modified:?} {} {number}", object.size)] {
            hasher.update(&(text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        Self(hasher.finalize())
    }
}

impl Cache {
    /// Pieces in `folder`, which is made if it is missing, of about `limit` bytes together; there may be a sixteenth more for each
    /// process that writes.
    ///
    /// # Errors
    /// A folder that cannot be made or written to.
    pub fn open(folder: &Path, limit: u64) -> Result<Self> {
        let fail = |e| DatastoreError::io("opening the cache", folder, e);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(fail)?;
        tempfile::tempfile_in(folder).map_err(fail)?;
        let cache = Self {
            folder: folder.to_owned(),
            limit,
            written: AtomicU64::new(0),
            has_failed: AtomicBool::new(false),
        };
        cache.make_room();
        Ok(cache)
    }

    /// A piece of this length, if it is there whole.
    pub(super) fn get(&self, name: &PieceName, length: usize) -> Option<Bytes> {
        let path = self.path(name);
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::with_capacity(length + HASH);
        file.read_to_end(&mut bytes).ok()?;
        let is_whole = bytes.len() == length + HASH
            && blake3::hash(&bytes[..length]).as_bytes()[..] == bytes[length..];
        if !is_whole {
            tracing::warn!("{} is damaged and removed", path.display());
            // If somebody else did it, it is gone too.
            let _ = fs::remove_file(&path);
            return None;
        }
        let now = SystemTime::now();
        let is_due = |last: SystemTime| now.duration_since(last).is_ok_and(|d| d > USED_STEP);
        if file.metadata().and_then(|m| m.modified()).is_ok_and(is_due) {
            // Who may not is only forgotten earlier.
            let _ = file.set_times(FileTimes::new().set_modified(now));
        }
        bytes.truncate(length);
        Some(bytes.into())
    }

    /// Keep a piece. That it cannot be kept is no failure: it is told once.
    pub(super) fn put(&self, name: &PieceName, bytes: &[u8]) {
        if let Err(error) = self.write(name, bytes)
            && !self.has_failed.swap(true, Ordering::Relaxed)
        {
            let folder = self.folder.display();
            tracing::warn!("the cache {folder} cannot be written to, going on without: {error}");
        }
        let length = (bytes.len() + HASH) as u64;
        let written = self.written.fetch_add(length, Ordering::Relaxed) + length;
        if written > self.limit / SHARE {
            self.written.store(0, Ordering::Relaxed);
            self.make_room();
        }
    }

    fn write(&self, name: &PieceName, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(bytes)?;
        file.write_all(blake3::hash(bytes).as_bytes())?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    }

    fn path(&self, name: &PieceName) -> PathBuf {
        let hex = name.0.to_hex();
        self.folder.join(&hex[..2]).join(&hex[2..])
    }

    /// Remove the pieces that were used longest ago until nine tenths of the limit are left, unless another process does.
    fn make_room(&self) {
        let Ok(folder) = File::open(&self.folder) else {
            return;
        };
        // A file system without locks has two do the same, which is only slower.
        if let Err(fs::TryLockError::WouldBlock) = folder.try_lock() {
            return;
        }
        let mut pieces = self.pieces();
        let mut total: u64 = pieces.iter().map(|piece| piece.1).sum();
        if total <= self.limit {
            return;
        }
        pieces.sort_unstable();
        for (_, size, path) in pieces {
            if total <= self.limit / 10 * 9 {
                break;
            }
            if fs::remove_file(path).is_ok() {
                total = total.saturating_sub(size);
            }
        }
    }

    /// When each file was last used, its size, and where it is; also what a process that was killed left half written.
    fn pieces(&self) -> Vec<(SystemTime, u64, PathBuf)> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten());
        let described = files.flatten().filter_map(|file| {
            let metadata = file.metadata().ok()?;
            Some((metadata.modified().ok()?, metadata.len(), file.path()))
        });
        described.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(etag: &str) -> Object {
        Object {
            key: "k".to_owned(),
            size: 3 * PIECE,
            etag: Some(etag.to_owned()),
            modified: None,
        }
    }

    #[test]
    fn a_piece_is_of_one_state_of_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 1 << 30).unwrap();
        let name = PieceName::of("s3://a/b", &object("1"), 2);
        assert_eq!(cache.get(&name, 5), None);
        cache.put(&name, b"bytes");
        assert_eq!(cache.get(&name, 5).as_deref(), Some(&b"bytes"[..]));
        for other in [
            PieceName::of("s3://a/c", &object("1"), 2),
            PieceName::of("s3://a/b", &object("2"), 2),
            PieceName::of("s3://a/b", &object("1"), 1),
        ] {
            assert_eq!(cache.get(&other, 5), None);
        }
        let damaged = cache.path(&name);
        let mut bytes = fs::read(&damaged).unwrap();
        bytes[0] ^= 1;
        fs::write(&damaged, bytes).unwrap();
        assert_eq!(cache.get(&name, 5), None);
        assert!(!damaged.exists());
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path(), 100 * 1000).unwrap();
        let name = |number| PieceName::of("s3://a/b", &object("1"), number);
        let bytes = vec![7; 1000];
        let old = SystemTime::now() - Duration::from_secs(3600);
        for number in 0..90 {
            cache.put(&name(number), &bytes);
            let file = File::open(cache.path(&name(number))).unwrap();
            file.set_modified(old + Duration::from_secs(number))
                .unwrap();
        }
        assert!(cache.get(&name(3), 1000).is_some(), "a use");
        for number in 90..200 {
            cache.put(&name(number), &bytes);
        }
        let total: u64 = cache.pieces().iter().map(|piece| piece.1).sum();
        assert!(total <= 100_000 + 100_000 / SHARE + 2000, "{total}");
        assert!(cache.get(&name(0), 1000).is_none());
        assert!(cache.get(&name(199), 1000).is_some());
        // Another process finds what is there.
        let other = Cache::open(folder.path(), 1 << 30).unwrap();
        assert!(other.get(&name(199), 1000).is_some());
        let other = Cache::open(folder.path(), 10_000).unwrap();
        assert!(other.pieces().len() < 10);
    }
}
