//! A PostgreSQL server for the whole test run, and a database of its own for each test that asks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{run, workspace};

/// The user of the test server: a superuser without a password.
pub const USER: &str = "pantry";

/// Folder of the server's Unix socket; starts the server (`tests/postgres start`) when it does not run.
///
/// # Panics
/// If PostgreSQL is not installed.
pub fn socket() -> &'static Path {
    static SOCKET: OnceLock<PathBuf> = OnceLock::new();
    SOCKET.get_or_init(|| {
        let folder = run(Command::new(workspace().join("tests/postgres")).arg("start")).ok();
        PathBuf::from(folder.trim_end())
    })
}

/// A server of one test's own, which that test stops and starts; it ends with this value.
#[derive(Debug)]
pub struct OwnServer {
    state: PathBuf,
    socket: PathBuf,
}

impl OwnServer {
    /// Starts one; `state` is an empty folder.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    #[track_caller]
    pub fn start(state: &Path) -> Self {
        let folder = run(&mut script(state, "start")).ok();
        Self {
            state: state.to_owned(),
            socket: PathBuf::from(folder.trim_end()),
        }
    }

    /// An empty database of this server.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    #[track_caller]
    pub fn database(&self) -> Database {
        Database::on(&self.socket, "template1")
    }

    /// Ends the server and all its sessions; its data stays.
    ///
    /// # Panics
    /// If that fails.
    #[track_caller]
    pub fn halt(&self) {
        let _ = run(&mut script(&self.state, "halt")).ok();
    }

    /// Starts the server again.
    ///
    /// # Panics
    /// If that fails.
    #[track_caller]
    pub fn resume(&self) {
        let _ = run(&mut script(&self.state, "resume")).ok();
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = run(&mut script(&self.state, "stop"));
    }
}

/// `tests/postgres`, for another server than that of all tests.
fn script(state: &Path, verb: &str) -> Command {
    let mut command = Command::new(workspace().join("tests/postgres"));
    command.arg(verb).env("CARGO_TARGET_DIR", state);
    command
}

/// An empty database; dropped with this value.
#[derive(Debug)]
pub struct Database {
    name: String,
    socket: PathBuf,
}

impl Database {
    /// A database with the extension `btree_gist`, which a Butler registry needs.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Self::on(socket(), "template1")
    }

    /// A database without `btree_gist`.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    #[track_caller]
    pub fn without_btree_gist() -> Self {
        Self::on(socket(), "template0")
    }

    #[track_caller]
    fn on(socket: &Path, template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let time = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_micros());
        let name = format!("t{}_{number}_{time}", std::process::id());
        let text = format!("CREATE DATABASE {name} TEMPLATE {template}");
        let _ = run(&mut command(socket, "postgres", &text)).ok();
        Self {
            name,
            socket: socket.to_owned(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL as a `butler.yaml` has it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgresql+psycopg://{}", self.rest_of_url())
    }

    /// The URL as libpq and the crate `postgres` read it.
    #[must_use]
    pub fn libpq_url(&self) -> String {
        format!("postgresql://{}", self.rest_of_url())
    }

    fn rest_of_url(&self) -> String {
        format!("{USER}@/{}?host={}", self.name, self.socket.display())
    }

    /// Run SQL and return the rows as `psql -At` prints them: fields parted by `|`, no header.
    ///
    /// # Panics
    /// If a statement fails.
    #[track_caller]
    pub fn sql(&self, text: &str) -> String {
        run(&mut command(&self.socket, &self.name, text)).ok()
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test may be panicking: nothing here may panic again, and the server goes away in the end anyway.
        let text = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let _ = run(&mut command(&self.socket, "postgres", &text));
    }
}

fn command(socket: &Path, database: &str, text: &str) -> Command {
    let mut command = Command::new("psql");
    command
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .args(["-U", USER, "-d", database, "-c", text, "-h"])
        .arg(socket);
    command
}
