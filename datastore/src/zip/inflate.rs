//! The bytes of a member, inflated while they come, and checked against what the central directory says.

use bytes::Bytes;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::entry::{Method, ZipMember};
use crate::error::Result;

/// Bytes that are made at a time.
const BLOCK: usize = 128 << 10;

/// A member that is being read.
pub(super) struct Reading<'a> {
    source: BoxStream<'a, Result<Bytes>>,
    input: Bytes,
    /// `None` if its bytes are stored.
    inflate: Option<Box<Decompress>>,
    crc: Crc,
    expected: u32,
    /// Bytes that are still to come.
    left: u64,
}

impl<'a> Reading<'a> {
    /// From the bytes that the archive has of it.
    pub(super) fn new(member: &ZipMember, source: BoxStream<'a, Result<Bytes>>) -> Self {
        let is_deflated = member.method == Method::Deflated;
        Self {
            source,
            input: Bytes::new(),
            inflate: is_deflated.then(|| Box::new(Decompress::new(false))),
            crc: Crc::new(),
            expected: member.crc,
            left: member.size,
        }
    }

    /// The next piece; `None` at the end, if all of it was there and right. The inner `Err` says in words what is wrong.
    pub(super) async fn next(&mut self) -> Result<std::result::Result<Option<Bytes>, String>> {
        loop {
            if self.input.is_empty() {
                match self.source.next().await {
                    Some(piece) => self.input = piece?,
                    None => return Ok(self.made(true)),
                }
            }
            match self.made(false) {
                Ok(None) if !self.is_over() => {}
                made => return Ok(made),
            }
        }
    }

    fn is_over(&self) -> bool {
        // A deflated stream ends itself; what has all its bytes may still have to be told so.
        self.inflate.is_none() && self.left == 0 && self.input.is_empty()
    }

    /// Something of what is there already.
    fn made(&mut self, is_end: bool) -> std::result::Result<Option<Bytes>, String> {
        let Some(inflate) = &mut self.inflate else {
            let piece = std::mem::take(&mut self.input);
            return self.pass(piece, is_end);
        };
        let mut block = Vec::with_capacity(BLOCK);
        let before = inflate.total_in();
        let status = inflate.decompress_vec(&self.input, &mut block, FlushDecompress::None);
        let status = status.map_err(|e| format!("it cannot be inflated: {e}"))?;
        let used = usize::try_from(inflate.total_in() - before).unwrap_or(usize::MAX);
        self.input = self.input.slice(used.min(self.input.len())..);
        let is_stuck = block.is_empty() && (is_end || (used == 0 && !self.input.is_empty()));
        let is_end = status == Status::StreamEnd;
        if is_end {
            self.inflate = None;
            self.input = Bytes::new();
            self.source = futures_util::stream::empty().boxed();
        } else if is_stuck {
            return Err("its compressed bytes are cut off".to_owned());
        }
        self.pass(block.into(), is_end)
    }

    fn pass(&mut self, piece: Bytes, is_end: bool) -> std::result::Result<Option<Bytes>, String> {
        let left = self.left.checked_sub(piece.len() as u64);
        self.left = left.ok_or("it has more bytes than the central directory says")?;
        self.crc.update(&piece);
        if self.left == 0 && self.crc.sum() != self.expected {
            return Err("its bytes are not those of its CRC-32; the archive is damaged".to_owned());
        }
        if is_end && self.left > 0 {
            return Err(format!(
                "it lacks {} bytes of what the central directory says",
                self.left
            ));
        }
        Ok((!piece.is_empty()).then_some(piece))
    }
}
