//! Where records go: the terminal and files, each with its own format.
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::level::Level;
use super::record::Format;
use crate::progress;

/// One destination.
#[derive(Debug)]
pub struct Sink {
    /// How its records look.
    pub format: Format,
    /// Records below this are not for this sink.
    pub threshold: Level,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Terminal,
    File(Mutex<File>),
}

impl Sink {
    /// Standard error. Progress bars step aside while a line is written.
    pub fn terminal(format: Format, threshold: Level) -> Sink {
        Sink {
            format,
            threshold,
            target: Target::Terminal,
        }
    }

    /// A file, appended to if it exists.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn file(path: &Path, format: Format) -> io::Result<Sink> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Sink {
            format,
            threshold: Level::Trace,
            target: Target::File(Mutex::new(file)),
        })
    }

    /// Whether this is the terminal.
    pub fn is_terminal(&self) -> bool {
        matches!(self.target, Target::Terminal)
    }

    /// Writes one line. A log that cannot be written (full disk, closed terminal) never stops the work.
    pub fn write(&self, line: &str) {
        match &self.target {
            Target::Terminal => write_stderr(line),
            Target::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                // One call, so that lines of several processes do not mix.
                let _ = file.write_all(format!("{line}\n").as_bytes());
            }
        }
    }
}

/// Writes one line to standard error around any progress bar; unlike `eprintln!` it cannot panic.
pub fn write_stderr(line: &str) {
    progress::suspend(|| {
        let _ = io::stderr()
            .lock()
            .write_all(format!("{line}\n").as_bytes());
    });
}
