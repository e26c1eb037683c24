//! Checksums of files: computing BLAKE3, and checking what a record says.
//!
//! Ours are recorded as `blake3:<64 hex digits>`. A bare value is the reference's own: 128 hex digits of
//! BLAKE2b-512 (`FileDatastore.computeChecksum`).

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use blake2::{Blake2b512, Digest};

use crate::error::{DatastoreError, Result};

/// Bytes read at a time: large enough for BLAKE3's widest lanes, small enough to stay in the cache.
const BUFFER: usize = 256 * 1024;

/// The checksum of a file's content, with its algorithm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// BLAKE3, 32 bytes; what Pantry records.
    Blake3([u8; 32]),
    /// BLAKE2b, 64 bytes; what the reference records.
    Blake2b([u8; 64]),
}

impl Checksum {
    /// BLAKE3 of a file, and its size in bytes.
    pub fn blake3_of(path: &Path) -> Result<(Self, u64)> {
        let mut hasher = blake3::Hasher::new();
        let size = hash_file(path, |bytes| {
            hasher.update(bytes);
        })?;
        Ok((Self::Blake3(hasher.finalize().into()), size))
    }

    /// The checksum of a file by the algorithm of `self`, for comparison with `self`, and its size in bytes.
    pub fn same_kind_of(&self, path: &Path) -> Result<(Self, u64)> {
        self.same_kind_watched(path, |_| ())
    }

    /// As [`Checksum::same_kind_of`]; `each` is told how many bytes were read, before more are.
    pub fn same_kind_watched(&self, path: &Path, mut each: impl FnMut(u64)) -> Result<(Self, u64)> {
        let mut hashing = Hashing::like(self);
        let size = hash_file(path, |bytes| {
            hashing.update(bytes);
            each(bytes.len() as u64);
        })?;
        Ok((hashing.finish(), size))
    }
}

/// A checksum of bytes that come one after the other.
pub(crate) enum Hashing {
    Blake3(Box<blake3::Hasher>),
    Blake2b(Box<Blake2b512>),
}

impl Hashing {
    /// By the algorithm of a checksum.
    pub(crate) fn like(checksum: &Checksum) -> Self {
        match checksum {
            Checksum::Blake3(_) => Self::Blake3(Box::default()),
            Checksum::Blake2b(_) => Self::Blake2b(Box::default()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Blake3(hasher) => {
                hasher.update(bytes);
            }
            Self::Blake2b(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Checksum {
        match self {
            Self::Blake3(hasher) => Checksum::Blake3(hasher.finalize().into()),
            Self::Blake2b(hasher) => Checksum::Blake2b(hasher.finalize().into()),
        }
    }
}

impl FromStr for Checksum {
    type Err = DatastoreError;

    fn from_str(text: &str) -> Result<Self> {
        let parsed = match text.strip_prefix("blake3:") {
            Some(hex) => from_hex(hex).map(Self::Blake3),
            None => from_hex(text).map(Self::Blake2b),
        };
        parsed.ok_or_else(|| DatastoreError::BadChecksum {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: &[u8] = match self {
            Self::Blake3(bytes) => {
                f.write_str("blake3:")?;
                bytes
            }
            Self::Blake2b(bytes) => bytes,
        };
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let digits: Option<Vec<u8>> = text.as_bytes().iter().map(digit).collect();
    let bytes: Vec<u8> = digits?
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |sum, d| sum << 4 | d))
        .collect();
    (text.len() == 2 * N).then_some(bytes)?.try_into().ok()
}

/// Give `each` the bytes of `file` in pieces; returns how many there were. `expected` only sizes the buffer.
pub(crate) fn read_through(
    mut file: File,
    path: &Path,
    expected: u64,
    mut each: impl FnMut(&[u8]) -> Result<()>,
) -> Result<u64> {
    // One byte more than expected, so that small files cost a small buffer and their end is seen.
    let expected = usize::try_from(expected).map_or(BUFFER, |size| size.saturating_add(1));
    let mut buffer = vec![0; expected.min(BUFFER)];
    let mut size = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(size),
            Ok(count) => {
                each(&buffer[..count])?;
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(DatastoreError::io("reading", path, error)),
        }
    }
}

fn hash_file(path: &Path, mut each: impl FnMut(&[u8])) -> Result<u64> {
    let fail = |e| DatastoreError::io("reading", path, e);
    let file = File::open(path).map_err(fail)?;
    let expected = file.metadata().map_err(fail)?.len();
    read_through(file, path, expected, |bytes| {
        each(bytes);
        Ok(())
    })
}
