//! Sizes that bound memory, whatever a file claims.

/// Bytes of a FITS block.
pub const BLOCK: u64 = 2880;

/// Bytes of a card.
pub const CARD: usize = 80;

/// Longest header that is read; one without END before this is taken to have none.
pub const HEADER: u64 = 16 << 20;

/// Bytes read at a time from a header: ten blocks, which is most headers.
pub(crate) const HEADER_READ: u64 = 10 * BLOCK;

/// Bytes of rows read at a time from a table; a longer row is read cell by cell.
pub const ROWS: u64 = 1 << 20;

/// Longest text in a cell of a table.
pub const CELL: u64 = 1 << 20;

/// Findings of a check that are kept; the others are counted.
pub const FAULTS: usize = 100;
