//! Logging: the reference's options, names and formats over `tracing`.
//!
//! Library crates write `tracing` events and know nothing else. Their module path becomes the component name
//! ([`component`]), the level table decides what is wanted ([`level_table`]), [`record`] knows the formats.
pub mod component;
mod layer;
pub mod level;
pub mod level_table;
pub mod record;
mod sink;

use std::path::Path;

use chrono::Utc;
use pantry_registry::model::glob::split_commas;
use tracing_subscriber::layer::SubscriberExt;

use crate::failure::Failure;
use crate::key_value;
use layer::LogLayer;
use level::Level;
use level_table::LevelTable;
use record::{Format, Labels, Record};
use sink::Sink;
pub use sink::write_stderr;

/// What the user asked for.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// Values of `--log-level`.
    pub levels: Vec<String>,
    /// `--long-log`.
    pub long: bool,
    /// Values of `--log-file`, each a comma-separated list.
    pub files: Vec<String>,
    /// `--no-log-tty`.
    pub no_terminal: bool,
    /// Values of `--log-label`.
    pub labels: Vec<String>,
    /// `--log-format json`: JSON on the terminal too.
    pub json: bool,
    /// `--quiet`: nothing below WARNING on the terminal.
    pub quiet: bool,
}

/// The running log, kept to report how the program ended.
#[derive(Debug)]
pub struct Log {
    labels: Labels,
    json: bool,
}

impl Log {
    /// Opens the sinks and makes them the process's log. A second call in one process changes nothing but what
    /// [`Log::error`] prints.
    ///
    /// # Errors
    /// Usage errors for levels and labels that cannot be read, others for files that cannot be opened.
    pub fn start(options: &LogOptions) -> Result<Log, Failure> {
        let levels = LevelTable::parse(&options.levels)
            .map_err(|reason| Failure::Usage(format!("--log-level: {reason}")))?;
        let labels: Labels = key_value::split(&options.labels, false)
            .map_err(|reason| Failure::Usage(format!("--log-label: {reason}")))?
            .into_iter()
            .filter_map(|(key, value)| key.map(|key| (key.to_uppercase(), value)))
            .collect();
        let sinks = sinks(options)?;
        let layer = LogLayer::new(levels, labels.clone(), sinks);
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
        Ok(Log {
            labels,
            json: options.json,
        })
    }

    /// A log for failures that come before the options are known: plain text.
    pub fn plain() -> Log {
        Log {
            labels: Labels::new(),
            json: false,
        }
    }

    /// Reports the error that ends the program: one line on standard error whatever the levels are, and a record
    /// in every log file.
    pub fn error(&self, message: &str) {
        let message = one_line(message);
        tracing::error!(target: "pantry", file_only = true, "{message}");
        if self.json {
            let (path, line) = (file!(), line!());
            let name = "pantry".to_owned();
            let record = Record {
                name,
                time: Utc::now(),
                level: Level::Error,
                message,
                fields: Vec::new(),
                path,
                line,
            };
            write_stderr(&record.line(Format::Json, &self.labels));
        } else {
            write_stderr(&format!("pantry: error: {message}"));
        }
    }
}

/// The sinks that the options name, terminal first.
fn sinks(options: &LogOptions) -> Result<Vec<Sink>, Failure> {
    let text = if options.long {
        Format::Long
    } else {
        Format::Text
    };
    let mut sinks = Vec::new();
    if !options.no_terminal {
        let threshold = if options.quiet {
            Level::Warning
        } else {
            Level::Trace
        };
        sinks.push(Sink::terminal(
            if options.json { Format::Json } else { text },
            threshold,
        ));
    }
    for path in split_commas(&options.files).values {
        let format = if path.ends_with(".json") {
            Format::Json
        } else {
            text
        };
        let sink = Sink::file(Path::new(&path), format).map_err(|reason| {
            Failure::Usage(format!("--log-file: cannot write to '{path}': {reason}"))
        })?;
        sinks.push(sink);
    }
    Ok(sinks)
}

/// Joins the lines of a message: what ends the program is always one line.
fn one_line(message: &str) -> String {
    let mut joined = String::new();
    for line in message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        match joined.chars().last() {
            None => {}
            Some(':' | ';' | ',') => joined.push(' '),
            Some('.') => {
                joined.pop();
                joined.push_str("; ");
            }
            Some(_) => joined.push_str("; "),
        }
        joined.push_str(line);
    }
    joined
}

#[cfg(test)]
mod tests;
