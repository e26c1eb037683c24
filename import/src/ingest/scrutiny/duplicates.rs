//! Files of an ingest that have the bytes of another one, or of a dataset of the same type in the repo.
//!
//! Only files whose size another one has are read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use pantry_datastore::{Algorithm, ResourcePath};
use pantry_registry::Registry;
use pantry_registry::database::Value;
use rayon::prelude::*;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::compare::{digests, shown, size_of};
use super::{BATCH, Files, ScrutinyReport};
use crate::Error;
use crate::export::FILE_TABLE;
use crate::files::side_by_side;
use crate::import::{ImportOptions, Watch};
use crate::load::{self, quote};

/// The files of the ingest: those that may be duplicates get their checksums.
const CANDIDATES: &str = "temp.candidates";

/// Checksums that the repo has of files with the size of a candidate and of its dataset type.
const RECORDED: &str = "temp.recorded_sums";

/// Find them; with `skip` they are taken out of the stage.
pub(super) fn find(
    registry: &mut Registry,
    files: &mut Files<'_>,
    options: &ImportOptions,
    skip: bool,
    report: &mut ScrutinyReport,
    watch: &dyn Watch,
) -> Result<(), Error> {
    files.stage.connection().execute_batch(&format!(
        "BEGIN; CREATE TABLE {CANDIDATES} (file INTEGER PRIMARY KEY, path TEXT, type INTEGER, id TEXT, size INTEGER, blake3 TEXT, \
         blake2b TEXT); CREATE TABLE {RECORDED} (type INTEGER, sum TEXT, id TEXT, path TEXT)"
    ))?;
    candidates(files)?;
    sizes(files)?;
    recorded(registry, files, options)?;
    sums(files, watch)?;
    files.stage.connection().execute_batch(
        "CREATE INDEX temp.candidate_sum ON candidates (blake3); CREATE INDEX temp.recorded_sum ON recorded_sums (sum); COMMIT",
    )?;
    let found = duplicates(files, report)?;
    report.duplicates = found.len() as u64;
    if skip {
        leave_out(files, &found)?;
    }
    Ok(())
}

/// Each file with the first of its datasets. Members of zips, whose URIs have a fragment, are no files of their own.
fn candidates(files: &Files<'_>) -> Result<(), Error> {
    for shape in &files.export.shapes {
        files.stage.connection().execute_batch(&format!(
            "INSERT OR IGNORE INTO {CANDIDATES} (file, path, type, id) \
             SELECT s.file, f.path, s.type, s.id FROM {} s JOIN {} f ON f.seq = s.file WHERE instr(f.path, '#') = 0 ORDER BY s.seq",
            quote(&shape.table),
            quote(FILE_TABLE)
        ))?;
    }
    Ok(())
}

/// A file with its number in the stage.
type Numbered = (i64, ResourcePath);

/// The next files after one, at most a batch.
fn after(files: &Files<'_>, file: i64, condition: &str) -> Result<Vec<(Numbered, u64)>, Error> {
    let sql = format!(
        "SELECT c.file, c.path, c.size FROM {CANDIDATES} c WHERE c.file > ? AND {condition} ORDER BY c.file LIMIT {BATCH}"
    );
    let mut select = files.stage.connection().prepare_cached(&sql)?;
    let mut rows = select.query([file])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let path: String = row.get(1)?;
        let size = row.get::<_, Option<i64>>(2)?.unwrap_or(0).unsigned_abs();
        found.push(((row.get(0)?, ResourcePath::parse(&path)?), size));
    }
    Ok(found)
}

fn sizes(files: &Files<'_>) -> Result<(), Error> {
    let sql = format!("UPDATE {CANDIDATES} SET size = ? WHERE file = ?");
    let mut update = files.stage.connection().prepare(&sql)?;
    let mut last = 0;
    loop {
        let batch = after(files, last, "1")?;
        let Some(((end, _), _)) = batch.last() else {
            return Ok(());
        };
        last = *end;
        let is_away = batch.iter().any(|((_, uri), _)| uri.local_path().is_none());
        let sizes: Vec<Result<Option<u64>, Error>> = side_by_side(is_away, || {
            let look = |((_, uri), _): &(Numbered, u64)| size_of(uri, files.options);
            batch.par_iter().map(look).collect()
        })?;
        for (((file, _), _), size) in batch.iter().zip(sizes) {
            // What is not there the import tells of.
            if let Some(size) = size? {
                update.execute(params![i64::try_from(size).unwrap_or(i64::MAX), file])?;
            }
        }
    }
}

