//! Records whose path is not simply that of a file below the root: URIs, members of zip files, detours.
//!
//! They are few as a rule; all of them are sorted by the file they mean in a temporary database, which SQLite keeps in
//! memory while it is small and on disk otherwise.

use std::collections::VecDeque;
use std::path::Path;

use pantry_datastore::DatastoreRoot;
use pantry_registry::database::Connection;
use rusqlite::params;

use super::record::{COLUMNS, Record, is_plain, maybe_odd};
use crate::Error;

const PAGE: usize = 4096;

/// Where the file of a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Below the root; the key is the path from there.
    Inside,
    /// Elsewhere on this machine; the key is the absolute path.
    Outside,
    /// On another machine; the key is the URI.
    Remote,
    /// Nowhere; the key is the path as recorded.
    Nowhere,
}

/// The records whose path is not plain.
pub struct OddRecords {
    database: rusqlite::Connection,
}

impl OddRecords {
    /// Find them in the table of records, if there is one.
    pub fn stage(
        connection: &mut Connection,
        table: Option<&str>,
        root: &DatastoreRoot,
    ) -> Result<Self, Error> {
        let database = rusqlite::Connection::open("")?;
        database.execute_batch(
            "BEGIN; CREATE TABLE odd (place INTEGER, key TEXT, path TEXT, dataset_id TEXT, component TEXT, \
             size INTEGER, checksum TEXT)",
        )?;
        if let Some(table) = table {
            Self::fill(&database, connection, table, root)?;
        }
        database.execute_batch("CREATE INDEX odd_key ON odd (place, key); COMMIT")?;
        Ok(Self { database })
    }

    fn fill(
        database: &rusqlite::Connection,
        connection: &mut Connection,
        table: &str,
        root: &DatastoreRoot,
    ) -> Result<(), Error> {
        let select = format!("SELECT {COLUMNS} FROM ");
        let statement = connection.statement().text(&select).table(table);
        let statement = statement.text(" WHERE ").text(&maybe_odd());
        let mut insert = database.prepare("INSERT INTO odd VALUES (?, ?, ?, ?, ?, ?, ?)")?;
        connection.select(&statement, |row| -> Result<(), Error> {
            let record = Record::read(row)?;
            if !is_plain(&record.path) {
                let (place, key) = locate(root, &record.path);
                insert.execute(params![
                    place as u8,
                    key,
                    record.path,
                    record.dataset_id,
                    record.component,
                    record.size,
                    record.checksum
                ])?;
            }
            Ok(())
        })
    }

    /// Those of one place after `after`, in the byte order of their keys.
    pub fn of(&self, place: Place, after: &str) -> OddPages<'_> {
        OddPages {
            database: &self.database,
            place,
            after: Some((after.to_owned(), i64::MAX)),
            page: VecDeque::new(),
        }
    }
}

/// Iterates over records of one place; see [`OddRecords::of`].
pub struct OddPages<'a> {
    database: &'a rusqlite::Connection,
    place: Place,
    /// Key and row of the last one read; `None` at the end.
    after: Option<(String, i64)>,
    page: VecDeque<(String, Record)>,
}

impl OddPages<'_> {
    /// The key of the next record.
    pub fn peek(&mut self) -> Result<Option<&str>, Error> {
        if self.page.is_empty() {
            self.fill()?;
        }
        Ok(self.page.front().map(|(key, _)| key.as_str()))
    }

    /// The next record with its key.
    pub fn next(&mut self) -> Result<Option<(String, Record)>, Error> {
        self.peek()?;
        Ok(self.page.pop_front())
    }

    fn fill(&mut self) -> Result<(), Error> {
        let Some((key, row)) = self.after.take() else {
            return Ok(());
        };
        let sql = format!(
            "SELECT key, rowid, path, dataset_id, component, size, checksum FROM odd \
             WHERE place = ?1 AND (key, rowid) > (?2, ?3) ORDER BY key, rowid LIMIT {PAGE}"
        );
        let mut statement = self.database.prepare_cached(&sql)?;
        let mut rows = statement.query(params![self.place as u8, key, row])?;
        while let Some(row) = rows.next()? {
            let record = Record {
                path: row.get(2)?,
                dataset_id: row.get(3)?,
                component: row.get(4)?,
                size: row.get(5)?,
                checksum: row.get(6)?,
            };
            self.after = Some((row.get(0)?, row.get(1)?));
            self.page.push_back((row.get(0)?, record));
        }
        Ok(())
    }
}

/// What the path of a record means.
fn locate(root: &DatastoreRoot, path: &str) -> (Place, String) {
    let Ok(location) = root.locate(path) else {
        return (Place::Nowhere, path.to_owned());
    };
    let Some(file) = location.local_path() else {
        let key = location.uri().key().into_owned();
        let below = key.strip_prefix(&*root.uri().key()).map(str::to_owned);
        return match below.filter(|_| location.uri().relative_to(root.uri()).is_some()) {
            Some(relative) => (Place::Inside, relative),
            None => (Place::Remote, location.uri().without_fragment().to_string()),
        };
    };
    let text = |path: &Path| path.to_string_lossy().into_owned();
    match root.path().and_then(|root| file.strip_prefix(root).ok()) {
        Some(relative) => (Place::Inside, text(relative)),
        None => (Place::Outside, text(&file)),
    }
}
