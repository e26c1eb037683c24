//! Log levels: the reference's seven, and where the five of `tracing` stand among them.
use std::fmt;
use std::str::FromStr;

use tracing::Metadata;

/// Severity of a log record, least severe first; names and numbers are those of Python's `logging` with the
/// additions of `lsst/utils/logging.py`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Level {
    Trace,
    Debug,
    Verbose,
    Info,
    Warning,
    Error,
    Critical,
}

impl Level {
    /// Every level, in the order in which the reference lists them to the user (`cli/opt/options.py`).
    pub const ALL: [Level; 7] = [
        Level::Critical,
        Level::Error,
        Level::Warning,
        Level::Info,
        Level::Verbose,
        Level::Debug,
        Level::Trace,
    ];

    /// The name as it appears in records and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Level::Trace => "TRACE",
            Level::Debug => "DEBUG",
            Level::Verbose => "VERBOSE",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
            Level::Critical => "CRITICAL",
        }
    }

    /// The `levelno` of JSON records.
    pub fn number(self) -> u8 {
        match self {
            Level::Trace => 5,
            Level::Debug => 10,
            Level::Verbose => 15,
            Level::Info => 20,
            Level::Warning => 30,
            Level::Error => 40,
            Level::Critical => 50,
        }
    }

    /// The level of an event. `tracing` has neither VERBOSE nor CRITICAL; a call site asks for them by a field:
    /// `debug!(verbose = true, ...)` and `error!(critical = true, ...)`.
    pub fn of(metadata: &Metadata<'_>) -> Level {
        let marked = |field| metadata.fields().field(field).is_some();
        match *metadata.level() {
            tracing::Level::TRACE => Level::Trace,
            tracing::Level::DEBUG if marked("verbose") => Level::Verbose,
            tracing::Level::DEBUG => Level::Debug,
            tracing::Level::INFO => Level::Info,
            tracing::Level::WARN => Level::Warning,
            tracing::Level::ERROR if marked("critical") => Level::Critical,
            tracing::Level::ERROR => Level::Error,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = String;

    /// Upper and lower case are the same, as in the reference.
    fn from_str(text: &str) -> Result<Level, String> {
        Level::ALL
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| {
                let names: Vec<_> = Level::ALL.iter().map(|level| level.name()).collect();
                format!("'{text}' is not one of {}", names.join(", "))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_the_levels_as_python_does() {
        let numbers: Vec<u8> = Level::ALL.iter().map(|level| level.number()).collect();
        assert_eq!(numbers, [50, 40, 30, 20, 15, 10, 5]);
        assert!(Level::Verbose > Level::Debug && Level::Verbose < Level::Info);
    }

    #[test]
    fn names_are_read_in_any_case() {
        assert_eq!("verbose".parse(), Ok(Level::Verbose));
        assert_eq!("Warning".parse(), Ok(Level::Warning));
        assert!("WARN".parse::<Level>().unwrap_err().contains("CRITICAL"));
    }
}
