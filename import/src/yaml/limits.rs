//! Bounds that keep memory constant whatever a file contains.

/// Longest scalar, and most text between two syntactic events, in bytes. The general parser may need 40 times as much
/// memory, because it keeps all tokens of a list in brackets that might still become a key.
pub(super) const SCALAR_BYTES: usize = 4 << 20;

/// Deepest nesting of lists and mappings, aliases expanded.
pub(super) const DEPTH: usize = 100;

/// Largest record or header in memory, aliases expanded, in bytes.
pub(super) const NODE_BYTES: usize = 64 << 20;

/// Memory for anchors, which may be referred to until the end of the file, in bytes.
pub(super) const ANCHOR_BYTES: usize = 256 << 20;
