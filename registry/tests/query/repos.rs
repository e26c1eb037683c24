//! Repositories that the reference makes for queries (`tests/oracle/query_repos.py`).

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use pantry_testkit::postgres::Database;
use pantry_testkit::workspace;
use serde_json::json;
use tempfile::TempDir;

use crate::generator::Generator;

/// Their names.
pub const NAMES: [&str; 6] = [
    "hsc",
    "lsstcam",
    "ci_hsc",
    "spatial",
    "datasets",
    "calibrations",
];

/// An SQLite repository; kept for the next run, for as long as its recipe stays the same.
pub fn sqlite(name: &str) -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock();
    let recipe = workspace().join("tests/oracle/query_repos.py");
    let recipe = std::fs::read(&recipe).unwrap_or_else(|e| panic!("{}: {e}", recipe.display()));
    let mut hasher = DefaultHasher::new();
    recipe.hash(&mut hasher);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("query-{:x}", hasher.finish()));
    let repo = folder.join(name);
    if !repo.is_dir() {
        std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let new = TempDir::new_in(&folder).expect("a folder");
        let made = new.path().join(name);
        let request = json!({"make": {"name": name, "repo": made}});
        Generator::start().must(&request);
        // Another process may have been faster; theirs is as good.
        if let Err(e) = std::fs::rename(&made, &repo) {
            assert!(repo.is_dir(), "{}: {e}", repo.display());
        }
    }
    repo
}

/// A repository in PostgreSQL, for as long as this lives.
pub struct Postgres {
    _database: Database,
    folder: TempDir,
}

impl Postgres {
    /// Make one.
    pub fn new(name: &str) -> Self {
        let database = Database::new();
        let folder = TempDir::new().expect("a folder");
        let repo = folder.path().join("repo");
        let request = json!({"make": {"name": name, "repo": repo, "db": database.url()}});
        Generator::start().must(&request);
        Self {
            _database: database,
            folder,
        }
    }

    /// Its folder.
    pub fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }
}
