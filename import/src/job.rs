//! The part of an import that changes something: files into their places, rows into the registry, sources away.

use pantry_registry::schema::dialect::Dialect;
use pantry_registry::{Registry, RegistryError};

use crate::Error;
use crate::files::{self, FileOptions, PlacedFiles};
use crate::import::{ImportOptions, ImportReport, OnConflict, Step, Watch};
use crate::load::{self, IngestTime, LoadReport, OnExisting};
use crate::plan::{self, Plan, PlanInput};
use crate::stage::Stage;

/// A planned import.
pub struct Job<'a> {
    /// What the plan was made of.
    pub input: PlanInput<'a>,
    /// What the caller wants.
    pub options: &'a ImportOptions,
    /// Who is told.
    pub watch: &'a dyn Watch,
    /// What [`load::data_version`] was before the plan was made.
    pub planned_at: i64,
}

/// Rows of a transaction that is not ended yet.
struct Written {
    /// The plan that was made under the lock, if others wrote after the first.
    newer: Option<Plan>,
    load: LoadReport,
}

/// The part of a job that is about files.
struct FileStep<'a> {
    options: &'a FileOptions,
    /// Where missing files are listed.
    missing: &'a mut (dyn std::io::Write + Send),
    /// Set when the files are dealt with.
    placed: Option<PlacedFiles>,
}

