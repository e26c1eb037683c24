//! Counters that a display thread reads while files are placed, and the switch that stops the work.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared between the threads that place files and those that watch.
#[derive(Debug, Default)]
pub struct TransferProgress {
    files: AtomicU64,
    bytes: AtomicU64,
    stopped: AtomicBool,
}

impl TransferProgress {
    /// Files dealt with so far.
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// Bytes copied or read for checksums so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Ask for a stop: files begun are dropped, the others not begun.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn add_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_bytes(&self, count: u64) {
        self.bytes.fetch_add(count, Ordering::Relaxed);
    }
}
