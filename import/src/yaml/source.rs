//! Where an export comes from: bytes that can be read again from the start, compressed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::error::YamlError;
use super::zstd::ZstdFrames;

/// Size of the reads from the operating system.
const READ_BYTES: usize = 256 * 1024;

/// An export that can be opened any number of times.
#[derive(Clone, Debug)]
pub(super) struct Source {
    path: Arc<Path>,
    /// The contents, when they are in memory.
    bytes: Option<Arc<[u8]>>,
    size: u64,
}

/// The decompressed bytes of a [`Source`].
pub(super) type Input = Box<dyn Read + Send>;

impl Source {
    /// A file. Pipes are refused, because they cannot be read twice.
    pub(super) fn file(path: &Path) -> Result<Source, YamlError> {
        let source = Source {
            path: path.into(),
            bytes: None,
            size: 0,
        };
        let metadata = std::fs::metadata(path).map_err(|error| source.read_error(error))?;
        if !metadata.is_file() {
            let reason =
                "not a regular file; an export is read more than once, so save it to a file first";
            return Err(source.read_error(io::Error::other(reason)));
        }
        Ok(Source {
            size: metadata.len(),
            ..source
        })
    }

    /// Bytes in memory; `name` stands for the path in messages.
    pub(super) fn memory(name: &str, bytes: Vec<u8>) -> Source {
        let size = bytes.len() as u64;
        Source {
            path: PathBuf::from(name).into(),
            bytes: Some(bytes.into()),
            size,
        }
    }

    /// Opens at the start. The count of bytes taken, before decompression, goes to `taken`.
    pub(super) fn open(&self, taken: &Arc<AtomicU64>) -> Result<Input, YamlError> {
        let raw: Input = match &self.bytes {
            Some(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            None => Box::new(File::open(&self.path).map_err(|error| self.read_error(error))?),
        };
        taken.store(0, Ordering::Relaxed);
        let counted = Counted {
            raw,
            taken: Arc::clone(taken),
        };
        let mut buffered = BufReader::with_capacity(READ_BYTES, counted);
        let magic = buffered
            .fill_buf()
            .map_err(|error| self.read_error(error))?;
        if magic.starts_with(&[0x1f, 0x8b]) {
            return Ok(Box::new(MultiGzDecoder::new(buffered)));
        }
        // A zstd file may start with a skippable frame (0x184d2a50 to 0x184d2a5f).
        let skippable = matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
        if skippable || magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            return Ok(Box::new(ZstdFrames::new(buffered)));
        }
        Ok(Box::new(buffered))
    }

    /// Size in bytes, before decompression.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The system's or decompressor's complaint about this source.
    pub(super) fn read_error(&self, source: io::Error) -> YamlError {
        YamlError::Read {
            path: self.path.to_path_buf(),
            source,
        }
    }

    /// A fault of the contents at a line.
    pub(super) fn input_error(&self, line: u64, message: impl Into<String>) -> YamlError {
        YamlError::Input {
            path: self.path.to_path_buf(),
            line,
            message: message.into(),
        }
    }
}

struct Counted {
    raw: Input,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
