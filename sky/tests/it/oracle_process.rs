//! Runs the scripts beside the tests with the Python that has the reference installed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn python() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is in a workspace");
    let python = std::env::var_os("PANTRY_ORACLE_PYTHON")
        .map_or_else(|| workspace.join("target/oracle/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "{} does not exist: run ./test first",
        python.display()
    );
    python
}

/// Calls `f` with each line that a script in `tests/oracle` prints.
pub fn for_each_line(script: &str, arguments: &[&str], mut f: impl FnMut(&str)) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracle")
        .join(script);
    let mut child = Command::new(python())
        .arg(&script)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle's Python starts");
    let stdout = child.stdout.take().expect("stdout is piped");
    for line in BufReader::new(stdout).lines() {
        f(&line.expect("the oracle prints text"));
    }
    let status = child.wait().expect("the oracle ends");
    assert!(status.success(), "{} failed: {status}", script.display());
}
