//! One import from beginning to end: read, plan, place files, load, and for `move` remove the sources.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pantry_registry::Registry;
use serde::Serialize;

use crate::Error;
use crate::export::{self, ReadOptions};
use crate::files::{self, FileOptions, FileSurvey, PlacedFiles};
use crate::load::{self, DatastoreTarget, IngestTime, LoadReport};
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

/// What is imported, and how.
pub struct ImportOptions {
    /// The export file.
    pub file: PathBuf,
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

/// The steps of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The export is read; counted in bytes.
    Read,
    /// The plan is made.
    Plan,
    /// Files are looked at or put in their places.
    Files,
    /// Rows go into the registry.
    Load,
    /// Sources of moved files are removed.
    Unlink,
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

/// How often the placing of files is looked at from outside.
const WATCHED: Duration = Duration::from_millis(50);

/// Import an export into a repo.
///
/// # Errors
/// Whatever the error, the registry is as it was, and files that this run placed are gone again.
pub fn import(
    registry: &mut Registry,
    options: &ImportOptions,
    mut files: Option<FileOptions>,
    missing: &mut dyn std::io::Write,
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
    export.warnings.iter().for_each(|w| watch.warn(w));
    let formatters = files.as_ref().map(|f| f.formatters.clone());
    let place = load::place(registry);
    load::attach(registry, &stage, &place)?;
    let job = Job {
        input: PlanInput {
            file: &options.file,
            export: &export,
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

struct Job<'a> {
    input: PlanInput<'a>,
    options: &'a ImportOptions,
    watch: &'a dyn Watch,
    /// What [`load::data_version`] was before the plan was made.
    planned_at: i64,
}

impl Job<'_> {
    fn check_kept(&self, plan: &Plan) -> Result<(), Error> {
        if plan.kept_records == 0 {
            return Ok(());
        }
        let shown: Vec<String> = plan.kept.iter().map(|k| format!("\n  {k}")).collect();
        let message = format!(
            "{} dimension record(s) differ from the repo's: {}",
            plan.kept_records,
            shown.concat()
        );
        match self.options.on_conflict {
            OnConflict::Error => Err(Error::Conflict(message)),
            OnConflict::Keep => {
                self.watch
                    .warn(&format!("the repo's records stay; {message}"));
                Ok(())
            }
        }
    }

    fn dry_run(
        &self,
        registry: &mut Registry,
        stage: &Stage,
        plan: Plan,
        files: Option<&FileOptions>,
    ) -> Result<ImportReport, Error> {
        let datastore = self.options.datastore.as_ref();
        let survey = match (files, datastore) {
            (Some(files), Some(datastore)) => {
                let name = &datastore.name;
                Some(files::survey(
                    registry,
                    stage,
                    &self.input,
                    &plan,
                    files,
                    name,
                )?)
            }
            _ => None,
        };
        let load = plan::expected_rows(
            self.input.export,
            &plan,
            datastore,
            survey.as_ref().map_or(0, |s| s.new_records),
        );
        Ok(ImportReport {
            plan,
            survey,
            load,
            ..ImportReport::default()
        })
    }

    fn apply(
        &self,
        registry: &mut Registry,
        stage: &mut Stage,
        plan: Plan,
        files: Option<&FileOptions>,
        missing: &mut dyn std::io::Write,
    ) -> Result<ImportReport, Error> {
        let mut report = ImportReport::default();
        let mut placed = None;
        if let Some(files) = files {
            self.watch.begin(Step::Files, self.input.export.files);
            let done = self.place(registry, stage, &plan, files, missing)?;
            report.files_recorded = done.recorded;
            report.files_placed = done.placed;
            report.bytes_placed = done.bytes;
            report.files_skipped = done.skipped;
            placed = Some(done);
            load::copy_placed(registry, stage, self.input.place)?;
        }
        self.watch.begin(Step::Load, 0);
        let (plan, load) = match self.write(registry, &plan) {
            Ok((newer, load)) => (newer.unwrap_or(plan), load),
            Err(error) => return Err(self.explain(registry, &plan, error, placed)),
        };
        report.load = load;
        // The datastore's lock is held until the sources are gone.
        let lock = placed.and_then(PlacedFiles::keep);
        if let Some(files) = files {
            self.watch.begin(Step::Unlink, self.input.export.files);
            report.sources_removed =
                files::unlink_sources(registry, stage, &self.input, &plan, files)?;
        }
        drop(lock);
        report.plan = plan;
        Ok(report)
    }

    /// Put the files in their places while another thread shows how far that is and passes on a wish to stop.
    fn place(
        &self,
        registry: &mut Registry,
        stage: &mut Stage,
        plan: &Plan,
        files: &FileOptions,
        missing: &mut dyn std::io::Write,
    ) -> Result<PlacedFiles, Error> {
        let on_wait = || {
            self.watch
                .warn("another import is placing files in this datastore; waiting for it to end")
        };
        let is_over = AtomicBool::new(false);
        let placed = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    if self.watch.cancelled().load(Ordering::Relaxed) {
                        files.progress.stop();
                    }
                    self.watch.reached(files.progress.files());
                    std::thread::park_timeout(WATCHED);
                }
            });
            let placed = files::place(registry, stage, &self.input, plan, files, missing, on_wait);
            is_over.store(true, Ordering::Relaxed);
            watcher.thread().unpark();
            placed
        });
        match placed {
            Err(_) if files.progress.is_stopped() => Err(Error::Interrupted),
            // Two datasets of the export may want one place.
            Err(error @ Error::Datastore(_)) => {
                Err(load::diagnose(registry, &self.input, plan).unwrap_or(error))
            }
            placed => placed,
        }
    }

    /// The transaction. If others have written since the plan was made, a new one is made under the lock.
    fn write(
        &self,
        registry: &mut Registry,
        plan: &Plan,
    ) -> Result<(Option<Plan>, LoadReport), Error> {
        load::begin(registry)?;
        let result = (|| {
            let changed = load::data_version(registry)? != self.planned_at;
            let newer = match changed {
                true => Some(plan::plan(registry, &self.input)?),
                false => None,
            };
            let plan = newer.as_ref().unwrap_or(plan);
            let loaded = load::load(
                registry,
                &self.input,
                plan,
                self.options.datastore.as_ref(),
                IngestTime::now(),
            )?;
            let added = loaded.rows.get("dataset").copied().unwrap_or(0);
            if added + plan.existing_datasets != self.input.export.datasets {
                // Others have put some of these datasets in since the plan was made (PostgreSQL): the same ones?
                plan::plan(registry, &self.input)?;
            }
            Ok::<_, Error>((newer, loaded))
        })();
        load::end(registry, result)
    }

    /// Take placed files back, and say what the database's complaint means in terms of the export.
    fn explain(
        &self,
        registry: &mut Registry,
        plan: &Plan,
        error: Error,
        placed: Option<PlacedFiles>,
    ) -> Error {
        if matches!(error, Error::CommitUnknown(_)) {
            // The rows may be there, so their files must stay.
            drop(placed.map(PlacedFiles::keep));
            return error;
        }
        if let Some(Err(undo)) = placed.map(PlacedFiles::undo) {
            self.watch.warn(&format!(
                "files that were placed could not all be removed: {undo}"
            ));
        }
        load::diagnose(registry, &self.input, plan).unwrap_or(error)
    }
}
