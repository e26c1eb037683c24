//! Asking the Python Butler: a batch of requests in, one answer each out.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The oracle's answer: its result, or that it raised.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Ok(Value),
    Raised(String),
}

fn python() -> PathBuf {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/oracle/bin/python");
    let python = std::env::var_os("PANTRY_ORACLE_PYTHON").map_or(default, PathBuf::from);
    assert!(
        python.exists(),
        "no Python Butler at {}: run ./test first",
        python.display()
    );
    python
}

/// Ask all `requests` in one run of `tests/it/oracle.py`.
pub fn ask(requests: &[Value]) -> Vec<Answer> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/oracle.py");
    let mut child = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starting the oracle");
    let mut stdin = child.stdin.take().expect("a pipe");
    let text: String = requests
        .iter()
        .map(|request| format!("{request}\n"))
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("reading the oracle");
    writer
        .join()
        .expect("the writer")
        .expect("writing to the oracle");
    assert!(output.status.success(), "the oracle failed");
    let answers: Vec<Answer> = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(answer)
        .collect();
    assert_eq!(answers.len(), requests.len(), "one answer per request");
    answers
}

fn answer(line: &str) -> Answer {
    let mut value: Value = serde_json::from_str(line).expect("JSON");
    match value["error"].as_str() {
        Some(error) => Answer::Raised(error.to_owned()),
        None => Answer::Ok(value["ok"].take()),
    }
}
