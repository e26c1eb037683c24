//! Bounds that keep memory constant whatever a file contains.

/// Longest scalar, and most text between two syntactic events, in bytes.
pub(super) const SCALAR_BYTES: usize = 16 << 20;

/// Deepest nesting of lists and mappings, aliases expanded.
pub(super) const DEPTH: usize = 100;

/// Largest record or header in memory, aliases expanded, in bytes.
pub(super) const NODE_BYTES: usize = 64 << 20;

/// Memory for anchors, which may be referred to until the end of the file, in bytes.
pub(super) const ANCHOR_BYTES: usize = 256 << 20;