impl Job<'_> {
    /// Tell or refuse dimension records that differ from the repo's.
    pub fn check_kept(&self, plan: &Plan) -> Result<(), Error> {
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
            OnConflict::Error => Err(self.input.conflict(message)),
            OnConflict::Keep => {
                self.watch
                    .warn(&format!("the repo's records stay; {message}"));
                Ok(())
            }
        }
    }

    /// What [`Job::apply`] would do; nothing is changed.
    pub fn dry_run(
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

    /// Do what was planned.
    pub fn apply(
        &self,
        registry: &mut Registry,
        stage: &mut Stage,
        plan: Plan,
        files: Option<&FileOptions>,
        missing: &mut (dyn std::io::Write + Send),
    ) -> Result<ImportReport, Error> {
        let mut step = files.map(|options| FileStep {
            options,
            missing,
            placed: None,
        });
        let written = self.write(registry, stage, &plan, step.as_mut());
        let placed = step.and_then(|s| s.placed);
        let (plan, load) = match written {
            Ok((newer, load)) => (newer.unwrap_or(plan), load),
            Err(error) => return Err(self.explain(registry, &plan, error, placed)),
        };
        let mut report = ImportReport {
            load,
            ..ImportReport::default()
        };
        if let Some(placed) = &placed {
            report.files_recorded = placed.recorded;
            report.files_placed = placed.placed;
            report.bytes_placed = placed.bytes;
            report.files_skipped = placed.skipped;
        }
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

    /// Files, then the transaction.
    fn write(
        &self,
        registry: &mut Registry,
        stage: &mut Stage,
        plan: &Plan,
        step: Option<&mut FileStep<'_>>,
    ) -> Result<(Option<Plan>, LoadReport), Error> {
        let existing = match plan.existing_datasets {
            0 => OnExisting::Refuse,
            _ => OnExisting::Skip,
        };
        if let Some(step) = step {
            self.watch.begin(Step::Files, self.input.export.files);
            let stays = !step.options.mode.places_files();
            if stays && self.input.place.dialect == Dialect::Postgresql {
                return self.write_beside(registry, stage, plan, step, existing);
            }
            match stays {
                true => self.look(stage, step)?,
                false => self.place(registry, stage, plan, step)?,
            }
            load::copy_placed(registry, stage, self.input.place)?;
        }
        self.watch.begin(Step::Load, 0);
        let first = self.begin(registry, plan, existing);
        let ended = self.end(registry, plan, first, existing);
        self.again_if_met(registry, plan, ended, existing, |_| Ok(()))
    }

    /// Look at files that stay where they are while the server checks the constraints of the first rows: neither needs the
    /// other's result. SQLite's stage has one writer and its repo one lock, so there files come first.
    fn write_beside(
        &self,
        registry: &mut Registry,
        stage: &mut Stage,
        plan: &Plan,
        step: &mut FileStep<'_>,
        existing: OnExisting,
    ) -> Result<(Option<Plan>, LoadReport), Error> {
        let (looked, first) = std::thread::scope(|scope| {
            let looking = scope.spawn(|| self.look(stage, step));
            let first = self.begin(registry, plan, existing);
            (looking.join(), first)
        });
        self.watch.begin(Step::Load, 0);
        // Within the transaction: who begins another one must copy them again.
        let copy = |registry: &mut Registry| load::copy_placed(registry, stage, self.input.place);
        let looked = looked.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // Without files there is nothing to try again.
        let is_looked = looked.is_ok();
        let first = looked
            .and(first)
            .and_then(|written| copy(registry).map(|()| written));
        let ended = self.end(registry, plan, first, existing);
        match is_looked {
            true => self.again_if_met(registry, plan, ended, existing, copy),
            false => ended,
        }
    }

    /// Look at the files where they are.
    fn look(&self, stage: &mut Stage, step: &mut FileStep<'_>) -> Result<(), Error> {
        let looked = files::watched(self.watch, &step.options.progress, || {
            files::place_none(stage, &self.input, step.options, step.missing)
        });
        step.placed = Some(looked?);
        Ok(())
    }

    /// Put the files in their places.
    fn place(
        &self,
        registry: &mut Registry,
        stage: &mut Stage,
        plan: &Plan,
        step: &mut FileStep<'_>,
    ) -> Result<(), Error> {
        let on_wait = || {
            self.watch
                .warn("another import is placing files in this datastore; waiting for it to end")
        };
        let (options, missing) = (step.options, &mut *step.missing);
        let placed = files::watched(self.watch, &options.progress, || {
            files::place(
                registry,
                stage,
                &self.input,
                plan,
                options,
                missing,
                on_wait,
            )
        });
        step.placed = Some(match placed {
            // Two datasets of the export may want one place.
            Err(error @ Error::Datastore(_)) => {
                return Err(load::diagnose(registry, &self.input, plan).unwrap_or(error));
            }
            placed => placed?,
        });
        Ok(())
    }

    /// Begin the transaction and write what needs no file. If others have written since the plan was made, a new one is made
    /// under the lock.
    fn begin(
        &self,
        registry: &mut Registry,
        plan: &Plan,
        existing: OnExisting,
    ) -> Result<Written, Error> {
        load::begin(registry)?;
        let changed = load::data_version(registry)? != self.planned_at;
        let newer = match changed {
            true => Some(plan::plan(registry, &self.input)?),
            false => None,
        };
        let load = load::load_datasets(
            registry,
            &self.input,
            newer.as_ref().unwrap_or(plan),
            IngestTime::now(),
            existing,
        )?;
        Ok(Written { newer, load })
    }

    /// Write the rest and end the transaction.
    fn end(
        &self,
        registry: &mut Registry,
        plan: &Plan,
        first: Result<Written, Error>,
        existing: OnExisting,
    ) -> Result<(Option<Plan>, LoadReport), Error> {
        let result = first.and_then(|mut written| {
            let datastore = self.options.datastore.as_ref();
            if let Some(datastore) = datastore.filter(|_| existing == OnExisting::Skip) {
                load::check_recorded_paths(registry, &self.input, datastore)?;
            }
            load::load_rest(
                registry,
                &self.input,
                datastore,
                existing,
                &mut written.load,
            )?;
            let added = written.load.rows.get("dataset").copied().unwrap_or(0);
            let known = written.newer.as_ref().unwrap_or(plan).existing_datasets;
            if added + known != self.input.export.datasets {
                // Others have put some of these datasets in since the plan was made (PostgreSQL): the same ones?
                plan::plan(registry, &self.input)?;
            }
            Ok((written.newer, written.load))
        });
        load::end(registry, result)
    }

    /// If somebody put some of these datasets in meanwhile, although nobody had them when the plan was made, all is done again
    /// with an eye on theirs. `prepare` brings back what the first transaction took with it.
    fn again_if_met(
        &self,
        registry: &mut Registry,
        plan: &Plan,
        ended: Result<(Option<Plan>, LoadReport), Error>,
        existing: OnExisting,
        prepare: impl FnOnce(&mut Registry) -> Result<(), Error>,
    ) -> Result<(Option<Plan>, LoadReport), Error> {
        match ended {
            Err(Error::Registry(RegistryError::Constraint { .. }))
                if existing == OnExisting::Refuse =>
            {
                let again = self
                    .begin(registry, plan, OnExisting::Skip)
                    .and_then(|written| prepare(registry).map(|()| written));
                self.end(registry, plan, again, OnExisting::Skip)
            }
            ended => ended,
        }
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
        match error {
            // Neither is a complaint of the database.
            Error::Interrupted | Error::Input { .. } => error,
            error => load::diagnose(registry, &self.input, plan).unwrap_or(error),
        }
    }
}
