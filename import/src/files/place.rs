//! Puts the files of an export in their places and stages what the records of the datastore will say.

use std::path::Path;

use pantry_datastore::ResourcePath;
use pantry_datastore::transfer::{
    FolderLock, PlaceOptions, Placer, RemotePlacer, Target, TransferMode, unlink_source,
};
use pantry_registry::Registry;

use super::locate::{LocatedFile, locate, locate_in_place};
use super::outcome::{Outcome, Placers, Problem, is_about_source, outcomes};
use super::sanity::unsound;
use super::{FileFinding, FileOptions, OnMissing, ZipOfFiles};
use crate::Error;
use crate::export::{KNOWN_TABLE, MEMBER_TABLE};
use crate::load::{PLACED_TABLE, quote};
use crate::plan::{Plan, PlanInput};
use crate::stage::{Cell, CellType, Stage, TableNo};

/// Files in their places; dropped without [`PlacedFiles::keep`] what this run placed is removed again.
pub struct PlacedFiles {
    placers: Placers,
    /// Files that have a record now.
    pub recorded: u64,
    /// Files that this run put in their place.
    pub placed: u64,
    /// Their size together in bytes.
    pub bytes: u64,
    /// Files that were skipped because they are missing.
    pub skipped: u64,
}

impl PlacedFiles {
    /// The rows are committed: all files stay. The lock on the datastore is held until the result is dropped.
    pub fn keep(self) -> Option<FolderLock> {
        self.placers.remote.keep();
        self.placers.local.and_then(Placer::keep)
    }

    /// Remove what this run placed, because the rows could not be committed; says how many files.
    pub fn undo(self) -> Result<u64, Error> {
        let elsewhere = self.placers.remote.undo();
        let here = self.placers.local.map_or(Ok(0), Placer::undo)?;
        Ok(here + elsewhere?)
    }
}

/// Place all files and fill the stage's table of placed files.
///
/// Missing files are written to `report`, one JSON object a line, when they are to be skipped.
pub fn place(
    registry: &mut Registry,
    stage: &mut Stage,
    input: &PlanInput<'_>,
    plan: &Plan,
    options: &FileOptions,
    report: &mut dyn std::io::Write,
    on_wait: impl FnOnce(),
) -> Result<PlacedFiles, Error> {
    let mut local = None;
    if let Some(root) = options.root.path() {
        let lock = FolderLock::acquire(root, on_wait)?;
        let place = PlaceOptions {
            mode: options.mode,
            checksum: options.checksum,
            jobs: options.jobs,
            progress: options.progress.clone(),
        };
        local = Some(Placer::new(root, lock, place)?);
    }
    let mut writer = PlacedWriter::begin(stage, local, input, options, report)?;
    match &options.zip {
        Some(zip) => writer.add_zip(stage, zip)?,
        None => locate(registry, stage, input, plan, options, |files| {
            writer.add(stage, files)
        })?,
    }
    let placed = writer.end(stage)?;
    if let Some(placer) = &placed.placers.local {
        placer.sync()?;
    }
    Ok(placed)
}

/// Look at all files in the modes that leave them where they are, and fill the stage's table of placed files.
///
/// Missing files are written to `report` as [`place`] does it.
pub fn place_none(
    stage: &mut Stage,
    input: &PlanInput<'_>,
    options: &FileOptions,
    report: &mut dyn std::io::Write,
) -> Result<PlacedFiles, Error> {
    let mut writer = PlacedWriter::begin(stage, None, input, options, report)?;
    match &options.zip {
        Some(zip) => writer.add_zip(stage, zip)?,
        None => locate_in_place(stage, input, options, |files| writer.add(stage, files))?,
    }
    writer.end(stage)
}

/// Fills the stage's table of placed files.
struct PlacedWriter<'a> {
    table: TableNo,
    placed: PlacedFiles,
    input: &'a PlanInput<'a>,
    options: &'a FileOptions,
    report: &'a mut dyn std::io::Write,
}

