//! An export as this room works with it: small things in memory, rows in the stage.

mod datasets;
mod entry;
mod header;
pub mod layout;
mod read;
mod records;
mod stager;
mod upconvert;

use std::collections::{BTreeMap, BTreeSet};

use pantry_registry::model::collection::CollectionType;

pub(crate) use datasets::DatasetStager;
pub use read::{ReadOptions, read};
pub(crate) use records::RecordStager;
pub(crate) use stager::association_tables;

/// A dataset type that the export defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedDatasetType {
    /// Name.
    pub name: String,
    /// Dimension names as the export lists them.
    pub dimensions: Vec<String>,
    /// Storage class name.
    pub storage_class: String,
    /// Whether datasets may have validity ranges.
    pub is_calibration: bool,
    /// Line of the entry.
    pub line: u64,
}

/// A collection that the export defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedCollection {
    /// Name.
    pub name: String,
    /// Type.
    pub collection_type: CollectionType,
    /// Documentation.
    pub doc: Option<String>,
    /// Children of a chain, in search order.
    pub children: Vec<String>,
    /// Line of the entry.
    pub line: u64,
}

/// The datasets whose data IDs have the same keys: one stage table.
///
/// Columns of the table: `id`, `type` (index into [`Export::types`]), `run` (index into [`Export::runs`]), `file` (`seq`
/// of the `file` table), then one `k_<dimension>` for each key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Name of the stage table.
    pub table: String,
    /// Data ID keys in alphabetical order.
    pub keys: Vec<String>,
    /// Number of datasets.
    pub rows: u64,
    /// How often an id is smaller than the one before it: 0 when they ascend.
    pub descents: u64,
}

/// A staged export.
#[derive(Debug, Default)]
pub struct Export {
    /// Dataset types in order of the file.
    pub dataset_types: Vec<ExportedDatasetType>,
    /// Collections: runs, then tagged and calibration ones, then chains, each in order of the file, which is the order in
    /// which the reference registers them.
    pub collections: Vec<ExportedCollection>,
    /// Number of staged records of each dimension element.
    pub records: BTreeMap<String, u64>,
    /// Stage tables of datasets.
    pub shapes: Vec<Shape>,
    /// Names of the dataset types that datasets have.
    pub types: Vec<String>,
    /// Names of the runs that datasets are in.
    pub runs: Vec<String>,
    /// Formatter names of files; `None` where the export gives none.
    pub formatters: Vec<Option<String>>,
    /// `(shape, type, run)` of all datasets, and the line where each combination first occurs.
    pub combinations: BTreeMap<(usize, usize, usize), u64>,
    /// `(type, run, governor dimension, value)` of all datasets.
    pub governors: BTreeSet<(usize, usize, String, String)>,
    /// Number of datasets.
    pub datasets: u64,
    /// Number of files.
    pub files: u64,
    /// TAGGED collections with associations, and the line of the first.
    pub tagged: BTreeMap<String, u64>,
    /// CALIBRATION collections with validity ranges, and the line of the first.
    pub calibrations: BTreeMap<String, u64>,
    /// Whether datasets of one file may be apart in their stage table.
    pub is_scattered: bool,
    /// What the user should know although it is no error.
    pub warnings: Vec<String>,
}

impl Export {
    /// Line of the first dataset whose `(shape, type, run)` is wanted; 0 if there is none.
    pub fn first_line(&self, wanted: impl Fn((usize, usize, usize)) -> bool) -> u64 {
        let lines = self.combinations.iter().filter(|(key, _)| wanted(**key));
        lines.map(|(_, line)| *line).min().unwrap_or(0)
    }
}

/// Name of the stage table of an element's records.
pub fn record_table(element: &str) -> String {
    format!("rec_{element}")
}

/// Name of the stage table of the common skypix pixels that an element's records overlap: `rec`, `pixel`.
pub fn overlap_table(element: &str) -> String {
    format!("ovl_{element}")
}

/// Stage table of files: `path`, `formatter` (index into [`Export::formatters`]), `line`.
pub const FILE_TABLE: &str = "file";

/// Stage table of what the export says about files beyond the reference's format, with the `seq` of [`FILE_TABLE`]: `checksum`,
/// `size`.
pub const KNOWN_TABLE: &str = "known";

/// Stage table of what the records of members of a zip will say: `id`, `file` (`seq` of [`FILE_TABLE`]), `path`, `formatter`,
/// `storage_class`, `component`, `checksum`, `size`.
pub const MEMBER_TABLE: &str = "member";

/// Stage table of associations: `collection` (name), `id`.
pub const TAG_TABLE: &str = "tag";

/// Stage table of certifications: `collection` (name), `id`, `timespan_begin`, `timespan_end`.
pub const CALIB_TABLE: &str = "calib";
