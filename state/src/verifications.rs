//! Which files were found sound, and when.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use diesel::upsert::excluded;

use crate::database::{AnyConnection, on_either};
use crate::error::StateError;
use crate::schema::{verified_file, verified_repo};
use crate::state::State;

/// Files that one statement is about: SQLite and PostgreSQL allow tens of thousands of values.
const TOGETHER: usize = 1000;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    /// The structure of FITS and Parquet files.
    pub structure: bool,
    /// The checksum.
    pub checksum: bool,
}

/// A repo of which verifications are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedRepo(i64);

/// A row of the table, in its order.
#[derive(Insertable)]
#[diesel(table_name = verified_file)]
struct Row {
    repo: i64,
    file: i64,
    sized: i64,
    structured: Option<i64>,
    summed: Option<i64>,
}

impl State {
    /// The repo of this name, which is made if it is not there.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn verified_repo(&self, name: &str) -> Result<VerifiedRepo, StateError> {
        let id = number(name);
        self.write("remember a repository", |connection| {
            let row = (verified_repo::id.eq(id), verified_repo::name.eq(name));
            let insert = diesel::insert_into(verified_repo::table).values(row);
            let insert = insert.on_conflict_do_nothing();
            on_either!(connection, raw => insert.execute(raw))
        })?;
        Ok(VerifiedRepo(id))
    }

    /// Of the files at these paths, those that were found sound at `since` or later, with all that is asked for looked at.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn verified_since(
        &self,
        repo: VerifiedRepo,
        paths: &[&str],
        asked: Looked,
        since: DateTime<Utc>,
    ) -> Result<Vec<bool>, StateError> {
        let files: Vec<i64> = paths.iter().map(|path| number(path)).collect();
        let mut known = std::collections::HashSet::new();
        for some in files.chunks(TOGETHER) {
            let rows = self.read("look up verified files", |connection| {
                let since = since.timestamp();
                let query = verified_file::table
                    .filter(verified_file::repo.eq(repo.0))
                    .filter(verified_file::file.eq_any(some))
                    .filter(verified_file::sized.ge(since))
                    .select((
                        verified_file::file,
                        verified_file::structured,
                        verified_file::summed,
                    ));
                type Found = (i64, Option<i64>, Option<i64>);
                on_either!(connection, raw => query.load::<Found>(raw))
            })?;
            let is_late = |time: Option<i64>| time.is_some_and(|time| time >= since.timestamp());
            let is_enough = |structured, summed| {
                (!asked.structure || is_late(structured)) && (!asked.checksum || is_late(summed))
            };
            let rows = rows.into_iter();
            known.extend(
                rows.filter(|(_, a, b)| is_enough(*a, *b))
                    .map(|(file, ..)| file),
            );
        }
        Ok(files.iter().map(|file| known.contains(file)).collect())
    }

    /// Remember that the files at these paths were found sound now.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn remember_verified(
        &self,
        repo: VerifiedRepo,
        paths: &[&str],
        looked: Looked,
        now: DateTime<Utc>,
    ) -> Result<(), StateError> {
        let mut files: Vec<i64> = paths.iter().map(|path| number(path)).collect();
        // A statement may not have the same row twice.
        files.sort_unstable();
        files.dedup();
        let now = now.timestamp();
        let row = |file: &i64| Row {
            repo: repo.0,
            file: *file,
            sized: now,
            structured: looked.structure.then_some(now),
            summed: looked.checksum.then_some(now),
        };
        let rows: Vec<Row> = files.iter().map(row).collect();
        self.write("remember verified files", |connection| {
            upsert(connection, &rows)
        })?;
        Ok(())
    }
}

/// What was not looked at this time keeps its time.
macro_rules! newer {
    ($insert:expr) => {
        $insert
            .on_conflict((verified_file::repo, verified_file::file))
            .do_update()
            .set((
                verified_file::sized.eq(excluded(verified_file::sized)),
                verified_file::structured.eq(sql::<Nullable<BigInt>>(
                    "coalesce(excluded.structured, verified_file.structured)",
                )),
                verified_file::summed.eq(sql::<Nullable<BigInt>>(
                    "coalesce(excluded.summed, verified_file.summed)",
                )),
            ))
    };
}

/// diesel has no statement of many rows with a conflict clause for SQLite, which does not need one: it is in this process.
fn upsert(connection: &mut AnyConnection, rows: &[Row]) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(raw) => raw.transaction(|raw| {
            for row in rows {
                let insert = diesel::insert_into(verified_file::table).values(row);
                newer!(insert).execute(raw)?;
            }
            Ok(())
        }),
        AnyConnection::Postgresql(raw) => rows.chunks(TOGETHER).try_for_each(|some| {
            let insert = diesel::insert_into(verified_file::table).values(some);
            newer!(insert).execute(&mut **raw).map(|_| ())
        }),
    }
}

fn number(text: &str) -> i64 {
    let hash = blake3::hash(text.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_be_bytes(bytes)
}
