//! The stage: a temporary SQLite file outside the repo that holds the rows of one export while they are checked.
//!
//! Staging keeps memory constant whatever the size of the export, and lets the repo's write lock be held only while
//! rows move from the stage into the registry.

mod cell;

pub use cell::{Cell, CellType};

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

/// Columns of one stage table. Each table also has `seq`, an integer key in the order of staging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageTable {
    /// Table name.
    pub name: String,
    /// Column names and types, without `seq`.
    pub columns: Vec<(String, CellType)>,
    rows: std::cell::Cell<i64>,
    insert: String,
}

impl StageTable {
    /// Number of rows.
    pub fn rows(&self) -> i64 {
        self.rows.get()
    }
}

/// Number of a stage table, in order of creation.
pub type TableNo = usize;

/// A temporary SQLite file; removed when dropped.
#[derive(Debug)]
pub struct Stage {
    connection: Connection,
    tables: Vec<StageTable>,
    by_name: HashMap<String, TableNo>,
    folder: TempDir,
}

/// Page cache of the stage in KiB: staging appends and scans, so little is enough.
const CACHE_KIB: i64 = 8192;

impl Stage {
    /// Create an empty stage in the system's folder for temporary files (`TMPDIR`).
    pub fn create() -> Result<Self, crate::Error> {
        let folder = tempfile::Builder::new()
            .prefix("pantry-stage-")
            .tempdir()
            .map_err(|e| {
                crate::Error::io(
                    "creating a temporary folder for the stage",
                    &std::env::temp_dir(),
                    e,
                )
            })?;
        let connection = Connection::open(folder.path().join("stage.sqlite3"))?;
        // The stage is thrown away after a crash, so nothing in it needs to survive one.
        connection.execute_batch(&format!(
            "PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; \
             PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-{CACHE_KIB}; BEGIN"
        ))?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self {
            connection,
            tables: Vec::new(),
            by_name: HashMap::new(),
            folder,
        })
    }

    /// The number of the table of this name, which is created with these columns if it does not exist.
    pub fn table(
        &mut self,
        name: &str,
        columns: &[(String, CellType)],
    ) -> Result<TableNo, crate::Error> {
        if let Some(&no) = self.by_name.get(name) {
            return Ok(no);
        }
        let quoted: Vec<String> = columns.iter().map(|(c, _)| format!("\"{c}\"")).collect();
        let marks = vec!["?"; columns.len() + 1].join(",");
        // No declared types: values keep the type they were staged with.
        self.connection.execute_batch(&format!(
            "CREATE TABLE \"{name}\" (seq INTEGER PRIMARY KEY, {})",
            quoted.join(",")
        ))?;
        self.tables.push(StageTable {
            insert: format!(
                "INSERT INTO \"{name}\" (seq, {}) VALUES ({marks})",
                quoted.join(",")
            ),
            name: name.to_owned(),
            columns: columns.to_vec(),
            rows: std::cell::Cell::new(0),
        });
        self.by_name.insert(name.to_owned(), self.tables.len() - 1);
        Ok(self.tables.len() - 1)
    }

    /// Append one row and return its `seq`.
    pub fn insert(&self, table: TableNo, row: &[Cell]) -> Result<i64, crate::Error> {
        let seq = self.tables[table].rows.get() + 1;
        self.insert_at(table, seq, row)?;
        Ok(seq)
    }

    /// Add one row with this `seq`, which no row of the table has.
    pub fn insert_at(&self, table: TableNo, seq: i64, row: &[Cell]) -> Result<(), crate::Error> {
        let table = &self.tables[table];
        let seq = Cell::Int(seq);
        self.connection
            .prepare_cached(&table.insert)?
            .execute(rusqlite::params_from_iter(std::iter::once(&seq).chain(row)))?;
        table.rows.set(table.rows.get() + 1);
        Ok(())
    }

    /// All tables in order of creation.
    pub fn tables(&self) -> &[StageTable] {
        &self.tables
    }

    /// The table of this name.
    pub fn get(&self, name: &str) -> Option<&StageTable> {
        self.by_name.get(name).map(|&no| &self.tables[no])
    }

    /// The stage's own connection, for reading back.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Make all rows visible to other connections and let go of the file, so that SQLite can attach it.
    pub fn release(&mut self) -> Result<(), crate::Error> {
        self.connection.execute_batch(
            "COMMIT; PRAGMA locking_mode=NORMAL; SELECT count(*) FROM sqlite_master",
        )?;
        Ok(())
    }

    /// Begin to add rows again after [`Stage::release`].
    pub fn begin(&self) -> Result<(), crate::Error> {
        Ok(self.connection.execute_batch("BEGIN")?)
    }

    /// Make the rows added since [`Stage::begin`] visible.
    pub fn commit(&self) -> Result<(), crate::Error> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// The SQLite file.
    pub fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("stage.sqlite3")
    }

    /// Folder of the stage, for other temporary files of the same import.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
