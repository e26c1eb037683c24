//! Comparison of repositories, table by table and statement by statement, by scripts in `tests/oracle/`.
//!
//! A repository is named by its folder (its `butler.yaml` says where the registry is), by an SQLite file or by a
//! PostgreSQL URL.

use std::ffi::OsStr;

use crate::oracle::script;
use crate::run;

/// All rows of all tables as sorted JSON lines `["table",{"column":value}]`. `options` as `dump.py --help` has them,
/// such as `--keep-ids` or `--skip=TABLE`.
///
/// # Panics
/// If the repository cannot be read.
#[must_use]
#[track_caller]
pub fn rows(repo: impl AsRef<OsStr>, options: &[&str]) -> Vec<String> {
    lines("dump.py", repo.as_ref(), options)
}

/// The schema as sorted lines.
///
/// # Panics
/// If the repository cannot be read.
#[must_use]
#[track_caller]
pub fn schema(repo: impl AsRef<OsStr>, options: &[&str]) -> Vec<String> {
    lines("schema.py", repo.as_ref(), options)
}

/// Both repositories hold the same rows, once ingest dates and generated ids are made comparable.
///
/// # Panics
/// If they differ; the message shows the first 40 differing rows, `-` for those only on the left.
#[track_caller]
pub fn assert_same_rows(left: impl AsRef<OsStr>, right: impl AsRef<OsStr>, options: &[&str]) {
    assert_same("dump.py", left.as_ref(), right.as_ref(), options);
}

/// Both databases have the same schema.
///
/// # Panics
/// If they differ, as [`assert_same_rows`].
#[track_caller]
pub fn assert_same_schema(left: impl AsRef<OsStr>, right: impl AsRef<OsStr>, options: &[&str]) {
    assert_same("schema.py", left.as_ref(), right.as_ref(), options);
}

#[track_caller]
fn lines(name: &str, repo: &OsStr, options: &[&str]) -> Vec<String> {
    let text = run(script(name).arg(repo).args(options)).ok();
    text.lines().map(str::to_owned).collect()
}

#[track_caller]
fn assert_same(name: &str, left: &OsStr, right: &OsStr, options: &[&str]) {
    let ran = run(script(name).arg(left).arg(right).args(options));
    match (ran.code, ran.stderr.is_empty()) {
        (Some(0), _) => {}
        (Some(1), true) => panic!(
            "these differ:\n- {}\n+ {}\n{}",
            left.display(),
            right.display(),
            ran.stdout
        ),
        _ => panic!("{ran}"),
    }
}
