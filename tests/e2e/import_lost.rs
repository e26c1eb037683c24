//! The connection to PostgreSQL is lost in the middle.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pantry_testkit::compare;
use pantry_testkit::postgres::{Database, USER, socket};

use crate::import_many::{Place, many};
use crate::import_setup::{Scratch, import, tree};
use crate::pantry::command;

/// Wait until a query answers something, and return that.
fn wait_for(database: &Database, query: &str) -> String {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(120) {
        let answer = database.sql(query);
        if !answer.trim().is_empty() {
            return answer.trim().to_owned();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{query} answers nothing");
}

/// Cut an import off while it waits for a lock on `table`.
fn cut_off_at(table: &str) {
    let scratch = Scratch::new();
    let place = Place::postgresql();
    let repo = place.create(&scratch, "cut");
    let Place::Postgresql(database) = &place else {
        return;
    };
    let export = scratch.path("export");
    many(&export, "runs/many");
    let before = (compare::rows(&repo, &[]), tree(&repo), tree(&export));
    let mut other = Command::new("psql")
        .args(["-X", "-q", "-U", USER, "-d", database.name(), "-h"])
        .arg(socket())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ask = other.stdin.take().unwrap();
    writeln!(ask, "BEGIN; LOCK TABLE cut.{table} IN SHARE MODE;").unwrap();
    let held =
        "SELECT 1 FROM pg_locks WHERE mode = 'ShareLock' AND granted AND locktype = 'relation'";
    wait_for(database, held);
    let import_now = command()
        .arg("import")
        .args([&repo, &export])
        .args(["--transfer", "move"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let pid = wait_for(database, waiting);
    database.sql(&format!("SELECT pg_terminate_backend({pid})"));
    let ended = import_now.wait_with_output().unwrap();
    drop(ask);
    other.wait().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("pantry: error: "), "{said}");
    assert!(
        last.contains("terminat") || last.contains("connection"),
        "{said}"
    );
    assert_eq!(before.0, compare::rows(&repo, &[]));
    assert!(
        before.1 == tree(&repo) && before.2 == tree(&export),
        "{said}"
    );
    let _ = import(&repo, &export, &["--transfer", "move"]).ok();
}

#[test]
fn cut_off_while_loading_datasets() {
    cut_off_at("dataset");
}

#[test]
fn cut_off_while_loading_file_records() {
    cut_off_at("file_datastore_records");
}
