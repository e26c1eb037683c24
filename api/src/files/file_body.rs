//! Ranges of a file as the body of an answer.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use pantry_datastore::OpenFile;
use tokio::task::JoinHandle;

use super::blocks::{BLOCK, Block};

/// How far ahead of a reader the disk is told to work.
const AHEAD: u64 = 4 << 20;

/// One piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text between ranges.
    Text(Bytes),
    /// Bytes of the file.
    Range(Range<u64>),
}

impl Piece {
    /// Its bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Range(range) => range.end - range.start,
        }
    }
}

/// Reads a file while it is sent, a block at a time. What the system has in memory is read at once; for the rest a thread
/// that may wait does it.
pub struct FileBody {
    file: Arc<OpenFile>,
    pieces: VecDeque<Piece>,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl FileBody {
    /// These pieces of a file.
    pub fn new(file: Arc<OpenFile>, pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self {
            file,
            pieces: pieces.into_iter().filter(|p| p.length() > 0).collect(),
            reading: None,
        }
    }

    /// Begin to read the bytes `wanted`; `None` if a thread does it.
    fn begin(&mut self, wanted: &Range<u64>) -> io::Result<Option<Bytes>> {
        let length = wanted.end - wanted.start;
        let mut block = Block::take();
        if let Some(count) = self.file.read_cached(block.space(length), wanted.start)? {
            return Ok(Some(block.into_bytes(count)));
        }
        let (file, at, end) = (Arc::clone(&self.file), wanted.start, wanted.end);
        self.reading = Some(tokio::task::spawn_blocking(move || {
            file.wanted_soon(at, AHEAD.min(end - at));
            let count = file.read(block.space(end - at), at)?;
            Ok(block.into_bytes(count))
        }));
        Ok(None)
    }

    /// What was read of the first piece.
    fn pass(&mut self, bytes: Bytes) -> io::Result<Bytes> {
        if bytes.is_empty() {
            // The length is promised already: the client sees that the answer is broken off.
            self.pieces.clear();
            let reason = "the file got shorter while it was sent";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
        }
        if let Some(Piece::Range(range)) = self.pieces.front_mut() {
            range.start += bytes.len() as u64;
            if range.is_empty() {
                self.pieces.pop_front();
            }
        }
        Ok(bytes)
    }
}

impl Stream for FileBody {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.reading.is_none() {
            let wanted = match self.pieces.front() {
                None => return Poll::Ready(None),
                Some(Piece::Range(range)) => range.clone(),
                Some(Piece::Text(text)) => {
                    let text = text.clone();
                    self.pieces.pop_front();
                    return Poll::Ready(Some(Ok(text)));
                }
            };
            match self.begin(&wanted) {
                Ok(Some(bytes)) => return Poll::Ready(Some(self.pass(bytes))),
                Ok(None) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(None);
        };
        let read = std::task::ready!(Pin::new(reading).poll(context));
        self.reading = None;
        let bytes = read.unwrap_or_else(|e| Err(io::Error::other(e)));
        Poll::Ready(Some(bytes.and_then(|bytes| self.pass(bytes))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let bytes: u64 = self.pieces.iter().map(Piece::length).sum();
        (
            usize::try_from(bytes).unwrap_or(usize::MAX).div_ceil(BLOCK),
            None,
        )
    }
}