impl<'a> PlacedWriter<'a> {
    fn begin(
        stage: &mut Stage,
        local: Option<Placer>,
        input: &'a PlanInput<'a>,
        options: &'a FileOptions,
        report: &'a mut dyn std::io::Write,
    ) -> Result<Self, Error> {
        let columns = [
            ("path".to_owned(), CellType::Text),
            ("checksum".to_owned(), CellType::Text),
            ("size".to_owned(), CellType::Int),
        ];
        let table = stage.table(PLACED_TABLE, &columns)?;
        stage.begin()?;
        Ok(Self {
            table,
            placed: PlacedFiles {
                placers: Placers {
                    local,
                    remote: RemotePlacer::new(
                        options.stores.clone(),
                        options.checksum,
                        options.progress.clone(),
                    )?,
                },
                recorded: 0,
                placed: 0,
                bytes: 0,
                skipped: 0,
            },
            input,
            options,
            report,
        })
    }

    fn add(&mut self, stage: &Stage, files: Vec<LocatedFile>) -> Result<(), Error> {
        if self.options.sanity {
            let problems = unsound(&files, &self.options.stores)?;
            if let Some((file, problem)) =
                files.iter().zip(problems).find_map(|(f, p)| Some((f, p?)))
            {
                let line = u64::try_from(file.line).unwrap_or(0);
                let message = format!(
                    "the file {} is not sound: {problem}; nothing was changed",
                    file.shown()
                );
                return Err(self.input.fault(line, message));
            }
        }
        let outcomes = outcomes(&files, &self.placed.placers, self.options);
        for (file, outcome) in files.into_iter().zip(outcomes) {
            match outcome {
                Ok(outcome) => {
                    let row = self.placed.record(&file, &outcome, self.options);
                    stage.insert_at(self.table, file.file, &row)?;
                }
                Err(problem) => skip(
                    &mut self.placed,
                    self.input,
                    self.options,
                    &file,
                    problem,
                    self.report,
                )?,
            }
        }
        Ok(())
    }

    /// Deal with the zip; its members are where it is.
    fn add_zip(&mut self, stage: &Stage, zip: &ZipOfFiles) -> Result<(), Error> {
        let file = zip.located();
        let outcome = outcomes(
            std::slice::from_ref(&file),
            &self.placed.placers,
            self.options,
        );
        let outcome = outcome.into_iter().next();
        match outcome.unwrap_or_else(|| Err(Problem::Missing("missing".to_owned()))) {
            Ok(outcome) => {
                self.placed.placed += u64::from(outcome.is_new);
                self.placed.bytes += if outcome.is_new { outcome.size } else { 0 };
            }
            Err(Problem::Failed(error)) => return Err(error),
            Err(Problem::Missing(problem)) => {
                let message = format!("the zip {} is {problem}; nothing was changed", file.shown());
                return Err(Error::Files(message));
            }
        }
        let mut members = stage.connection().prepare(&format!(
            "SELECT file, path, checksum, size FROM {} GROUP BY file",
            quote(MEMBER_TABLE)
        ))?;
        let mut members = members.query([])?;
        while let Some(member) = members.next()? {
            let checksum: Option<String> = member.get(2)?;
            let row = [
                Cell::Text(member.get(1)?),
                Cell::text(checksum.as_deref()),
                Cell::Int(member.get(3)?),
            ];
            stage.insert_at(self.table, member.get(0)?, &row)?;
            self.placed.recorded += 1;
        }
        Ok(())
    }

    fn end(self, stage: &Stage) -> Result<PlacedFiles, Error> {
        if self.options.known && stage.get(KNOWN_TABLE).is_some() {
            let (placed, known) = (quote(PLACED_TABLE), quote(KNOWN_TABLE));
            stage.connection().execute_batch(&format!(
                "UPDATE {placed} SET checksum = k.checksum, size = k.size FROM {known} k WHERE k.seq = {placed}.seq"
            ))?;
        }
        stage.commit()?;
        Ok(self.placed)
    }
}

