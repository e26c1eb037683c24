//! Runs the Python Butler on YAML documents.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The installation of the Python Butler that tests compare with.
pub(super) fn python() -> PathBuf {
    let python = std::env::var_os("PANTRY_ORACLE_PYTHON").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../target/oracle/bin/python"
            ))
        },
        PathBuf::from,
    );
    assert!(
        python.exists(),
        "{} is not there; run ./test first",
        python.display()
    );
    python
}

/// What the Python Butler makes of a request; see `oracle.py` for its form.
pub(super) fn ask(request: &Value) -> Vec<Value> {
    let answer = run(include_str!("oracle.py"), &request.to_string());
    match serde_json::from_str(&answer).expect("the oracle answers in JSON") {
        Value::Array(answers) => answers,
        other => panic!("the oracle answered {other}"),
    }
}

/// The folder of the wheel's own exports.
pub(super) fn registry_data() -> Vec<PathBuf> {
    let program = "import lsst.daf.butler.tests as t, os; print(os.path.join(os.path.dirname(t.__file__), 'registry_data'))";
    let folder = run(program, "");
    let mut files: Vec<PathBuf> = std::fs::read_dir(Path::new(folder.trim()))
        .expect("the wheel has registry data")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    assert!(
        files.len() >= 7,
        "the wheel has fewer exports than expected: {files:?}"
    );
    files
}

/// Standard output of a Python program.
pub(super) fn run(program: &str, input: &str) -> String {
    let mut child = Command::new(python())
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
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
