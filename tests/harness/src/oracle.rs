//! The oracle: the real Python Butler, in a virtual environment that `tests/oracle/setup` makes.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::postgres::Database;
use crate::{Ran, run, run_with_input, workspace};

/// The Python that has the oracle: `PANTRY_ORACLE_PYTHON`, else that of `target/oracle`.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn python() -> PathBuf {
    let python = std::env::var_os("PANTRY_ORACLE_PYTHON").map_or_else(
        || workspace().join("target/oracle/bin/python"),
        PathBuf::from,
    );
    assert!(
        python.is_file(),
        "no oracle at {}: run ./test first (or tests/oracle/setup)",
        python.display()
    );
    python
}

/// A command that runs Python code (`-c`) with the oracle; `import absent; absent.install()` works in it.
#[must_use]
pub fn code(text: &str) -> Command {
    let mut command = interpreter();
    command.arg("-c").arg(text);
    command
}

/// A command that runs a script of `tests/oracle/`, such as `dump.py`.
#[must_use]
pub fn script(name: &str) -> Command {
    let mut command = interpreter();
    command.arg(workspace().join("tests/oracle").join(name));
    command
}

fn interpreter() -> Command {
    let mut command = Command::new(python());
    command
        .env("PYTHONPATH", workspace().join("tests/oracle"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Run Python code with arguments (`sys.argv[1:]`) and return what it prints.
///
/// # Panics
/// If it fails.
#[track_caller]
pub fn eval<A: AsRef<OsStr>>(text: &str, args: impl IntoIterator<Item = A>) -> String {
    run(code(text).args(args)).ok()
}

/// Like [`eval`], for code that prints one JSON value.
///
/// # Panics
/// If it fails or prints something else.
#[track_caller]
pub fn json<A: AsRef<OsStr>>(text: &str, args: impl IntoIterator<Item = A>) -> Value {
    let printed = eval(text, args);
    serde_json::from_str(&printed).unwrap_or_else(|e| panic!("not JSON: {e}: {printed}"))
}

/// Run Python code that reads one JSON value from standard input and prints one.
///
/// # Panics
/// If it fails or prints something else.
#[track_caller]
pub fn ask(text: &str, input: &Value) -> Value {
    let printed = run_with_input(&mut code(text), input.to_string().as_bytes()).ok();
    serde_json::from_str(&printed).unwrap_or_else(|e| panic!("not JSON: {e}: {printed}"))
}

/// The Python Butler's command line. Formatters that are not installed count as known.
#[track_caller]
pub fn butler<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    run(script("butler.py").args(args))
}

/// `butler create` of an SQLite repository.
///
/// # Panics
/// If it fails.
#[track_caller]
pub fn create(repo: &Path) {
    let _ = butler([OsStr::new("create"), repo.as_os_str()]).ok();
}

/// `butler create` of a repository whose registry is in PostgreSQL, in the schema `namespace` (else `public`).
///
/// # Panics
/// If it fails.
#[track_caller]
pub fn create_postgres(repo: &Path, database: &Database, namespace: Option<&str>) {
    let seed = repo.with_extension("seed.yaml");
    let mut text = format!("registry:\n  db: {}\n", database.url());
    if let Some(namespace) = namespace {
        text += &format!("  namespace: {namespace}\n");
    }
    std::fs::write(&seed, text).unwrap_or_else(|e| panic!("{}: {e}", seed.display()));
    let args = [
        OsStr::new("create"),
        OsStr::new("--seed-config"),
        seed.as_os_str(),
        repo.as_os_str(),
    ];
    let _ = butler(args).ok();
    std::fs::remove_file(&seed).unwrap_or_else(|e| panic!("{}: {e}", seed.display()));
}

/// Load export files in this order without their datasets' files; names from the wheel's `registry_data` do too.
///
/// # Panics
/// If it fails.
#[track_caller]
pub fn load<A: AsRef<OsStr>>(repo: &Path, files: impl IntoIterator<Item = A>) {
    let _ = run(script("load.py").arg(repo).args(files)).ok();
}
