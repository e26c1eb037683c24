//! Memory in which files are read, used again and again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Bytes of a block: it should stay in the processor's cache between the read and the send.
pub const BLOCK: usize = 128 << 10;

/// Blocks that are kept for later.
const KEPT: usize = 64;

static FREE: Mutex<Vec<Box<[u8]>>> = Mutex::new(Vec::new());

fn free() -> MutexGuard<'static, Vec<Box<[u8]>>> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A block; what is in it is left over from its last use.
pub struct Block {
    memory: Box<[u8]>,
    filled: usize,
}

impl Block {
    /// Take one.
    pub fn take() -> Self {
        let used = free().pop();
        Self {
            memory: used.unwrap_or_else(|| vec![0; BLOCK].into_boxed_slice()),
            filled: 0,
        }
    }

    /// Its first bytes, at most `most`, to be written.
    pub fn space(&mut self, most: u64) -> &mut [u8] {
        let most = usize::try_from(most).unwrap_or(BLOCK).min(BLOCK);
        &mut self.memory[..most]
    }

    /// The first `filled` bytes, without a copy; the block is free again when they are dropped.
    pub fn into_bytes(mut self, filled: usize) -> Bytes {
        self.filled = filled.min(BLOCK);
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        &self.memory[..self.filled]
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        let mut free = free();
        if free.len() < KEPT {
            free.push(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_that_were_written() {
        let mut block = Block::take();
        block.space(3).copy_from_slice(b"abc");
        let bytes = block.into_bytes(3);
        let mut other = Block::take();
        other.space(u64::MAX).fill(b'x');
        assert_eq!(other.space(u64::MAX).len(), BLOCK);
        assert_eq!((&bytes[..], &bytes[1..2]), (&b"abc"[..], &b"b"[..]));
        assert_eq!(other.into_bytes(1), "x");
    }
}
