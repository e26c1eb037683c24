//! The files of an export: where they are, where they go, and putting them there.

mod content;
mod expand;
mod inspect;
mod locate;
mod members;
mod outcome;
mod place;
mod remote;
mod sanity;
mod source;
mod watched;
mod zip_of_files;

use std::path::PathBuf;
use std::sync::Arc;

use pantry_datastore::store::Stores;
use pantry_datastore::template::FileTemplates;
use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_datastore::{DatastoreRoot, FormatterNames, ResourcePath};
use serde::Serialize;

pub(crate) use content::{open, side_by_side};
pub(crate) use expand::Expander;
pub use inspect::survey;
pub use locate::resolve_mode;
pub use place::{PlacedFiles, place, place_none, unlink_sources};
pub(crate) use remote::note_size;
pub(crate) use source::StagedDataset;
pub(crate) use watched::watched;
pub use zip_of_files::ZipOfFiles;

/// What to do about files that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMissing {
    /// The import fails before anything is changed.
    Error,
    /// Their datasets are registered without a file; importing again when the files are there completes them.
    Skip,
}

/// How files get into the datastore.
pub struct FileOptions {
    /// The datastore's root.
    pub root: DatastoreRoot,
    /// Its path templates.
    pub templates: FileTemplates,
    /// Formatters of dataset types, for files whose formatter the export does not name.
    pub formatters: FormatterNames,
    /// Folder of the files that the export names.
    pub folder: ResourcePath,
    /// Whether files must be below one of the folders and prefixes, as those of an export must.
    pub is_confined: bool,
    /// Other folders of this machine that files may be in.
    pub allowed: Vec<PathBuf>,
    /// Prefixes in other stores that files may be below.
    pub allowed_uris: Vec<ResourcePath>,
    /// Where files are reached that are not on this machine.
    pub stores: Stores,
    /// Transfer mode; `auto` until [`resolve_mode`].
    pub mode: TransferMode,
    /// Whether BLAKE3 is computed and recorded.
    pub checksum: bool,
    /// Whether sizes are recorded (`--track-file-attrs`).
    pub track: bool,
    /// Whether files are looked into before they are dealt with.
    pub sanity: bool,
    /// Whether sizes and checksums that the export says are recorded, in place of those that were found.
    pub known: bool,
    /// Threads.
    pub jobs: usize,
    /// What to do about missing files.
    pub on_missing: OnMissing,
    /// The zip that all files are members of, if they are of one.
    pub zip: Option<ZipOfFiles>,
    /// Counters and stop switch.
    pub progress: Arc<TransferProgress>,
}

/// A file that is missing or cannot be used.
#[derive(Debug, Clone, Serialize)]
pub struct FileFinding {
    /// Path as the export has it.
    pub path: String,
    /// Line of the record.
    pub line: i64,
    /// What is wrong.
    pub problem: String,
}

/// What a look at all files found.
#[derive(Debug, Default, Serialize)]
pub struct FileSurvey {
    /// Transfer mode, with `auto` resolved.
    pub transfer: String,
    /// Files that are there.
    pub present: u64,
    /// Files that are not.
    pub missing: u64,
    /// Destinations that exist with another size than the file that should go there.
    pub wrong_size: u64,
    /// Files that cannot be what their names say; only if they are looked into.
    pub unsound: u64,
    /// Files that are symbolic links.
    pub symlinks: u64,
    /// Files that are in their place already.
    pub in_place: u64,
    /// Size of all present files together.
    pub bytes: u64,
    /// The first findings.
    pub findings: Vec<FileFinding>,
    /// Datasets without a file record in the repo whose file is there.
    pub new_records: u64,
}

/// Files dealt with at a time: bounds memory, and large enough to flush many copies at once.
const BATCH: usize = 8192;
