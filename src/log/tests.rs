//! Log files, read back by the reference.
use serde_json::{Value, json};

use super::*;
use pantry_testkit::oracle::ask;

#[test]
fn the_reference_reads_our_json_log() {
    let folder = std::env::temp_dir().join(format!("pantry-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (json, text) = (folder.join("a.json"), folder.join("b.log"));
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let options = LogOptions {
        levels: vec!["VERBOSE,pantry.quiet=ERROR".to_owned()],
        files: vec![format!("{},{}", path(&json), path(&text))],
        no_terminal: true,
        labels: vec!["label=abc,x=y".to_owned()],
        ..LogOptions::default()
    };
    let layer = LogLayer::new(
        LevelTable::parse(&options.levels).unwrap(),
        Labels::from([("LABEL".to_owned(), "abc".to_owned())]),
        sinks(&options).unwrap(),
    );
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info!(target: "pantry_registry::schema", rows = 3, "made {}", "tables");
        tracing::debug!(target: "pantry", verbose = true, "in \"more\" words");
        tracing::debug!(target: "pantry", "never");
        tracing::warn!(target: "pantry::quiet", "never");
        tracing::error!(target: "other::place", critical = true, "broken");
    });
    let program = "
import sys, json
from lsst.daf.butler.logging import ButlerLogRecords
records = ButlerLogRecords.from_file(json.load(sys.stdin))
print(json.dumps([[r.name, r.levelno, r.levelname, r.message, r.MDC, r.filename, r.asctime.tzinfo is not None] for r in records]))";
    let read = ask(program, &Value::from(path(&json)));
    let labels = json!({"LABEL": "abc"});
    let expected = json!([
        [
            "pantry.registry.schema",
            20,
            "INFO",
            "made tables rows=3",
            {"LABEL": "abc", "ROWS": "3"},
            "tests.rs",
            true
        ],
        [
            "pantry",
            15,
            "VERBOSE",
            "in \"more\" words",
            labels,
            "tests.rs",
            true
        ],
        [
            "other.place",
            50,
            "CRITICAL",
            "broken",
            labels,
            "tests.rs",
            true
        ],
    ]);
    assert_eq!(read, expected);
    let lines = std::fs::read_to_string(&text).unwrap();
    assert_eq!(
        lines,
        "pantry.registry.schema INFO: made tables rows=3\npantry VERBOSE: in \"more\" words\nother.place CRITICAL: broken\n"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn messages_become_one_line() {
    assert_eq!(one_line("no rows:\n  a.\n\n  b.\n"), "no rows: a; b.");
    assert_eq!(one_line("plain"), "plain");
}
