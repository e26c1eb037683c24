//! What becomes of each file of an export: it is put in its place, found there, or a problem.

use std::path::Path;

use pantry_datastore::transfer::{PlaceRequest, Placed, Placer, Target};
use pantry_datastore::{Checksum, DatastoreError, Found};
use rayon::prelude::*;

use super::FileOptions;
use super::inspect::usable;
use super::locate::{LocatedFile, local_target};
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

/// Deal with a batch; `Err` says in words why a file cannot be used, and whether it may be skipped.
pub(super) fn outcomes(
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
pub(super) fn is_about_source(error: &DatastoreError) -> bool {
    matches!(
        error,
        DatastoreError::BadMode { .. } | DatastoreError::Denied { .. }
    )
}
