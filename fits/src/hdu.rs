//! What the index says of one HDU.

/// Kind of an HDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HduKind {
    /// The first one.
    Primary,
    /// An `IMAGE` extension.
    Image,
    /// An ASCII `TABLE`.
    AsciiTable,
    /// A `BINTABLE`.
    BinaryTable,
    /// Another extension.
    Other(String),
}

/// An image that is compressed tile by tile into a binary table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompressedImage {
    /// Name of the algorithm (`ZCMPTYPE`).
    pub algorithm: String,
    /// `ZBITPIX`.
    pub bitpix: i64,
    /// `ZNAXISn`.
    pub axes: Vec<u64>,
}

/// One header and data unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hdu {
    /// Its number; the primary one is 0.
    pub number: usize,
    /// Its kind.
    pub kind: HduKind,
    /// Where its header begins.
    pub header_offset: u64,
    /// Where its data begin.
    pub data_offset: u64,
    /// Length of its data without what fills the last block.
    pub data_len: u64,
    /// `BITPIX`.
    pub bitpix: i64,
    /// `NAXISn`.
    pub axes: Vec<u64>,
    /// `PCOUNT`.
    pub pcount: u64,
    /// `GCOUNT`.
    pub gcount: u64,
    /// Whether the data are random groups.
    pub is_groups: bool,
    /// `EXTNAME`.
    pub name: Option<String>,
    /// `EXTVER`; 1 if it is not given.
    pub version: i64,
    /// The image that the table holds, if it does.
    pub compressed: Option<CompressedImage>,
}

impl Hdu {
    /// Whether this is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, HduKind::AsciiTable | HduKind::BinaryTable)
    }

    /// Bytes of a row, if this is a table.
    pub fn row_len(&self) -> Option<u64> {
        self.is_table()
            .then(|| self.axes.first().copied().unwrap_or(0))
    }

    /// Rows, if this is a table.
    pub fn rows(&self) -> Option<u64> {
        self.is_table()
            .then(|| self.axes.get(1).copied().unwrap_or(0))
    }
}