/// What the repo has of the same dataset types and sizes. Records without checksum or size cannot be compared.
fn recorded(
    registry: &mut Registry,
    files: &Files<'_>,
    options: &ImportOptions,
) -> Result<(), Error> {
    let Some(datastore) = &options.datastore else {
        return Ok(());
    };
    let connection = files.stage.connection();
    connection.execute_batch("CREATE INDEX temp.candidate_size ON candidates (size, type)")?;
    let place = load::place(registry);
    let sql = format!(
        "SELECT CAST(r.dataset_id AS text), r.path, r.checksum, r.file_size FROM {} r JOIN {} d ON d.id = r.dataset_id \
         JOIN {} t ON t.id = d.dataset_type_id WHERE t.name = CAST($1 AS text) AND r.checksum IS NOT NULL AND r.file_size >= 0",
        place.repo(&datastore.records_table),
        place.repo("dataset"),
        place.repo("dataset_type"),
    );
    let wanted = format!("SELECT 1 FROM {CANDIDATES} WHERE size = ? AND type = ?");
    let mut wanted = connection.prepare(&wanted)?;
    let mut insert = connection.prepare(&format!("INSERT INTO {RECORDED} VALUES (?, ?, ?, ?)"))?;
    for (kind, name) in files.export.types.iter().enumerate() {
        let kind = number(kind);
        let name = [Value::Text(name.clone())];
        registry.connection().query(&sql, &name, |row| {
            if wanted.exists(params![row.get_i64(3)?, kind])? {
                let id = plain_id(row.get_str(0)?);
                insert.execute(params![kind, row.get_str(2)?, id, row.get_str(1)?])?;
            }
            Ok::<(), Error>(())
        })?;
    }
    Ok(())
}

/// The checksums of all files that may be duplicates.
fn sums(files: &Files<'_>, watch: &dyn Watch) -> Result<(), Error> {
    let connection = files.stage.connection();
    let any = format!("SELECT 1 FROM {RECORDED} WHERE sum NOT LIKE 'blake3:%' LIMIT 1");
    let has_reference_sums = connection
        .query_row(&any, [], |_| Ok(()))
        .optional()?
        .is_some();
    let algorithms = match has_reference_sums {
        true => vec![Algorithm::Blake3, Algorithm::Blake2b],
        false => vec![Algorithm::Blake3],
    };
    // The sizes of recorded files are those of candidates of the same type.
    let may_be = format!(
        "c.size IS NOT NULL AND (EXISTS (SELECT 1 FROM {CANDIDATES} o WHERE o.size = c.size AND o.file != c.file) \
         OR EXISTS (SELECT 1 FROM {RECORDED} r WHERE r.type = c.type))"
    );
    connection.execute_batch("CREATE INDEX IF NOT EXISTS temp.candidate_size ON candidates (size, type); CREATE INDEX temp.recorded_type ON recorded_sums (type)")?;
    let sql = format!("UPDATE {CANDIDATES} SET blake3 = ?, blake2b = ? WHERE file = ?");
    let mut update = connection.prepare(&sql)?;
    let (mut last, mut done) = (0, 0);
    loop {
        let batch = after(files, last, &may_be)?;
        let Some(((end, _), _)) = batch.last() else {
            return Ok(());
        };
        last = *end;
        let is_away = batch.iter().any(|((_, uri), _)| uri.local_path().is_none());
        let found: Vec<Result<Vec<(Algorithm, String)>, Error>> = side_by_side(is_away, || {
            let read = |((_, uri), size): &(Numbered, u64)| {
                digests(uri, *size, &algorithms, files.options)
            };
            batch.par_iter().map(read).collect()
        })?;
        for (((file, _), _), sums) in batch.iter().zip(found) {
            let mut sums = sums?.into_iter().map(|(_, sum)| sum);
            let blake3 = sums.next().map(|sum| format!("blake3:{sum}"));
            update.execute(params![blake3, sums.next(), file])?;
        }
        done += batch.len() as u64;
        watch.reached(done);
        if watch.cancelled().load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
    }
}

