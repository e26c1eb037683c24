//! Files compared with what lists say of them.

use std::sync::atomic::Ordering;

use pantry_datastore::{Algorithm, DatastoreError, Digests, ResourcePath};
use rayon::prelude::*;
use rusqlite::params;

use super::listed::LISTED;
use super::{BATCH, Files, ScrutinyReport};
use crate::Error;
use crate::export::FILE_TABLE;
use crate::files::{FileOptions, side_by_side};
use crate::import::Watch;
use crate::load::quote;

/// What lists say of one file.
struct Expected {
    uri: ResourcePath,
    size: Option<(u64, String)>,
    /// Algorithm, checksum, and the place in the list.
    sums: Vec<(Algorithm, String, String)>,
}

/// Compare all files that are named by lists; count those that are not, and those that are named and not there.
pub(super) fn compare(
    files: &Files<'_>,
    report: &mut ScrutinyReport,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let table = quote(FILE_TABLE);
    let connection = files.stage.connection();
    let sql = format!(
        "SELECT f.seq, f.path, l.algorithm, l.sum, l.size, l.origin FROM {table} f JOIN {LISTED} l ON l.uri = f.path ORDER BY f.seq"
    );
    let mut select = connection.prepare(&sql)?;
    let mut rows = select.query([])?;
    let mut batch: Vec<Expected> = Vec::new();
    let (mut last, mut done) = (0, 0);
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        if seq != last {
            if batch.len() == BATCH {
                done += batch.len() as u64;
                look(&std::mem::take(&mut batch), files.options, report)?;
                watch.reached(done);
                if watch.cancelled().load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
            }
            let path: String = row.get(1)?;
            batch.push(Expected {
                uri: ResourcePath::parse(&path)?,
                size: None,
                sums: Vec::new(),
            });
            last = seq;
        }
        let Some(expected) = batch.last_mut() else {
            continue;
        };
        let (name, sum): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        let (size, origin): (Option<i64>, String) = (row.get(4)?, row.get(5)?);
        if let Some(size) = size.and_then(|s| u64::try_from(s).ok()) {
            expected.size = Some((size, origin.clone()));
        }
        if let (Some(algorithm), Some(sum)) = (name.and_then(|n| Algorithm::named(&n)), sum) {
            expected.sums.push((algorithm, sum, origin));
        }
    }
    look(&batch, files.options, report)?;
    let sql = format!(
        "SELECT count(*) FROM {table} f WHERE instr(f.path, '#') = 0 AND NOT EXISTS (SELECT 1 FROM {LISTED} l WHERE l.uri = f.path)"
    );
    report.unlisted = connection
        .query_row(&sql, params![], |row| row.get::<_, i64>(0))?
        .unsigned_abs();
    match files.beside {
        Some(_) => absent(files, report),
        // A list may well name more files than a table does.
        None => Ok(()),
    }
}

fn look(
    batch: &[Expected],
    options: &FileOptions,
    report: &mut ScrutinyReport,
) -> Result<(), Error> {
    let is_away = batch.iter().any(|file| file.uri.local_path().is_none());
    let found: Vec<Result<Option<Vec<String>>, Error>> = side_by_side(is_away, || {
        batch
            .par_iter()
            .map(|file| differences(file, options))
            .collect()
    })?;
    for findings in found {
        let Some(findings) = findings? else { continue };
        match findings.is_empty() {
            true => report.compared += 1,
            false => report.differing += 1,
        }
        findings.into_iter().for_each(|f| report.note(f));
    }
    Ok(())
}

