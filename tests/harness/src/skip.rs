//! Tests that cannot run here: never silently.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Say that the calling test does not run here, and why; then return from the test.
///
/// `./test` counts and prints these. Only for what needs a thing outside (a Ceph gateway, say); a missing oracle or
/// PostgreSQL is a failure.
///
/// # Panics
/// If the file of `./test` cannot be written.
pub fn skip(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("NOT RUN HERE: {test}: {why}");
    if let Some(path) = std::env::var_os("PANTRY_SKIP_LOG") {
        let line = format!("{test}: {why}\n");
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .unwrap_or_else(|e| panic!("{}: cannot be written: {e}", path.display()));
    }
}
