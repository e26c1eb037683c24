//! A SQLite file that a killed program left in the middle of a transaction opens, also for who only reads.

use std::fs;

use pantry_registry::config::DatabaseTarget;
use pantry_registry::database::{Access, Connection};

#[test]
fn a_reader_takes_back_what_a_killed_writer_began() {
    let folder = tempfile::tempdir().expect("a folder");
    let (busy, left) = (folder.path().join("busy"), folder.path().join("left"));
    let writer = rusqlite::Connection::open(&busy).expect("a database");
    writer
        .execute_batch(
            "CREATE TABLE t (n INTEGER, text TEXT); \
             WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) \
             INSERT INTO t SELECT n, hex(randomblob(100)) FROM c; \
             PRAGMA cache_size = 5; BEGIN; UPDATE t SET n = -n, text = 'other'",
        )
        .expect("a transaction that does not fit into memory");
    // What would be on the disk if the writer were killed now: half of the new rows, and the journal of the old ones.
    fs::copy(&busy, &left).expect("a copy");
    let journal = |name: &str| folder.path().join(format!("{name}-journal"));
    fs::copy(journal("busy"), journal("left")).expect("a journal");
    drop(writer);

    let target = DatabaseTarget::Sqlite(left);
    let mut reader = Connection::open(&target, None, Access::ReadOnly).expect("an open database");
    let statement = reader.statement().text("SELECT count(*), min(n) FROM t");
    let found = reader.collect(&statement, |row| Ok((row.get_i64(0)?, row.get_i64(1)?)));
    assert_eq!(found.expect("rows"), [(5000, 1)]);
    assert!(!journal("left").exists());
}
