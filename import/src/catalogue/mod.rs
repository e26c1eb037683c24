//! Catalogues as they precede an ingest into Qserv: a director table, whose rows are the objects, and child tables that refer to
//! its ids, each in files that are parted by tract and patch.
//!
//! Each file is read once, block by block. Ids go to sorters that spill to temporary files ([`sorter`](self)), so that memory
//! does not grow with the catalogue; afterwards the sorted ids of tables are merged to find those that are there twice, or in one
//! table only.

mod agree;
mod columns;
mod compare;
mod finding;
mod ids;
mod inspect;
mod key;
mod positions;
mod read;
mod run;
mod sorter;
mod tables;
mod units;
mod verdict;

use std::sync::atomic::AtomicBool;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;

pub use finding::{Finding, Problem, Tally};
pub use key::{Key, KeyValue, PARTITION};
pub use positions::Footprint;
pub use run::{Outcome, verify_catalogue};
pub use tables::{FolderTable, list_folder};
pub use verdict::{Verdict, Verdicts};

use crate::Error;

/// A file of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogueFile {
    /// Number of the table; 0 is the director.
    pub table: usize,
    /// Which part of the table it is.
    pub key: Key,
    /// How it is called in reports and lists.
    pub name: String,
    /// Where it is.
    pub uri: Place,
}

/// Where a file is; sorts as nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub ResourcePath);

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The column of ids.
    pub id: String,
    /// Whether it has exactly one row for each object.
    pub one_row: bool,
}

/// How a catalogue is verified.
#[derive(Debug)]
pub struct CatalogueOptions<'a> {
    /// The tables, the director first.
    pub tables: Vec<Table>,
    /// Pairs of columns with right ascension and declination; the first that a file has counts.
    pub positions: Vec<(String, String)>,
    /// Columns of tables of text without a line of names; empty if they have one.
    pub text_columns: Vec<String>,
    /// Where there should be files of all tables.
    pub expected: Vec<Key>,
    /// Problems that do not count.
    pub ignored: Vec<Problem>,
    /// Ids that each finding names.
    pub sample: usize,
    /// Threads that read files.
    pub jobs: usize,
    /// Where files are.
    pub stores: Stores,
    /// Raised when the user wants it to stop.
    pub cancelled: &'a AtomicBool,
}

/// What the surroundings know and want to know.
pub trait CatalogueWatch {
    /// The parts of the sky of some files; `None` where nothing is known. Files with no dimension of the sky are not asked for.
    /// Without any knowledge at all, answers nothing for all.
    ///
    /// # Errors
    /// An error ends the verification.
    fn footprints(&mut self, keys: &[&Key]) -> Result<Vec<Sky>, Error>;

    /// A file was read, or could not be.
    ///
    /// # Errors
    /// An error ends the verification.
    fn file(&mut self, file: &CatalogueFile, rows: Option<u64>) -> Result<(), Error>;

    /// Something is wrong.
    ///
    /// # Errors
    /// An error ends the verification.
    fn finding(&mut self, finding: &Finding) -> Result<(), Error>;

    /// A step begins, of so many things if that is known.
    fn step(&mut self, name: &'static str, total: Option<u64>);

    /// So many more things of the step are done.
    fn advance(&mut self, count: u64);
}

/// What is known of the part of the sky of a file.
pub enum Sky {
    /// Nobody was asked to know it.
    Unasked,
    /// It should be known, and is not.
    Unknown,
    /// This.
    Known(Box<dyn Footprint>),
}
