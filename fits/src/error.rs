//! Why a file could not be read as FITS.

use crate::fault::Fault;

/// Why a file, a header or a column could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FitsError {
    /// The bytes could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The structure is broken, so that nothing after this place can be found.
    #[error("{0}")]
    Structure(Box<Fault>),
    /// The HDU is not a table.
    #[error("HDU {hdu} is no table")]
    NotATable {
        /// Number of the HDU; the primary one is 0.
        hdu: usize,
    },
    /// A table has no such column.
    #[error("the table in HDU {hdu} has no column '{column}'")]
    NoColumn {
        /// Number of the HDU.
        hdu: usize,
        /// Name that was asked for.
        column: String,
    },
    /// A column cannot be read: not of one value a row, or its definition is wrong.
    #[error("column '{column}' of HDU {hdu}: {reason}")]
    Column {
        /// Number of the HDU.
        hdu: usize,
        /// Name of the column.
        column: String,
        /// What is wrong.
        reason: String,
    },
}

impl From<Fault> for FitsError {
    fn from(fault: Fault) -> Self {
        Self::Structure(Box::new(fault))
    }
}
