//! What the tests of `ingest-files` share: repositories that hold `oracle-mini`, for each program one.

use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, fixture, run};
use serde_json::Value;

use crate::import_setup::{Scratch, copy_tree, import, step};
use crate::pantry::command;

/// The run that the tests ingest into.
pub const RUN: &str = "ingested/run";

/// Makes repositories that hold `oracle-mini`, whose patches 0 and 1 of tract 0 of the sky map `tiny` the tests use.
pub enum Filled {
    Sqlite(PathBuf),
    Postgresql(Database),
}

impl Filled {
    pub fn sqlite(scratch: &Scratch) -> Self {
        Self::Sqlite(scratch.filled("pristine"))
    }

    pub fn postgresql() -> Self {
        Self::Postgresql(Database::new())
    }

    /// A new one; `name` is also that of the namespace.
    pub fn create(&self, scratch: &Scratch, name: &str) -> PathBuf {
        let repo = scratch.path(name);
        match self {
            Self::Sqlite(pristine) => copy_tree(pristine, &repo),
            Self::Postgresql(database) => {
                let mut create = command();
                create.arg("create").arg(&repo);
                create.args(["--db", &database.url(), "--namespace", name]);
                let _ = run(&mut create).ok();
                let flags = ["--transfer", "copy", "--checksum", "none"];
                let _ = import(&repo, &fixture("oracle-mini"), &flags).ok();
            }
        }
        repo
    }
}

/// A folder with files `files/0.parq` and so on, and a table `table.csv` with this text.
pub fn folder(scratch: &Scratch, name: &str, table: &str) -> PathBuf {
    let folder = scratch.path(name);
    fs::create_dir_all(folder.join("files")).unwrap();
    for i in 0..3 {
        fs::write(
            folder.join(format!("files/{i}.parq")),
            format!("file {i}\n"),
        )
        .unwrap();
    }
    fs::write(folder.join("table.csv"), table).unwrap();
    folder
}

/// Arguments after the repository, for either program.
pub fn arguments(dataset_type: &str, table: &Path, flags: &[&str]) -> Vec<String> {
    let table = table.to_str().unwrap();
    let flags = flags.iter().copied();
    [dataset_type, RUN, table]
        .into_iter()
        .chain(flags)
        .map(str::to_owned)
        .collect()
}

/// `pantry ingest-files REPO ARGUMENTS`
#[track_caller]
pub fn ingest(repo: &Path, arguments: &[String]) -> Ran {
    run(command().arg("ingest-files").arg(repo).args(arguments))
}

/// The same for the Python Butler, as a step of a batch.
pub fn butler_step(repo: &Path, arguments: &[String]) -> Value {
    let begin = ["ingest-files", repo.to_str().unwrap()].map(str::to_owned);
    step("butler", begin.iter().chain(arguments))
}
