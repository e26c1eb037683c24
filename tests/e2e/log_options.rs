//! Where the log and the final error go.

use std::fs;

use pantry_testkit::oracle;
use serde_json::{Value, json};

use crate::pantry::pantry;

#[test]
fn an_error_is_one_line_whatever_the_log_options_are() {
    let quiet: [&[&str]; 4] = [
        &[],
        &["--quiet"],
        &["--no-log-tty"],
        &["--log-level", "critical", "--long-log"],
    ];
    for options in quiet {
        let ran = pantry(options.iter().chain(&["config-dump", "/no/such/repo"]));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran}");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
        assert!(
            ran.stderr.starts_with("pantry: error: ") && ran.stderr.contains("/no/such/repo"),
            "{ran}"
        );
    }
}

#[test]
fn with_the_json_format_the_error_is_a_record() {
    let ran = pantry([
        "--log-format",
        "json",
        "--log-label",
        "job=7",
        "config-dump",
        "/no/such/repo",
    ]);
    let record: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(
        (&record["levelname"], &record["MDC"]),
        (&json!("ERROR"), &json!({"JOB": "7"})),
        "{ran}"
    );
    assert!(
        record["message"]
            .as_str()
            .unwrap()
            .contains("/no/such/repo")
    );
}

#[test]
fn log_files_grow_and_hold_the_error_for_the_reference_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let (json, text) = (folder.path().join("a.json"), folder.path().join("b.log"));
    let files = format!("{},{}", json.display(), text.display());
    for _ in 0..2 {
        let ran = pantry([
            "--log-file",
            &files,
            "--no-log-tty",
            "config-dump",
            "/no/such/repo",
        ]);
        assert_eq!(ran.code, Some(1), "{ran}");
    }
    let program = "
import sys, json
from lsst.daf.butler.logging import ButlerLogRecords
print(json.dumps([[r.name, r.levelname] for r in ButlerLogRecords.from_file(sys.argv[1])]))";
    assert_eq!(
        oracle::json(program, [&json]),
        json!([["pantry", "ERROR"], ["pantry", "ERROR"]])
    );
    let lines = fs::read_to_string(&text).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(
        lines.lines().all(|line| line.starts_with("pantry ERROR: ")),
        "{lines}"
    );
}
