//! Queries that take too long: they end at `--timeout` and at Ctrl-C, also on the server.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pantry_testkit::postgres::Database;
use pantry_testkit::{fixture, oracle};

use crate::pantry::{command, pantry};

/// So many that, combined with all exposures and patches of the fixture, their data IDs take minutes.
const DETECTORS: &str = "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) \
                         INSERT INTO detector (instrument, id, full_name) \
                         SELECT 'HSC', i, CAST(i AS VARCHAR(32)) FROM n";

const QUESTION: [&str; 10] = [
    "detector",
    "exposure",
    "patch",
    "--where",
    "instrument='HSC' AND skymap='hsc_rings_mini_v1'",
    "--order-by",
    "-detector",
    "--limit",
    "0",
    "--format=jsonl",
];

/// Import the fixture and add the detectors by `sql`.
fn fill(repo: &Path, sql: impl FnOnce()) {
    let export = fixture("hsc-mini");
    let args = [Path::new("import"), repo, &export, Path::new("--no-files")];
    let _ = pantry(args).ok();
    sql();
}

fn sqlite(repo: &Path) {
    oracle::create(repo);
    fill(repo, || {
        let code = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute(sys.argv[2])\nc.commit()\nprint(0)";
        let file = repo.join("gen3.sqlite3");
        let _ = oracle::json(code, [file.to_str().unwrap(), DETECTORS]);
    });
}

fn postgresql(repo: &Path) -> Database {
    let database = Database::new();
    oracle::create_postgres(repo, &database, None);
    fill(repo, || {
        let _ = database.sql(DETECTORS);
    });
    database
}

fn ends_at_its_timeout(repo: &Path) {
    let start = Instant::now();
    let ran = pantry(
        ["query-data-ids", repo.to_str().unwrap()]
            .iter()
            .chain(&QUESTION)
            .chain(&["--timeout", "0.5"]),
    );
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("in the time that is allowed"), "{ran}");
    assert!(start.elapsed() < Duration::from_secs(60), "{ran}");
}

fn asked(repo: &Path) -> Child {
    let mut command = command();
    command.arg("query-data-ids").arg(repo).args(QUESTION);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn ends_at_a_signal(repo: &Path) {
    let child = asked(repo);
    thread::sleep(Duration::from_secs(1));
    let id = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(killed.unwrap().success());
    let start = Instant::now();
    let ended = child.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(
        said.contains("interrupted: the answer is not complete"),
        "{said}"
    );
}

#[test]
fn a_query_ends_at_its_timeout_and_at_a_signal_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    sqlite(&repo);
    ends_at_its_timeout(&repo);
    ends_at_a_signal(&repo);
}

#[test]
fn a_query_ends_at_its_timeout_and_at_a_signal_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    let database = postgresql(&repo);
    ends_at_its_timeout(&repo);
    ends_at_a_signal(&repo);
    let running = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
                   AND pid <> pg_backend_pid()";
    let until = Instant::now() + Duration::from_secs(10);
    while database.sql(running).trim() != "0" {
        assert!(Instant::now() < until, "the server goes on");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_timeout_is_a_number_of_seconds() {
    for bad in ["0", "-1", "x", "1e99"] {
        let ran = pantry(["query-data-ids", "nowhere", "visit", "--timeout", bad]);
        assert_eq!(ran.code, Some(2), "{ran}");
    }
}
