//! A bucket, and repositories and programs that know it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pantry_testkit::s3::S3Server;
use pantry_testkit::{Ran, fixture, oracle, run};
use serde_json::Value;

use crate::import_setup::{Scratch, files, tree};
use crate::import_used::{USE, expected};
use crate::pantry::command;

/// A bucket, a place for repositories, and programs that know the bucket.
pub struct Site {
    pub server: S3Server,
    pub scratch: Scratch,
}

impl Site {
    pub fn new() -> Self {
        Self {
            server: S3Server::start(&["data"]),
            scratch: Scratch::new(),
        }
    }

    pub fn knowing(&self, mut command: Command) -> Command {
        command
            .envs(self.server.variables())
            .env("AWS_DEFAULT_REGION", "us-east-1");
        command
    }

    pub fn pantry(&self, words: &[&str]) -> Ran {
        run(self.knowing(command()).args(words))
    }

    /// An empty repository whose datastore is in the bucket.
    pub fn repo_in_bucket(&self, name: &str) -> PathBuf {
        let repo = self.scratch.path(name);
        let seed = self.scratch.path("seed.yaml");
        fs::write(&seed, format!("datastore:\n  root: s3://data/{name}\n")).unwrap();
        let words = [
            "create",
            text(&repo),
            "--seed-config",
            text(&seed),
            "--override",
        ];
        let _ = self.pantry(&words).ok();
        repo
    }

    /// The fixture with its files in the bucket below `export/`, named by URI in its export file; this is the folder of that.
    pub fn export_in_bucket(&self) -> PathBuf {
        let source = fixture("oracle-mini");
        for file in files_of(&source) {
            let key = format!("export/{}", file.display());
            self.server
                .put("data", &key, &fs::read(source.join(&file)).unwrap());
        }
        let export = self.scratch.path("export");
        fs::create_dir(&export).unwrap();
        let yaml = fs::read_to_string(source.join("export.yaml")).unwrap();
        let yaml = yaml.replace("  path: ", "  path: s3://data/export/");
        fs::write(export.join("export.yaml"), yaml).unwrap();
        export
    }

    pub fn used_by_the_reference(&self, repo: &Path) {
        let found = run(self.knowing(oracle::code(USE)).arg(repo)).ok();
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(found, expected(&found));
    }
}

/// The files below a folder.
pub fn files_of(folder: &Path) -> Vec<PathBuf> {
    files(&tree(folder))
        .into_iter()
        .map(Path::to_path_buf)
        .collect()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
