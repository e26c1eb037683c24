//! What `import` and the verbs like it are told about files.
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_import::RepoDatastore;
use pantry_import::files::{FileOptions, OnMissing};

use crate::context;
use crate::transfer::Transfer;

/// Flags about files, and how the report is printed.
#[derive(Debug, clap::Args)]
pub struct FileArgs {
    /// How files get into the datastore
    #[arg(short, long, value_enum, default_value = "auto")]
    transfer: Transfer,

    /// Record sizes and checksums of files (the default)
    #[arg(long, overrides_with = "no_track_file_attrs")]
    track_file_attrs: bool,

    /// Record neither sizes nor checksums of files
    #[arg(long, overrides_with = "track_file_attrs")]
    no_track_file_attrs: bool,

    /// Print what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Checksum to record; by default blake3 when files are copied or moved, else none
    #[arg(long, value_enum)]
    checksum: Option<ChecksumKind>,

    /// Look into files before anything is done: FITS structure, Parquet footers, no error pages in their place
    #[arg(long)]
    sanity: bool,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// What to do when a file is missing: fail, or register its datasets without it
    #[arg(long, value_enum, default_value_t)]
    on_missing: MissingPolicy,

    /// Where missing files are listed, one JSON object a line
    #[arg(long, value_name = "FILE", default_value = "pantry-missing.jsonl")]
    pub missing_report: PathBuf,

    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

impl FileArgs {
    /// Options for files that are named relative to `folder`. They must be below it or one of the prefixes; without prefixes
    /// they may be anywhere.
    pub fn options(
        &self,
        datastore: RepoDatastore,
        folder: ResourcePath,
        prefixes: Option<(Vec<PathBuf>, Vec<ResourcePath>)>,
    ) -> FileOptions {
        let mode = TransferMode::from(self.transfer);
        let is_confined = prefixes.is_some();
        let (allowed, allowed_uris) =
            prefixes.unwrap_or_else(|| (vec![PathBuf::from("/")], Vec::new()));
        FileOptions {
            root: datastore.root,
            templates: datastore.templates,
            formatters: datastore.formatters,
            folder,
            is_confined,
            allowed,
            allowed_uris,
            stores: Stores::from_process(),
            mode,
            checksum: self
                .checksum
                .map_or(mode.copies_bytes(), |c| c == ChecksumKind::Blake3),
            track: !self.no_track_file_attrs,
            sanity: self.sanity,
            known: false,
            zip: None,
            jobs: self.jobs.unwrap_or_else(context::processors),
            on_missing: match self.on_missing {
                MissingPolicy::Error => OnMissing::Error,
                MissingPolicy::Skip => OnMissing::Skip,
            },
            progress: Arc::new(TransferProgress::default()),
        }
    }

    /// The list of missing files.
    pub fn missing_list(&self) -> LazyFile<'_> {
        LazyFile::new(&self.missing_report)
    }
}

/// Which checksum is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ChecksumKind {
    Blake3,
    None,
}

/// `--on-missing`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum MissingPolicy {
    #[default]
    Error,
    Skip,
}

/// Format of the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    #[default]
    Text,
    Json,
}

/// A file that is created when something is written to it.
pub struct LazyFile<'a> {
    path: &'a Path,
    file: Option<File>,
}

impl<'a> LazyFile<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, file: None }
    }
}

impl Write for LazyFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::create(self.path)?),
        };
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}
