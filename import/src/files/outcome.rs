//! What becomes of each file of an export: it is put in its place, found there, or a problem.

use std::path::{Path, PathBuf};

use pantry_datastore::transfer::{PlaceRequest, Placed, Placer, RemotePlacer, Target};
use pantry_datastore::{Checksum, DatastoreError, Found};
use rayon::prelude::*;

use super::inspect::usable;
use super::locate::LocatedFile;
use super::{FileOptions, members};
use crate::Error;

/// What one file's record will say.
pub(super) struct Outcome {
    /// Its size in bytes.
    pub(super) size: u64,
    /// Its checksum, if one is wanted.
    pub(super) checksum: Option<Checksum>,
    /// Whether this run put it in its place.
    pub(super) is_new: bool,
}

/// What puts files in their places.
pub(super) struct Placers {
    /// Between folders of this machine; `None` if the datastore is elsewhere, or if nothing is placed.
    pub(super) local: Option<Placer>,
    /// Where one side is elsewhere.
    pub(super) remote: RemotePlacer,
}

/// Deal with a batch; `Err` says in words why a file cannot be used, and whether it may be skipped.
pub(super) fn outcomes(
    files: &[LocatedFile],
    placers: &Placers,
    options: &FileOptions,
) -> Vec<Result<Outcome, Problem>> {
    if !files.iter().any(LocatedFile::is_member) {
        return of_files(files, placers, options);
    }
    let (members, others): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.is_member());
    let mut members = members::outcomes(&members, options).into_iter();
    let others: Vec<LocatedFile> = others.into_iter().cloned().collect();
    let mut others = of_files(&others, placers, options).into_iter();
    let next = |file: &LocatedFile| match file.is_member() {
        true => members.next(),
        false => others.next(),
    };
    files.iter().map_while(next).collect()
}

fn of_files(
    files: &[LocatedFile],
    placers: &Placers,
    options: &FileOptions,
) -> Vec<Result<Outcome, Problem>> {
    if files.iter().all(|file| file.source.is_some()) && options.root.path().is_some() {
        return match &placers.local {
            None => stay(files, options),
            Some(placer) => put(files, placer, options),
        };
    }
    let is_here = |file: &&LocatedFile| match &file.target {
        Target::Stay(_) => file.source.is_some(),
        Target::Place(_) => file.source.is_some() && file.local_target().is_some(),
    };
    let (here, away): (Vec<&LocatedFile>, Vec<&LocatedFile>) = files.iter().partition(is_here);
    let here: Vec<LocatedFile> = here.into_iter().cloned().collect();
    let mut here = match &placers.local {
        None => stay(&here, options),
        Some(placer) => put(&here, placer, options),
    }
    .into_iter();
    let mut away = elsewhere(&away, placers, options).into_iter();
    let next = |file: &LocatedFile| match is_here(&file) {
        true => here.next(),
        false => away.next(),
    };
    let missing = || Err(Problem::Missing("missing".to_owned()));
    files
        .iter()
        .map(next)
        .map(|outcome| outcome.unwrap_or_else(missing))
        .collect()
}

/// Files of which source or destination is not on this machine.
fn elsewhere(
    files: &[&LocatedFile],
    placers: &Placers,
    options: &FileOptions,
) -> Vec<Result<Outcome, Problem>> {
    let placer = &placers.remote;
    let (mut copied, mut read, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        ready.push(prepare(file, placers.local.as_ref()));
        if let Some(Err(_)) = ready.last() {
            continue;
        }
        match (&file.target, usable(file.found)) {
            (Target::Place(location), _) => copied.push((&file.uri, location.uri())),
            (Target::Stay(_), Ok((size, _))) if options.checksum => read.push((&file.uri, size)),
            (Target::Stay(_), _) => {}
        }
    }
    let mut copied = placer.place(&copied).into_iter();
    let mut read = placer.checksums(&read).into_iter();
    let outcome = |(file, ready): (&&LocatedFile, Result<(), DatastoreError>)| {
        let fail = |error: DatastoreError| match error {
            DatastoreError::Missing { .. } => Problem::Missing("missing".to_owned()),
            error => Problem::Failed(error.into()),
        };
        ready.map_err(fail)?;
        if matches!(file.target, Target::Place(_)) {
            let placed = copied.next().unwrap_or_else(|| Err(stopped(file)));
            return placed.map(Outcome::from).map_err(fail);
        }
        let (size, _) = usable(file.found).map_err(Problem::Missing)?;
        let checksum = match options.checksum {
            true => Some(
                read.next()
                    .unwrap_or_else(|| Err(stopped(file)))
                    .map_err(fail)?
                    .0,
            ),
            false => None,
        };
        Ok(Outcome {
            size,
            checksum,
            is_new: false,
        })
    };
    files.iter().zip(ready).map(outcome).collect()
}

/// Make the folder ready that a file comes into, if that is on this machine.
fn prepare(file: &LocatedFile, placer: Option<&Placer>) -> Result<(), DatastoreError> {
    match (placer, &file.target, file.local_target()) {
        (Some(placer), Target::Place(_), Some(path)) => placer.prepare(&path),
        _ => Ok(()),
    }
}

fn stopped(file: &LocatedFile) -> DatastoreError {
    DatastoreError::Stopped {
        path: file.uri.to_string().into(),
    }
}

impl From<Placed> for Outcome {
    fn from(placed: Placed) -> Self {
        Self {
            size: placed.size,
            checksum: placed.checksum,
            is_new: placed.is_new,
        }
    }
}

/// Why a file could not be dealt with.
pub(super) enum Problem {
    /// It is not there, or cannot be used as a file.
    Missing(String),
    /// Something that no other file will do better, such as a full disk.
    Failed(Error),
}

fn stay(files: &[LocatedFile], options: &FileOptions) -> Vec<Result<Outcome, Problem>> {
    if options.checksum {
        let outcome = |file: &LocatedFile| match file.found {
            Found::NotAFile => Err(Problem::Missing("not a file".to_owned())),
            _ => checksummed(&place_of(file)),
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
                Some(Ok(placed)) => Ok(placed.into()),
                Some(Err(error)) => Err(problem(error, &source_of(file))),
            },
        )
        .collect()
}

fn request(file: &LocatedFile) -> Option<PlaceRequest> {
    match &file.target {
        _ if file.found == Found::NotAFile || is_moved(file) => None,
        Target::Stay(_) => None,
        Target::Place(location) => Some(PlaceRequest::new(source_of(file), location.local_path()?)),
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
    let path = place_of(file);
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

fn source_of(file: &LocatedFile) -> PathBuf {
    file.source.clone().unwrap_or_default()
}

/// Where a file of this machine is or goes.
fn place_of(file: &LocatedFile) -> PathBuf {
    file.local_target().unwrap_or_else(|| source_of(file))
}

fn problem(error: DatastoreError, source: &Path) -> Problem {
    if source.exists() {
        Problem::Failed(error.into())
    } else {
        Problem::Missing("missing".to_owned())
    }
}

/// Whether the record that names the file is to blame, rather than the place where the file should go.
pub(super) fn is_about_source(error: &DatastoreError) -> bool {
    matches!(
        error,
        DatastoreError::BadMode { .. } | DatastoreError::Denied { .. }
    )
}
