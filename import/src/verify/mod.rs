//! Whether a repo is whole: database against itself, records against files, files against records.

mod check;
mod copies;
mod database;
mod elsewhere;
mod files;
mod finding;
mod members;
mod merged;
mod odd;
mod pace;
mod pages;
mod position;
mod record;
mod report;
mod sample;
mod state;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use pantry_datastore::DatastoreRoot;
use pantry_datastore::store::Stores;
use pantry_registry::Registry;

pub use copies::CopyOptions;
pub use finding::{Finding, Problem};
pub use pace::Pace;
pub use position::{Counts, Position};
pub use report::VerifyWatch;
pub use sample::Sample;
pub use state::{ResumeFile, Subject};

use crate::{Error, RepoDatastore};
use odd::OddRecords;
use report::Report;

/// How to verify.
#[derive(Debug)]
pub struct VerifyOptions<'a> {
    /// Also compute the checksums of files that have one recorded.
    pub checksums: bool,
    /// Also look whether FITS and Parquet files are whole, and no file is a page of HTML.
    pub structure: bool,
    /// What is done about copies of files.
    pub copies: CopyOptions,
    /// Whether files are looked at at all.
    pub files: bool,
    /// Only these files.
    pub sample: Option<Sample>,
    /// How fast files are read.
    pub pace: Option<Pace>,
    /// When to end although not all was looked at.
    pub until: Option<Instant>,
    /// Threads that look at files.
    pub jobs: usize,
    /// Files that belong below the root without a record (absolute paths): configuration, database.
    pub known: HashSet<PathBuf>,
    /// Where to begin.
    pub start: Position,
    /// What was counted before that.
    pub counts: Counts,
    /// Where files are reached that are not on this machine.
    pub stores: Stores,
    /// Raised when the user wants it to stop.
    pub cancelled: &'a AtomicBool,
}

/// How a verification ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// What was looked at.
    pub counts: Counts,
    /// False if it was stopped or the time was up; then the last checkpoint says where to go on.
    pub is_complete: bool,
    /// Whether that was because the time was up.
    pub is_time_up: bool,
}

/// A verification that is going on.
struct Verification<'a> {
    root: DatastoreRoot,
    stores: Stores,
    datastore_name: String,
    records_table: String,
    /// Whether the table of records exists; the reference makes it when a repo is first opened for writing.
    has_records: bool,
    checksums: bool,
    structure: bool,
    copies: CopyOptions,
    files: bool,
    sample: Option<Sample>,
    pace: Option<Pace>,
    until: Option<Instant>,
    known: HashSet<PathBuf>,
    threads: rayon::ThreadPool,
    cancelled: &'a AtomicBool,
    /// Whether `integrity_check` complained.
    is_corrupt: bool,
}

/// Verify a repo. Nothing is changed but files that are to be repaired; memory does not grow with the repo.
///
/// Findings come in a fixed order: database, files below the root by path, files elsewhere by path. A file or record
/// that somebody adds or removes meanwhile may be taken as missing its other half.
///
/// # Errors
/// What stands in the way of looking; what is wrong with the repo goes to `watch`.
pub fn verify(
    registry: &mut Registry,
    datastore: &RepoDatastore,
    options: VerifyOptions<'_>,
    watch: &mut dyn VerifyWatch,
) -> Result<Ending, Error> {
    let root = datastore.root.clone();
    if let Some(root) = root.path() {
        // An unmounted file system would otherwise look like the loss of everything.
        std::fs::read_dir(root).map_err(|e| Error::io("opening the datastore's root", root, e))?;
    }
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs)
        .build()
        .map_err(|e| {
            Error::io(
                "starting threads for",
                Path::new("files"),
                io::Error::other(e),
            )
        })?;
    let mut verification = Verification {
        root,
        stores: options.stores,
        datastore_name: datastore.target.name.clone(),
        records_table: datastore.target.records_table.clone(),
        has_records: false,
        checksums: options.checksums,
        structure: options.structure,
        copies: options.copies,
        files: options.files,
        sample: options.sample,
        pace: options.pace,
        until: options.until,
        known: options.known,
        threads,
        cancelled: options.cancelled,
        is_corrupt: false,
    };
    let mut report = Report {
        watch,
        counts: options.counts,
    };
    let outcome = verification.run(registry, datastore, options.start, &mut report);
    // Ends the snapshot of the files' step; whatever happened, there is nothing to keep.
    let _ = registry.connection().rollback();
    let is_complete = match outcome {
        Err(error @ (Error::Registry(_) | Error::Sqlite(_))) if verification.is_corrupt => {
            report.add(&Finding::new(Problem::Database).found(error))?;
            true
        }
        other => other?,
    };
    Ok(Ending {
        counts: report.counts,
        is_complete,
        is_time_up: !is_complete && verification.is_time_up(),
    })
}

impl Verification<'_> {
    fn is_stopped(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn is_time_up(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }

    /// True unless the user stopped it.
    fn run(
        &mut self,
        registry: &mut Registry,
        datastore: &RepoDatastore,
        start: Position,
        report: &mut Report<'_>,
    ) -> Result<bool, Error> {
        let tables = registry.connection().table_names()?;
        self.has_records = tables.contains(&self.records_table);
        let mut position = start;
        if position == Position::Start {
            report.watch.step("checking the database", None);
            if !self.check_database(registry, report)? {
                return Ok(false);
            }
            position = Position::Files {
                after: String::new(),
            };
            report.checkpoint(position.clone())?;
        }
        if !self.files {
            return Ok(true);
        }
        let records = self.count_records(registry)?;
        report.watch.step("checking files", records);
        report.watch.advance(report.counts.records);
        let table = self.has_records.then_some(self.records_table.as_str());
        let odd = OddRecords::stage(registry.connection(), table, &datastore.root)?;
        if let Position::Files { after } = &position {
            if !self.check_files(registry, &odd, after, report)? {
                return Ok(false);
            }
            position = Position::Elsewhere {
                after: String::new(),
            };
            report.checkpoint(position.clone())?;
        }
        match &position {
            Position::Elsewhere { after } => self.check_elsewhere(&odd, after, report),
            _ => Ok(true),
        }
    }

    fn count_records(&self, registry: &mut Registry) -> Result<Option<u64>, Error> {
        if !self.has_records {
            return Ok(None);
        }
        let connection = registry.connection();
        let statement = connection.statement().text("SELECT count(*) FROM ");
        let counts = connection.collect(&statement.table(&self.records_table), |r| r.get_i64(0))?;
        Ok(counts.first().and_then(|count| u64::try_from(*count).ok()))
    }
}
