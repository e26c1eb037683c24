//! `pantry verify --resume` and `--report`: a verification that was stopped ends with the report of one that was not.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use pantry_testkit::{fixture, oracle, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::pantry::{command, pantry};
use crate::verify::verify;

/// More than two batches of the program.
const EXTRA: usize = 20_000;

/// A repository with many files that have no record, before and after those that do.
fn littered(folder: &Path) -> PathBuf {
    let repo = folder.join("repo");
    let export = fixture("oracle-mini");
    let words = [&repo, &export].map(|path| path.to_str().unwrap());
    let _ = pantry(["import", words[0], words[1], "--transfer", "copy"]).ok();
    for name in ["a", "z"] {
        fs::create_dir(repo.join(name)).unwrap();
        for number in 0..EXTRA / 2 {
            fs::write(repo.join(format!("{name}/{number}")), "").unwrap();
        }
    }
    fs::remove_file(repo.join("runs/first/summary/summary_runs_first.yaml")).unwrap();
    repo
}

/// A verification that cannot go on after a while, because nobody reads what it prints; `lines` of that were read.
fn stuck(repo: &Path, state: &Path, lines: usize) -> (Child, impl Read + use<>) {
    let mut child = command()
        .args(["verify", "--format", "jsonl", "--resume"])
        .args([state, repo])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    for _ in 0..lines {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended too early");
    }
    (child, out)
}

#[test]
fn killed_interrupted_and_resumed_it_reports_the_same() {
    let folder = TempDir::new().unwrap();
    let (repo, state) = (littered(folder.path()), folder.path().join("state"));
    let whole = verify(&repo, &["--format", "jsonl"]);
    assert_eq!(whole.stdout.lines().count(), EXTRA + 1);

    let (mut killed, _unread) = stuck(&repo, &state, 9_000);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let checkpoint = fs::read_to_string(&state).unwrap();
    assert!(checkpoint.contains("{\"checkpoint\":[{\"files\":{\"after\":\"a/"));

    let (mut interrupted, mut rest) = stuck(&repo, &state, 15_000);
    let _ = run(Command::new("kill").args(["-INT", &interrupted.id().to_string()])).ok();
    let mut said = BufReader::new(interrupted.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("stopping") {
        line.clear();
        assert_ne!(said.read_line(&mut line).unwrap(), 0, "it did not hear");
    }
    rest.read_to_end(&mut Vec::new()).unwrap();
    said.read_line(&mut line).unwrap();
    assert_eq!(interrupted.wait().unwrap().code(), Some(1), "{line}");
    assert!(line.contains("run the same command again"), "{line}");

    let state = state.to_str().unwrap();
    let other = verify(&repo, &["--checksums", "--resume", state]);
    assert!(other.stderr.contains("another verification"), "{other}");
    let resumed = verify(&repo, &["--format", "jsonl", "--resume", state]);
    assert_eq!(
        (resumed.code, resumed.stdout == whole.stdout),
        (Some(1), true)
    );
    assert!(!Path::new(state).exists());
}

#[test]
fn all_formats_and_the_report_file_hold_the_same() {
    let folder = TempDir::new().unwrap();
    let repo = folder.path().join("repo");
    let _ = pantry(["create", repo.to_str().unwrap()]).ok();
    fs::write(repo.join("a \"b\", c"), "").unwrap();
    let file = repo.join("report");
    let mut texts = Vec::new();
    for format in ["json", "jsonl", "csv", "table"] {
        let flags = ["--format", format];
        let printed = verify(&repo, &flags);
        assert_eq!(printed.code, Some(1), "{printed}");
        let report = [&flags[..], &["--report", file.to_str().unwrap()]].concat();
        let written = verify(&repo, &report);
        assert_eq!(written.code, Some(1), "{written}");
        let text = fs::read_to_string(&file).unwrap();
        assert!(written.stdout.ends_with(": 1 finding\n"), "{written}");
        assert!(printed.stdout.starts_with(&text), "{printed}{text}");
        fs::remove_file(&file).unwrap();
        texts.push(text);
    }
    let program = "
import sys, json, csv, io
array, lines, table, _ = json.load(sys.stdin)
print(json.dumps([json.loads(array), [json.loads(line) for line in lines.splitlines()], list(csv.DictReader(io.StringIO(table)))]))";
    let read = oracle::ask(program, &json!(texts));
    let row = |empty: Value| {
        json!([{"problem": "extra-file", "path": "a \"b\", c", "dataset_id": empty, "component": empty,
                "expected": empty, "found": empty}])
    };
    let rows = [row(Value::Null), row(Value::Null), row(json!(""))];
    assert_eq!(read, json!(rows));
}

#[test]
fn what_cannot_be_verified_is_an_error() {
    let folder = TempDir::new().unwrap();
    let repo = folder.path().join("repo");
    let _ = pantry(["create", repo.to_str().unwrap()]).ok();
    let state = folder.path().join("notes");
    fs::write(&state, "my notes\n").unwrap();
    let ran = verify(&repo, &["--resume", state.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran}");
    assert!(
        ran.stderr.contains("not the state of a verification"),
        "{ran}"
    );
    assert_eq!(fs::read_to_string(&state).unwrap(), "my notes\n");
}
