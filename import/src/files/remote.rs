//! Files of an export that are not on this machine: which of them may be used, and their sizes, found by listing.

use std::collections::BTreeMap;
use std::sync::Arc;

use pantry_datastore::store::{Store, sizes};
use pantry_datastore::transfer::source_uri;
use pantry_datastore::{Found, ResourcePath};
use rusqlite::{OptionalExtension, params};

use super::FileOptions;
use crate::Error;
use crate::export::FILE_TABLE;
use crate::load::quote;
use crate::stage::Stage;

/// Paths whose sizes are asked for together. Sorted paths are next to each other in their buckets.
const TOGETHER: usize = 50_000;

/// Where sizes are kept while the files are gone through.
const SIZES: &str = "temp.remote_sizes";

/// Which paths of the stage are not of this machine.
fn is_remote(folder: &ResourcePath) -> &'static str {
    match folder.local_path() {
        Some(_) => "path LIKE '%://%' AND path NOT LIKE 'file:%'",
        None => "path NOT LIKE 'file:%' AND path NOT LIKE '/%'",
    }
}

/// Whether the operator allowed a URI: below the export's folder, the datastore's root, or another prefix.
pub(super) fn is_allowed(options: &FileOptions, uri: &ResourcePath) -> bool {
    let also = options.allowed_uris.iter();
    let mut prefixes = also.chain([&options.folder, options.root.uri()]);
    !options.is_confined || prefixes.any(|prefix| uri.relative_to(prefix).is_some())
}

/// Find the sizes of all files that are not on this machine, once.
pub(super) fn look(stage: &Stage, options: &FileOptions) -> Result<(), Error> {
    let connection = stage.connection();
    let remote = is_remote(&options.folder);
    let file_table = quote(FILE_TABLE);
    let any = format!("SELECT 1 FROM {file_table} WHERE {remote} LIMIT 1");
    let any = connection.query_row(&any, [], |_| Ok(())).optional()?;
    if any.is_none() {
        return Ok(());
    }
    let table = "SELECT 1 FROM temp.sqlite_master WHERE name = 'remote_sizes'";
    if connection
        .query_row(table, [], |_| Ok(()))
        .optional()?
        .is_some()
    {
        return Ok(());
    }
    connection.execute_batch(&table_of_sizes())?;
    let sql = format!("SELECT DISTINCT path FROM {file_table} WHERE {remote} ORDER BY path");
    let mut select = connection.prepare(&sql)?;
    let mut paths = select.query([])?;
    loop {
        let mut keys: BTreeMap<String, (Arc<dyn Store>, Vec<String>)> = BTreeMap::new();
        let mut number = 0;
        while number < TOGETHER
            && let Some(row) = paths.next()?
        {
            number += 1;
            let path: String = row.get(0)?;
            // A path that cannot be read, or that is not allowed, is told with its line when it is located.
            let Ok(uri) = source_uri(&options.root, Some(&options.folder), &path) else {
                continue;
            };
            if !is_allowed(options, &uri) {
                continue;
            }
            let file = options.stores.find(&uri)?;
            let at = format!("{}://{}", uri.scheme().unwrap_or_default(), uri.authority());
            keys.entry(at)
                .or_insert_with(|| (file.store, Vec::new()))
                .1
                .push(file.key);
        }
        if number == 0 {
            return Ok(());
        }
        for (at, (store, mut keys)) in keys {
            keys.sort_unstable();
            keys.dedup();
            note_sizes(stage, options, &at, store.as_ref(), &keys)?;
        }
    }
}

fn note_sizes(
    stage: &Stage,
    options: &FileOptions,
    at: &str,
    store: &dyn Store,
    keys: &[String],
) -> Result<(), Error> {
    let insert = format!("INSERT OR IGNORE INTO {SIZES} VALUES (?, ?)");
    let mut insert = stage.connection().prepare_cached(&insert)?;
    let mut failed = None;
    let all = sizes(store, keys, |key, object| {
        let Some(object) = object else { return Ok(()) };
        let size = i64::try_from(object.size).unwrap_or(i64::MAX);
        if let Err(error) = insert.execute(params![format!("{at}/{key}"), size]) {
            failed.get_or_insert(error);
        }
        Ok::<(), pantry_datastore::DatastoreError>(())
    });
    options.stores.wait(all)?;
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn table_of_sizes() -> String {
    format!("CREATE TABLE IF NOT EXISTS {SIZES} (uri TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID")
}

/// A file with its size, from a listing that has all files of the stage: then nothing is listed again.
pub(crate) fn note_size(stage: &Stage, uri: &ResourcePath, size: u64) -> Result<(), Error> {
    let connection = stage.connection();
    connection.prepare_cached(&table_of_sizes())?.execute([])?;
    let sql = format!("INSERT OR IGNORE INTO {SIZES} VALUES (?, ?)");
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let mut insert = connection.prepare_cached(&sql)?;
    insert.execute(params![place(uri), size])?;
    Ok(())
}

/// What stands for a file in the table of sizes.
fn place(uri: &ResourcePath) -> String {
    let scheme = uri.scheme().unwrap_or_default();
    format!("{scheme}://{}/{}", uri.authority(), uri.key())
}

/// What is at a URI, after [`look`].
pub(super) fn found(stage: &Stage, uri: &ResourcePath) -> Result<Found, Error> {
    let sql = format!("SELECT size FROM {SIZES} WHERE uri = ?");
    let size = stage
        .connection()
        .prepare_cached(&sql)?
        .query_row([place(uri)], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(match size {
        Some(size) => Found::File {
            size: u64::try_from(size).unwrap_or(0),
            is_symlink: false,
        },
        None => Found::Missing,
    })
}