impl PlacedFiles {
    /// The row of the stage's table of placed files.
    fn record(
        &mut self,
        file: &LocatedFile,
        outcome: &Outcome,
        options: &FileOptions,
    ) -> [Cell; 3] {
        self.recorded += 1;
        if outcome.is_new {
            self.placed += 1;
            self.bytes += outcome.size;
        }
        // -1 is what the reference writes for "not tracked".
        let size = if options.track {
            i64::try_from(outcome.size).unwrap_or(i64::MAX)
        } else {
            -1
        };
        let checksum = outcome
            .checksum
            .filter(|_| options.track)
            .map(|c| c.to_string());
        [
            Cell::Text(file.target.location().record().to_owned()),
            Cell::text(checksum.as_deref()),
            Cell::Int(size),
        ]
    }
}

fn skip(
    placed: &mut PlacedFiles,
    input: &PlanInput<'_>,
    options: &FileOptions,
    file: &LocatedFile,
    problem: Problem,
    report: &mut dyn std::io::Write,
) -> Result<(), Error> {
    let problem = match problem {
        Problem::Failed(Error::Datastore(error)) if is_about_source(&error) => {
            return Err(input.fault(file.line.unsigned_abs(), error.to_string()));
        }
        Problem::Failed(error) => return Err(error),
        Problem::Missing(problem) => problem,
    };
    let line = u64::try_from(file.line).unwrap_or(0);
    if options.on_missing == OnMissing::Error {
        let message = format!(
            "the file {} is {problem}; nothing was changed (--on-missing skip registers its datasets without it)",
            file.shown()
        );
        return Err(input.fault(line, message));
    }
    placed.skipped += 1;
    let finding = FileFinding {
        path: file.path.clone(),
        line: file.line,
        problem,
    };
    let written = serde_json::to_writer(&mut *report, &finding).map_err(std::io::Error::from);
    written.and_then(|()| report.write_all(b"\n")).map_err(|e| {
        Error::io(
            "writing the report of missing files",
            Path::new("(report)"),
            e,
        )
    })
}

/// The last step of `move`: remove the sources of files that are in their places and whose rows are committed. Returns how
/// many were removed.
pub fn unlink_sources(
    registry: &mut Registry,
    stage: &Stage,
    input: &PlanInput<'_>,
    plan: &Plan,
    options: &FileOptions,
) -> Result<u64, Error> {
    let mut removed = 0;
    if options.mode != TransferMode::Move {
        return Ok(removed);
    }
    if let Some(zip) = &options.zip {
        return Ok(u64::from(unlink(&zip.located(), options)?));
    }
    locate(registry, stage, input, plan, options, |files| {
        for file in &files {
            removed += u64::from(unlink(file, options)?);
        }
        Ok(())
    })?;
    Ok(removed)
}

/// Remove the source of one file, if it was placed.
fn unlink(file: &LocatedFile, options: &FileOptions) -> Result<bool, Error> {
    let Target::Place(location) = &file.target else {
        return Ok(false);
    };
    match (&file.source, location.local_path()) {
        (Some(source), Some(target)) if target.exists() => Ok(unlink_source(source, &target)?),
        (Some(_), Some(_)) => Ok(false),
        _ => move_away(&file.uri, location.uri(), options),
    }
}

/// Remove the source of a file whose destination is there with the same size. False if it was gone already.
fn move_away(
    source: &ResourcePath,
    target: &ResourcePath,
    options: &FileOptions,
) -> Result<bool, Error> {
    let (from, to) = (options.stores.find(source)?, options.stores.find(target)?);
    let moved = async {
        let there = (
            from.store.stat(&from.key).await?,
            to.store.stat(&to.key).await?,
        );
        let (Some(from_size), Some(to_size)) = (there.0.map(|o| o.size), there.1.map(|o| o.size))
        else {
            return Ok(false);
        };
        if from_size != to_size {
            return Ok(false);
        }
        from.store.delete(&from.key).await?;
        Ok(true)
    };
    Ok(options.stores.wait(moved)?)
}