/// How a file differs from what lists say; `None` if it is not there, which is told of with the others that are missing.
fn differences(expected: &Expected, options: &FileOptions) -> Result<Option<Vec<String>>, Error> {
    let Some(size) = size_of(&expected.uri, options)? else {
        return Ok(None);
    };
    let uri = shown(&expected.uri);
    if let Some((wanted, origin)) = expected.size.as_ref().filter(|(wanted, _)| *wanted != size) {
        let finding = format!("{origin}: {uri} has {size} bytes, not the {wanted} of the list");
        return Ok(Some(vec![finding]));
    }
    let mut algorithms: Vec<Algorithm> = expected.sums.iter().map(|(a, _, _)| *a).collect();
    algorithms.sort_unstable();
    algorithms.dedup();
    if algorithms.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let found = digests(&expected.uri, size, &algorithms, options)?;
    let mut findings = Vec::new();
    for (algorithm, wanted, origin) in &expected.sums {
        let sum = found.iter().find(|(a, _)| a == algorithm);
        if let Some((_, sum)) = sum.filter(|(_, sum)| sum != wanted) {
            findings.push(format!(
                "{origin}: the {algorithm} of {uri} is {sum}, not the {wanted} of the list"
            ));
        }
    }
    Ok(Some(findings))
}

/// The checksums of a file.
pub(super) fn digests(
    uri: &ResourcePath,
    size: u64,
    algorithms: &[Algorithm],
    options: &FileOptions,
) -> Result<Vec<(Algorithm, String)>, Error> {
    let mut digests = Digests::new(algorithms.iter().copied());
    match uri.local_path() {
        Some(path) => drop(digests.read_file(&path)?),
        None => {
            let stored = options.stores.find(uri)?;
            let read = digests.read_stored(&stored, size);
            options.stores.wait(read)?;
        }
    }
    Ok(digests.finish())
}

/// The size of a file; `None` if there is none.
pub(super) fn size_of(uri: &ResourcePath, options: &FileOptions) -> Result<Option<u64>, Error> {
    if let Some(path) = uri.local_path() {
        return match std::fs::metadata(&path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io("looking at", &path, e)),
        };
    }
    let stored = options.stores.find(uri)?;
    let found = options.stores.wait(stored.store.stat(&stored.key));
    match found {
        Ok(object) => Ok(object.map(|object| object.size)),
        Err(DatastoreError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A file in messages.
pub(super) fn shown(uri: &ResourcePath) -> String {
    match uri.local_path() {
        Some(path) => path.display().to_string(),
        None => uri.to_string(),
    }
}

/// Files below the root that lists name and that are not there. Those that are ingested are looked at by the import, too.
fn absent(files: &Files<'_>, report: &mut ScrutinyReport) -> Result<(), Error> {
    let sql = format!("SELECT uri, min(origin) FROM {LISTED} GROUP BY uri ORDER BY min(rowid)");
    let mut select = files.stage.connection().prepare(&sql)?;
    let mut rows = select.query([])?;
    let mut batch: Vec<(ResourcePath, String)> = Vec::new();
    let root = files.options.folder.clone().into_folder();
    loop {
        let row = rows.next()?;
        let is_end = row.is_none();
        if let Some(row) = row {
            let uri = ResourcePath::parse(&row.get::<_, String>(0)?)?;
            if uri.below(&root).is_some() {
                batch.push((uri, row.get(1)?));
            }
        }
        if is_end || batch.len() == BATCH {
            let uris: Vec<ResourcePath> = batch.iter().map(|(uri, _)| uri.clone()).collect();
            let sizes = sizes_of(&uris, files.options)?;
            for ((uri, origin), size) in batch.drain(..).zip(sizes) {
                if size.is_none() {
                    report.absent += 1;
                    report.note(format!("{origin}: {} is not there", shown(&uri)));
                }
            }
        }
        if is_end {
            return Ok(());
        }
    }
}

/// Sizes of files: one look each on this machine, by listing elsewhere.
fn sizes_of(uris: &[ResourcePath], options: &FileOptions) -> Result<Vec<Option<u64>>, Error> {
    if uris.iter().all(|uri| uri.local_path().is_some()) {
        return uris.iter().map(|uri| size_of(uri, options)).collect();
    }
    Ok(options.stores.wait(options.stores.sizes(uris))?)
}
