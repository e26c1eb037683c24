//! SQLite: one file that belongs to one user.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, absolute};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use crate::migrations::{self, MigrationFailure};

/// What every connection starts with. Another process's lock is waited for: transactions here last milliseconds.
///
/// The journal stays SQLite's default: home folders are often on network file systems, where a write-ahead log is not safe.
const SETTINGS: &str = "PRAGMA busy_timeout = 10000";

/// Opens the file, made if it is missing. `Err` says why not.
pub(super) fn open(path: &Path) -> Result<SqliteConnection, String> {
    let path = absolute(path).map_err(|e| e.to_string())?;
    create(&path).map_err(|e| e.to_string())?;
    // Absolute, so it is never taken for a URL ("file:...").
    let name = path.to_str().ok_or("its name is not UTF-8")?;
    let mut raw = SqliteConnection::establish(name).map_err(|e| e.to_string())?;
    raw.batch_execute(SETTINGS).map_err(|e| e.to_string())?;
    Ok(raw)
}

/// An empty file that only its owner may read; SQLite's own would go by the umask. Its journals are as the file is.
fn create(path: &Path) -> std::io::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    }
}

/// Migrates under the write lock, taken first: of two processes one waits and then finds nothing to do.
pub(super) fn migrate(raw: &mut SqliteConnection) -> Result<(), MigrationFailure> {
    raw.immediate_transaction(migrations::run)
}
