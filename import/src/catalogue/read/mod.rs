//! Reading the columns that are checked, block by block: CSV and TSV, FITS, Parquet.

mod csv;
mod fits;
mod pages;
mod parquet;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::columns::Column;
use crate::file_bytes::FileBytes;
use crate::structure::{fault, start_of};

/// Rows that are handed over at a time, at most.
const ROWS: usize = 8192;

/// More rows than this are not read: no file of a catalogue that is parted by sky has them, but a damaged one may claim them.
pub const MOST_ROWS: u64 = 1 << 31;

/// Some rows.
#[derive(Debug, Default)]
pub struct Block {
    /// Ids; `None` where there is none or no integer.
    pub ids: Vec<Option<i64>>,
    /// Right ascension and declination; NaN where there is none. Empty if they were not asked for.
    pub positions: Vec<(f64, f64)>,
}

/// The columns that are wanted, by number.
#[derive(Debug, Clone, Copy)]
pub struct Picked {
    /// The ids.
    pub id: usize,
    /// Right ascension and declination.
    pub position: Option<(usize, usize)>,
}

/// What was found out about a file while it was read.
#[derive(Debug, Default)]
pub struct Facts {
    /// Number of rows.
    pub rows: u64,
    /// Its columns, with types.
    pub columns: Vec<Column>,
    /// It is a table of text whose last line has no end.
    pub is_cut: bool,
}

/// Chooses columns; `Err` says in words what is missing.
pub type Pick<'a> = dyn Fn(&[Column]) -> Result<Picked, String> + 'a;

/// Takes rows; `Err` ends the reading.
pub type EachBlock<'a> = dyn FnMut(&Block) -> Result<(), String> + 'a;

/// Why a file was not read.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be read.
    Unreadable(String),
    /// It has not the columns that are wanted.
    Columns(String, Vec<Column>),
}

impl<T: ToString> From<T> for Fault {
    fn from(message: T) -> Self {
        Self::Unreadable(message.to_string())
    }
}

/// Read a file. FITS and Parquet are known by their first bytes or their name, tables of text by their name. `names` are the
/// columns of tables of text that have no line of names; empty if they have one.
pub fn read(
    bytes: &FileBytes,
    name: &str,
    names: &[String],
    pick: &Pick<'_>,
    each: &mut EachBlock<'_>,
) -> Result<Facts, Fault> {
    if let Some(fault) = fault(bytes, name).map_err(|e| e.to_string())? {
        return Err(Fault::Unreadable(fault));
    }
    let start = start_of(bytes).map_err(|e| e.to_string())?;
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|e| lower.ends_with(e));
    if start.starts_with(b"SIMPLE  ") || ends(&[".fits", ".fit", ".fts"]) {
        return fits::read(bytes, pick, each);
    }
    if start.starts_with(b"PAR1") || ends(&[".parquet", ".parq"]) {
        // The reader of Parquet is not ours, and files may be anything.
        let outcome = catch_unwind(AssertUnwindSafe(|| parquet::read(bytes, pick, each)));
        return outcome.unwrap_or_else(|_| Err("the Parquet file is damaged".into()));
    }
    let delimiter = match () {
        () if ends(&[".csv", ".csv.gz"]) => b',',
        () if ends(&[".tsv", ".tab", ".tsv.gz"]) => b'\t',
        () => {
            return Err(
                "its format is not known; it may be CSV (.csv), TSV (.tsv), FITS or Parquet".into(),
            );
        }
    };
    let is_gzip = lower.ends_with(".gz");
    csv::read(bytes, delimiter, is_gzip, names, pick, each)
}
