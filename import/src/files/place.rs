//! Puts the files of an export in their places and stages what the records of the datastore will say.

use std::path::Path;

use pantry_datastore::transfer::{
    FolderLock, PlaceOptions, PlaceRequest, Placed, Placer, Target, TransferMode, unlink_source,
};
use pantry_datastore::{Checksum, DatastoreError, Found};
use pantry_registry::Registry;
use rayon::prelude::*;

use super::inspect::usable;
use super::locate::{LocatedFile, local_target, locate, locate_in_place};
use super::{FileFinding, FileOptions, OnMissing};
use crate::Error;
use crate::load::PLACED_TABLE;
use crate::plan::{Plan, PlanInput};
use crate::stage::{Cell, CellType, Stage, TableNo};

/// Files in their places; dropped without [`PlacedFiles::keep`] what this run placed is removed again.
pub struct PlacedFiles {
    placer: Option<Placer>,
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
    pub fn keep(mut self) -> Option<FolderLock> {
        self.placer.take().and_then(Placer::keep)
    }

    /// Remove what this run placed, because the rows could not be committed; says how many files.
    pub fn undo(mut self) -> Result<u64, Error> {
        match self.placer.take() {
            Some(placer) => Ok(placer.undo()?),
            None => Ok(0),
        }
    }
}

/// What one file's record will say.
struct Outcome {
    size: u64,
    checksum: Option<Checksum>,
    is_new: bool,
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
    let lock = FolderLock::acquire(options.root.path(), on_wait)?;
    let place = PlaceOptions {
        mode: options.mode,
        checksum: options.checksum,
        jobs: options.jobs,
        progress: options.progress.clone(),
    };
    let placer = Placer::new(&options.root, lock, place)?;
    let mut writer = PlacedWriter::begin(stage, Some(placer), input, options, report)?;
    locate(registry, stage, input, plan, options, |files| {
        writer.add(stage, files)
    })?;
    let placed = writer.end(stage)?;
    if let Some(placer) = &placed.placer {
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
    locate_in_place(stage, input, options, |files| writer.add(stage, files))?;
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
        placer: Option<Placer>,
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
                placer,
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
        let outcomes = outcomes(&files, self.placed.placer.as_ref(), self.options);
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

    fn end(self, stage: &Stage) -> Result<PlacedFiles, Error> {
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

/// Deal with a batch; `Err` says in words why a file cannot be used, and whether it may be skipped.
fn outcomes(
    files: &[LocatedFile],
    placer: Option<&Placer>,
    options: &FileOptions,
) -> Vec<Result<Outcome, Problem>> {
    match placer {
        None => stay(files, options),
        Some(placer) => put(files, placer, options),
    }
}

/// Why a file could not be dealt with.
enum Problem {
    /// It is not there, or cannot be used as a file.
    Missing(String),
    /// Something that no other file will do better, such as a full disk.
    Failed(Error),
}

fn stay(files: &[LocatedFile], options: &FileOptions) -> Vec<Result<Outcome, Problem>> {
    if options.checksum {
        let outcome = |file: &LocatedFile| match file.found {
            Found::NotAFile => Err(Problem::Missing("not a file".to_owned())),
            _ => checksummed(&local_target(&file.target, &file.source)),
        };
        return files.par_iter().map(outcome).collect();
    }
    let outcome = |(size, _): (u64, bool)| Outcome {
        size,
        checksum: None,
        is_new: false,
    };
    files
        .iter()
        .map(|f| usable(f.found).map(outcome).map_err(Problem::Missing))
        .collect()
}

fn checksummed(path: &Path) -> Result<Outcome, Problem> {
    let (checksum, size) = Checksum::blake3_of(path).map_err(|e| problem(e, path))?;
    Ok(Outcome {
        size,
        checksum: Some(checksum),
        is_new: false,
    })
}

fn put(
    files: &[LocatedFile],
    placer: &Placer,
    options: &FileOptions,
) -> Vec<Result<Outcome, Problem>> {
    let requests: Vec<Option<PlaceRequest>> = files.iter().map(request).collect();
    let wanted: Vec<PlaceRequest> = requests.iter().flatten().cloned().collect();
    let mut answers = placer.place(&wanted);
    // What made all of them stop says more than that the first of them was stopped.
    let cause = |answer: &Result<Placed, DatastoreError>| {
        matches!(answer, Err(DatastoreError::Full { .. }))
    };
    if let Some(Err(error)) = answers
        .iter()
        .position(cause)
        .map(|at| answers.swap_remove(at))
    {
        return vec![Err(Problem::Failed(error.into()))];
    }
    let mut answers = answers.into_iter();
    files
        .iter()
        .zip(requests)
        .map(
            |(file, request)| match request.and_then(|_| answers.next()) {
                None if is_moved(file) => already_placed(file, options),
                // The file is where it should be already.
                None => stay(std::slice::from_ref(file), options)
                    .pop()
                    .unwrap_or(Err(Problem::Missing("missing".to_owned()))),
                Some(Ok(placed)) => Ok(Outcome {
                    size: placed.size,
                    checksum: placed.checksum,
                    is_new: placed.is_new,
                }),
                Some(Err(error)) => Err(problem(error, &file.source)),
            },
        )
        .collect()
}

fn request(file: &LocatedFile) -> Option<PlaceRequest> {
    match &file.target {
        _ if file.found == Found::NotAFile || is_moved(file) => None,
        Target::Stay(_) => None,
        Target::Place(location) => Some(PlaceRequest::new(
            file.source.clone(),
            location.local_path()?,
        )),
    }
}

/// Whether the file is gone from the export and in its place in the datastore, as a `move` leaves it.
fn is_moved(file: &LocatedFile) -> bool {
    match &file.target {
        Target::Place(location) if file.found == Found::Missing => {
            location.local_path().is_some_and(|path| path.is_file())
        }
        _ => false,
    }
}

/// The outcome for a file that an earlier run put in its place, as it is there.
fn already_placed(file: &LocatedFile, options: &FileOptions) -> Result<Outcome, Problem> {
    let path = local_target(&file.target, &file.source);
    if options.checksum {
        return checksummed(&path);
    }
    let metadata =
        std::fs::metadata(&path).map_err(|e| Problem::Failed(Error::io("looking at", &path, e)))?;
    Ok(Outcome {
        size: metadata.len(),
        checksum: None,
        is_new: false,
    })
}

fn problem(error: DatastoreError, source: &Path) -> Problem {
    if source.exists() {
        Problem::Failed(error.into())
    } else {
        Problem::Missing("missing".to_owned())
    }
}

/// Whether the record that names the file is to blame, rather than the place where the file should go.
fn is_about_source(error: &DatastoreError) -> bool {
    matches!(
        error,
        DatastoreError::BadMode { .. } | DatastoreError::Denied { .. }
    )
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
            file.source.display()
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
    locate(registry, stage, input, plan, options, |files| {
        for file in &files {
            if let Target::Place(location) = &file.target
                && let Some(destination) = location.local_path().filter(|d| d.exists())
            {
                removed += u64::from(unlink_source(&file.source, &destination)?);
            }
        }
        Ok(())
    })?;
    Ok(removed)
}
