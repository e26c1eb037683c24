//! What can be wrong with the structure of a file.

use std::fmt;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Against the standard, but all data can be found.
    Warning,
    /// Data are missing or cannot be found.
    Error,
}

/// One fault and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Number of the HDU; the primary one is 0.
    pub hdu: usize,
    /// Byte of the file where the header at fault begins, or what does not belong there.
    pub offset: u64,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub problem: Problem,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HDU {} at byte {}: {}",
            self.hdu, self.offset, self.problem
        )
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The first card is not SIMPLE.
    #[error("not a FITS file: it begins with {0:?} and not with SIMPLE")]
    NotFits(String),
    /// `SIMPLE = F`.
    #[error("SIMPLE is not T: the file does not claim to follow the standard")]
    NotSimple,
    /// No END card.
    #[error("the header has no END")]
    NoEnd,
    /// END is there, but the block that it is in is cut.
    #[error("the file ends within the last block of the header")]
    HeaderCut,
    /// Something follows END in its block.
    #[error("the header's last block is not blank after END")]
    HeaderFill,
    /// Bytes that are not printable ASCII in a header.
    #[error("byte {byte:#04x} in card {card} of the header is not printable ASCII")]
    NotAscii {
        /// Number of the card, from 1.
        card: usize,
        /// The byte.
        byte: u8,
    },
    /// A mandatory keyword is not there.
    #[error("the header has no {0}")]
    Missing(String),
    /// A mandatory keyword has a value that it cannot have.
    #[error("{keyword} cannot be {value}")]
    BadValue {
        /// The keyword.
        keyword: String,
        /// The value as it stands there.
        value: String,
    },
    /// A mandatory keyword is not where it must be.
    #[error("{keyword} is card {card} of the header, not card {wanted}")]
    Misplaced {
        /// The keyword.
        keyword: String,
        /// Where it is, from 1.
        card: usize,
        /// Where it must be.
        wanted: usize,
    },
    /// The axes multiply to more bytes than a file can have.
    #[error("the data would have more bytes than a file can have")]
    TooLarge,
    /// Columns and row length disagree.
    #[error("the columns of the table have {columns} bytes, its rows {row}")]
    RowLength {
        /// Bytes of all columns.
        columns: u64,
        /// `NAXIS1`.
        row: u64,
    },
    /// The heap lies outside of the data.
    #[error("the heap begins at byte {0} of the data, which is in the rows or behind the data")]
    Heap(i64),
    /// The file ends before the data.
    #[error("the file is truncated: the data end at byte {wanted}, the file at byte {len}")]
    DataCut {
        /// Where the data would end.
        wanted: u64,
        /// Length of the file.
        len: u64,
    },
    /// The file ends before the last block.
    #[error("the file ends at byte {len}, within what fills the last block of the data")]
    FillCut {
        /// Length of the file.
        len: u64,
    },
    /// What fills the last block of data is not what it must be.
    #[error("what fills the last block of the data is not {0}")]
    DataFill(&'static str),
    /// An extension of a type that the standard does not name.
    #[error("extension of the unregistered type {0:?}")]
    UnknownExtension(String),
    /// Bytes after the last HDU that are not zero.
    #[error("{0} bytes after the last HDU that belong to none")]
    Trailing(u64),
    /// Zeros after the last HDU.
    #[error("{0} zero bytes after the last HDU")]
    TrailingZeros(u64),
}
