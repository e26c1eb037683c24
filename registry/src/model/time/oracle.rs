//! Runs the Python Butler for tests of times.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Feeds `input` to a Python program that has the Python Butler at hand; gives its standard output.
pub(in crate::model) fn python(program: &str, input: &str) -> String {
    let python = std::env::var_os("PANTRY_ORACLE_PYTHON").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../target/oracle/bin/python"
            ))
        },
        PathBuf::from,
    );
    let mut child = Command::new(&python)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("cannot run {}: {error}; run ./test first", python.display())
        });
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(input.as_bytes())
        .expect("Python reads its input");
    let output = child.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "the Python program failed");
    String::from_utf8(output.stdout).expect("UTF-8")
}
