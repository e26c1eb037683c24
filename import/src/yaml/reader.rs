//! The reader of exports.

use std::path::Path;

use super::error::YamlError;
use super::event::Event;

/// Reads an export file as a stream of [`Event`]s.
///
/// The file may be compressed with gzip or zstd. It is opened again when keys come in an order that needs looking
/// ahead, so it must not be a pipe.
#[derive(Debug)]
pub struct ExportReader {}

impl ExportReader {
    /// Opens an export.
    pub fn open(_path: &Path) -> Result<ExportReader, YamlError> {
        todo!("the reader follows")
    }

    /// The next part, or `None` after the last entry.
    pub fn next_event(&mut self) -> Result<Option<Event>, YamlError> {
        todo!("the reader follows")
    }

    /// Line, counted from 1, up to which the file has been read.
    pub fn line(&self) -> u64 {
        todo!("the reader follows")
    }

    /// Bytes of the file that have been read, before decompression: for progress.
    pub fn bytes_read(&self) -> u64 {
        todo!("the reader follows")
    }

    /// Size of the file in bytes.
    pub fn bytes_total(&self) -> u64 {
        todo!("the reader follows")
    }
}

impl Iterator for ExportReader {
    type Item = Result<Event, YamlError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_event().transpose()
    }
}
