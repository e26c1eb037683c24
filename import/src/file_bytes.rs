//! The bytes of a file of any store, read from any place.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use pantry_datastore::ResourcePath;
use pantry_datastore::store::{Ranges, Stored, Stores};
use pantry_datastore::zip::{MemberBytes, ZipFiles};
use pantry_fits::ReadAt;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

/// Bytes that are asked for at least of a store that is not this machine: the headers of most files.
const BEGIN: u64 = 64 << 10;

/// As many are asked for where a read goes on behind the last one.
const BLOCK: u64 = 1 << 20;

/// A file that is open; clones are the same file.
#[derive(Clone)]
pub struct FileBytes {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    len: u64,
}

enum Place {
    Local(File),
    Stored(Box<Remote>),
}

struct Remote {
    stored: Stored,
    stores: Stores,
    /// The block that was read last, and where it begins.
    last: Mutex<(u64, Bytes)>,
}

impl FileBytes {
    /// Open a file of any store, or a member of a zip in it.
    ///
    /// # Errors
    /// What the store says; [`io::ErrorKind::NotFound`] if there is no such file.
    pub fn open(uri: &ResourcePath, stores: &Stores) -> io::Result<Self> {
        if uri.zip_member().is_some() {
            let zips = ZipFiles::new(stores.clone());
            let member = stores.wait(zips.member(uri)).map_err(io::Error::other)?;
            return Ok(Self::member(member, stores.clone()));
        }
        if let Some(path) = uri.local_path() {
            return Self::local(&path);
        }
        let stored = stores.find(uri).map_err(io::Error::other)?;
        let found = stores.wait(stored.store.stat(&stored.key));
        let found = found.map_err(io::Error::other)?;
        let found = found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "missing"))?;
        Ok(Self::stored(stored, stores.clone(), found.size))
    }

    /// A member of a zip.
    pub fn member(member: MemberBytes, stores: Stores) -> Self {
        let len = member.size();
        Self::stored(Stored::member(member), stores, len)
    }

    /// Open a file of this machine.
    ///
    /// # Errors
    /// What the system says.
    pub fn local(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let found = file.metadata()?;
        if found.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self::new(Place::Local(file), found.len()))
    }

    /// A file of another store, of so many bytes.
    pub fn stored(stored: Stored, stores: Stores, len: u64) -> Self {
        let last = Mutex::default();
        let remote = Remote {
            stored,
            stores,
            last,
        };
        Self::new(Place::Stored(Box::new(remote)), len)
    }

    fn new(place: Place, len: u64) -> Self {
        let inner = Arc::new(Inner { place, len });
        Self { inner }
    }

    /// All of it, from its begin to its end.
    pub fn reader(&self) -> FileReader {
        self.reader_at(0)
    }

    fn reader_at(&self, at: u64) -> FileReader {
        let bytes = self.clone();
        FileReader { bytes, at }
    }
}

impl Remote {
    fn read_at(&self, offset: u64, buffer: &mut [u8], len: u64) -> io::Result<()> {
        let size = buffer.len() as u64;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.0..last.0 + last.1.len() as u64;
        let is_inside = offset >= known.start && offset + size <= known.end;
        if !is_inside {
            let goes_on = !known.is_empty() && offset >= known.start && offset <= known.end;
            let ahead = if goes_on { BLOCK } else { BEGIN };
            let end = offset.saturating_add(size.max(ahead)).min(len);
            let wanted = Ranges::exact(std::iter::once(offset..end).collect());
            let read = self.stored.store.read(&self.stored.key, wanted);
            let mut read = self.stores.wait(read).map_err(io::Error::other)?;
            *last = (offset, read.pop().unwrap_or_default());
        }
        let from = usize::try_from(offset - last.0).unwrap_or(usize::MAX);
        let found = last.1.get(from..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl ReadAt for FileBytes {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.inner.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match &self.inner.place {
            Place::Local(file) => file.read_exact_at(buffer, offset),
            Place::Stored(remote) => remote.read_at(offset, buffer, self.inner.len),
        }
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.inner.len)
    }
}

impl Length for FileBytes {
    fn len(&self) -> u64 {
        self.inner.len
    }
}

impl ChunkReader for FileBytes {
    type T = FileReader;

    fn get_read(&self, start: u64) -> parquet::errors::Result<FileReader> {
        Ok(self.reader_at(start))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let end = start.checked_add(length as u64);
        // Before memory is taken for it.
        if end.is_none_or(|end| end > self.inner.len) {
            return Err(ParquetError::EOF("it ends behind the file".to_owned()));
        }
        let mut buffer = vec![0; length];
        self.read_at(start, &mut buffer)?;
        Ok(buffer.into())
    }
}

/// Reads a file from some place to its end.
pub struct FileReader {
    bytes: FileBytes,
    at: u64,
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.bytes.inner.len.saturating_sub(self.at);
        let size = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        self.bytes.read_at(self.at, &mut buffer[..size])?;
        self.at += size as u64;
        Ok(size)
    }
}
