//! One import from beginning to end: read, plan, place files, load, and for `move` remove the sources.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use pantry_registry::Registry;
use serde::Serialize;

use crate::Error;
use crate::export::{self, Export, ReadOptions};
use crate::files::{self, FileOptions, FileSurvey};
use crate::ingest::ScrutinyReport;
use crate::job::Job;
use crate::load::{self, DatastoreTarget, LoadReport};
use crate::plan::{self, Plan, PlanInput};
use crate::stage::Stage;

/// Whether an import goes on when dimension records differ from the repo's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// The repo's records stay, as in the reference; how many and which is reported.
    Keep,
    /// The import fails before anything is changed.
    Error,
}

/// What datasets and their files are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A Butler export.
    Export,
    /// A table of files, whose paths must be those that the repo has for datasets which it has already.
    Table,
    /// A tree of files with a recipe; the same holds for their paths.
    Recipe,
    /// A zip of datasets with its index; the same holds for their paths.
    Zip,
}

impl Origin {
    /// Its word in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Table => "table",
            Self::Recipe => "recipe",
            Self::Zip => "zip",
        }
    }
}

/// What is imported, and how.
pub struct ImportOptions {
    /// The export file, or the table of files.
    pub file: PathBuf,
    /// Which of the two it is.
    pub origin: Origin,
    /// Elements whose records are not imported.
    pub skip_dimensions: Vec<String>,
    /// Seconds after midnight TAI at which observing days start, by instrument.
    pub day_obs_offsets: BTreeMap<String, i64>,
    /// What to do about dimension records that differ.
    pub on_conflict: OnConflict,
    /// Only plan.
    pub dry_run: bool,
    /// The datastore's table of records and its name; `None` fills the registry only.
    pub datastore: Option<DatastoreTarget>,
}

/// The steps of an import or an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The export is read; counted in bytes.
    Read,
    /// Files are compared with lists of checksums and with each other.
    Check,
    /// The plan is made.
    Plan,
    /// Files are looked at or put in their places.
    Files,
    /// Rows go into the registry.
    Load,
    /// Sources of moved files are removed.
    Unlink,
    /// Datasets to export are found; counted in datasets.
    Select,
    /// It is found out which dimension records an export needs.
    Records,
    /// An export is written; counted in datasets.
    Write,
}

/// What happens now, for people to see.
pub trait Watch: Sync {
    /// Another step of the work begins; `total` is 0 where it is not known.
    fn begin(&self, step: Step, total: u64);
    /// So much of the current step is done.
    fn reached(&self, done: u64);
    /// Something that the user should know.
    fn warn(&self, message: &str);
    /// Set when the user asks to stop.
    fn cancelled(&self) -> &AtomicBool;
}

/// What an import did, or would do.
#[derive(Debug, Default, Serialize)]
pub struct ImportReport {
    /// What the plan found.
    pub plan: Plan,
    /// How the files compare with lists of checksums and with each other, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrutiny: Option<ScrutinyReport>,
    /// What the files are like; only of a dry run.
    pub survey: Option<FileSurvey>,
    /// Rows added by table; of a dry run what is known beforehand.
    pub load: LoadReport,
    /// Files that have a record now.
    pub files_recorded: u64,
    /// Files that this run put in their place.
    pub files_placed: u64,
    /// Size of the files that this run put in their place.
    pub bytes_placed: u64,
    /// Missing files that were skipped.
    pub files_skipped: u64,
    /// Sources removed by `move`.
    pub sources_removed: u64,
}

/// Import an export into a repo.
///
/// # Errors
/// Whatever the error, the registry is as it was, and files that this run placed are gone again.
pub fn import(
    registry: &mut Registry,
    options: &ImportOptions,
    files: Option<FileOptions>,
    missing: &mut (dyn std::io::Write + Send),
    watch: &dyn Watch,
) -> Result<ImportReport, Error> {
    let mut stage = Stage::create()?;
    let universe = registry.universe().clone();
    watch.begin(
        Step::Read,
        std::fs::metadata(&options.file).map_or(0, |m| m.len()),
    );
    let export = export::read(
        &options.file,
        &mut stage,
        &ReadOptions {
            universe: &universe,
            day_obs_offsets: options.day_obs_offsets.clone(),
            cancelled: watch.cancelled(),
            progress: &|done| watch.reached(done),
        },
    )?;
    import_staged(registry, stage, &export, options, files, missing, watch)
}

/// Import what is in the stage.
pub(crate) fn import_staged(
    registry: &mut Registry,
    mut stage: Stage,
    export: &Export,
    options: &ImportOptions,
    mut files: Option<FileOptions>,
    missing: &mut (dyn std::io::Write + Send),
    watch: &dyn Watch,
) -> Result<ImportReport, Error> {
    export.warnings.iter().for_each(|w| watch.warn(w));
    let formatters = files.as_ref().map(|f| f.formatters.clone());
    let place = load::place(registry);
    load::attach(registry, &stage, &place)?;
    let job = Job {
        input: PlanInput {
            file: &options.file,
            origin: options.origin,
            export,
            skip_dimensions: &options.skip_dimensions,
            place: &place,
            formatters: formatters.as_ref(),
        },
        options,
        watch,
        planned_at: load::data_version(registry)?,
    };
    if let Some(files) = &mut files {
        files.mode = files::resolve_mode(&stage, files)?;
        if files.mode == pantry_datastore::transfer::TransferMode::Split {
            watch.warn("some files are below the datastore's root and stay there, the others are recorded where they are");
        }
    }
    watch.begin(Step::Plan, 0);
    let plan = plan::plan(registry, &job.input)?;
    job.check_kept(&plan)?;
    if options.dry_run {
        return job.dry_run(registry, &stage, plan, files.as_ref());
    }
    job.apply(registry, &mut stage, plan, files.as_ref(), missing)
}
