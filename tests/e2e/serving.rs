//! Servers for tests: ours and the reference's, on free ports, ended with the value.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use pantry_testkit::postgres::Database;
use pantry_testkit::{fixture, oracle, run};
use serde_json::Value;

use crate::pantry::command;

/// Where the registry of a repo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgresql,
}

/// Repos that are served: each has one of the fixtures, files copied.
pub struct Repos {
    folder: tempfile::TempDir,
    labels: Vec<String>,
    _database: Option<Database>,
}

impl Repos {
    pub fn of(fixtures: &[&str], backend: Backend) -> Self {
        Self::with(
            fixtures,
            (backend == Backend::Postgresql).then(Database::new),
        )
    }

    /// With their registries in this database; else each has an SQLite file.
    pub fn with(fixtures: &[&str], database: Option<Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in fixtures {
            let repo = folder.path().join(name);
            if let Some(database) = &database {
                oracle::create_postgres(&repo, database, Some(&name.replace('-', "_")));
            }
            let export = fixture(name);
            let words = ["import".as_ref(), repo.as_os_str(), export.as_os_str()];
            let _ = run(command().args(words).args(["--transfer", "copy"])).ok();
        }
        Self {
            folder,
            labels: fixtures.iter().map(|&name| name.to_owned()).collect(),
            _database: database,
        }
    }

    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(String::as_str)
    }

    pub fn path(&self, label: &str) -> PathBuf {
        self.folder.path().join(label)
    }

    fn words(&self) -> impl Iterator<Item = String> {
        let word = |label| format!("{label}={}", self.path(label).display());
        self.labels().map(word).collect::<Vec<_>>().into_iter()
    }
}

/// A server; it is killed with this value.
pub struct Server {
    child: Child,
    /// `http://ADDRESS`.
    pub address: String,
    said: Option<JoinHandle<String>>,
}

impl Server {
    /// `pantry serve` with all repos.
    pub fn pantry(repos: &Repos) -> Self {
        Self::pantry_with(repos, &[])
    }

    /// `pantry serve` with all repos and these options.
    pub fn pantry_with(repos: &Repos, options: &[&str]) -> Self {
        Self::running(command().arg("serve").args(options).args(repos.words()))
    }

    /// What `pantry serve ...` with these words is.
    pub fn running(command: &mut Command) -> Self {
        let mut child = start(command.args(["--bind", "127.0.0.1:0"]));
        let stderr = child.stderr.take().unwrap();
        Self::listening(child, stderr)
    }

    /// The reference's server with all repos.
    pub fn reference(repos: &Repos) -> Self {
        let mut child = start(oracle::script("serve/reference.py").args(repos.words()));
        // What it logs of each request is of no interest; a full pipe would stop it.
        let log = child.stderr.take().unwrap();
        std::thread::spawn(move || BufReader::new(log).lines().for_each(drop));
        let stdout = child.stdout.take().unwrap();
        Self::listening(child, stdout)
    }

    /// Waits for the line with the address, and has the rest read so that the pipe never fills.
    fn listening(child: Child, output: impl Read + Send + 'static) -> Self {
        let mut lines = BufReader::new(output).lines().map(Result::unwrap);
        let mut seen = Vec::new();
        let address = lines.by_ref().find_map(|line| {
            let address = line.find("http://127.").map(|at| line[at..].to_owned());
            seen.push(line);
            address
        });
        let address = address.unwrap_or_else(|| panic!("no address: {seen:?}"));
        let mut said = seen.join("\n");
        let said = std::thread::spawn(move || {
            for line in lines {
                said = format!("{said}\n{line}");
            }
            said
        });
        Self {
            child,
            address,
            said: Some(said),
        }
    }

    /// Ask the server to stop, as `kill` does.
    pub fn terminate(&self) {
        let _ = run(Command::new("kill").arg(self.child.id().to_string())).ok();
    }

    /// Wait for its end; the exit code and all that it has said.
    pub fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let said = self.said.take().unwrap();
        (code, said.join().unwrap())
    }

    /// The path of a repo.
    pub fn path(label: &str) -> String {
        format!("/api/butler/repo/{label}")
    }

    /// The address of a repo.
    pub fn repo(&self, label: &str) -> String {
        format!("{}{}", self.address, Self::path(label))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(command: &mut Command) -> Child {
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped());
    piped.stderr(Stdio::piped()).spawn().unwrap()
}

/// What a script of `tests/oracle/serve/` prints.
#[track_caller]
pub fn report<A: AsRef<std::ffi::OsStr>>(script: &str, args: impl IntoIterator<Item = A>) -> Value {
    let printed = run(oracle::script(&format!("serve/{script}")).args(args)).ok();
    serde_json::from_str(&printed).unwrap()
}