/// The files whose bytes an earlier one has, or one of the repo that another dataset has.
fn duplicates(files: &Files<'_>, report: &mut ScrutinyReport) -> Result<BTreeSet<i64>, Error> {
    let connection = files.stage.connection();
    let earlier = format!(
        "SELECT o.path FROM {CANDIDATES} o WHERE o.blake3 = ? AND o.size = ? AND o.file < ? ORDER BY o.file LIMIT 1"
    );
    let mut earlier = connection.prepare(&earlier)?;
    let repo = format!(
        "SELECT r.path, r.id FROM {RECORDED} r WHERE r.sum = ? AND r.type = ? AND r.id != ?"
    );
    let mut repo = connection.prepare(&repo)?;
    let sql = format!(
        "SELECT file, path, type, id, size, blake3, blake2b FROM {CANDIDATES} WHERE blake3 IS NOT NULL ORDER BY file"
    );
    let mut select = connection.prepare(&sql)?;
    let mut rows = select.query([])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (file, path): (i64, String) = (row.get(0)?, row.get(1)?);
        let (kind, id): (i64, String) = (row.get(2)?, plain_id(&row.get::<_, String>(3)?));
        let (size, sum): (i64, String) = (row.get(4)?, row.get(5)?);
        let first: Option<String> = earlier
            .query_row(params![sum, size, file], |row| row.get(0))
            .optional()?;
        let mut same = match first {
            Some(first) => Some(shown(&ResourcePath::parse(&first)?)),
            None => None,
        };
        for sum in [Some(sum), row.get(6)?].into_iter().flatten() {
            if same.is_none() {
                let recorded = repo.query_row(params![sum, kind, id], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
                });
                let recorded = recorded.optional()?;
                same = recorded.map(|(path, id)| format!("{path} of the repo's dataset {id}"));
            }
        }
        if let Some(same) = same {
            let path = shown(&ResourcePath::parse(&path)?);
            report.note(format!("{path} has the bytes of {same}"));
            found.insert(file);
        }
    }
    Ok(found)
}

/// Take files with their datasets out of the stage.
fn leave_out(files: &mut Files<'_>, found: &BTreeSet<i64>) -> Result<(), Error> {
    let connection = files.stage.connection();
    connection.execute_batch("BEGIN")?;
    for shape in &mut files.export.shapes {
        let table = quote(&shape.table);
        connection.execute_batch(&format!(
            "CREATE INDEX {} ON {table} (file)",
            quote(&format!("{}_file", shape.table))
        ))?;
        let mut delete = connection.prepare(&format!("DELETE FROM {table} WHERE file = ?"))?;
        for file in found {
            let gone = delete.execute([file])? as u64;
            shape.rows -= gone;
            files.export.datasets -= gone;
        }
    }
    let mut delete =
        connection.prepare(&format!("DELETE FROM {} WHERE seq = ?", quote(FILE_TABLE)))?;
    for file in found {
        files.export.files -= delete.execute([file])? as u64;
    }
    connection.execute_batch("COMMIT")?;
    only_what_is_left(files)
}

/// What the summaries of collections will say, without the datasets that were left out.
fn only_what_is_left(files: &mut Files<'_>) -> Result<(), Error> {
    let connection = files.stage.connection();
    let export = &mut *files.export;
    let mut tables: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    let mut left = BTreeMap::new();
    for (&(shape, kind, run), &line) in &export.combinations {
        let table = quote(&export.shapes[shape].table);
        let sql = format!("SELECT 1 FROM {table} WHERE type = ? AND run = ? LIMIT 1");
        if connection
            .prepare(&sql)?
            .exists(params![number(kind), number(run)])?
        {
            left.insert((shape, kind, run), line);
            tables.entry((kind, run)).or_default().push(shape);
        }
    }
    let mut governors = BTreeSet::new();
    for (kind, run, dimension, value) in &export.governors {
        for shape in tables.get(&(*kind, *run)).into_iter().flatten() {
            let shape = &export.shapes[*shape];
            if !shape.keys.contains(dimension) {
                continue;
            }
            let (table, key) = (quote(&shape.table), quote(&format!("k_{dimension}")));
            let sql =
                format!("SELECT 1 FROM {table} WHERE type = ? AND run = ? AND {key} = ? LIMIT 1");
            if connection
                .prepare(&sql)?
                .exists(params![number(*kind), number(*run), value])?
            {
                governors.insert((*kind, *run, dimension.clone(), value.clone()));
            }
        }
    }
    export.combinations = left;
    export.governors = governors;
    Ok(())
}

/// An index as the stage has it.
fn number(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

/// A dataset id as both SQLite and PostgreSQL would have it.
fn plain_id(id: &str) -> String {
    Uuid::try_parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}
