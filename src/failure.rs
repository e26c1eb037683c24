//! How a verb ends when it does not end well, and the exit code for it.
use std::any::Any;
use std::error::Error;
use std::io;
use std::process::ExitCode;

/// The end of a verb that did not simply succeed. Any error of a library crate becomes one by `?`.
///
/// It does not implement [`Error`] itself: that is what makes the conversion from every error possible.
#[derive(Debug)]
pub enum Failure {
    /// The work could not be done. One line on standard error, exit code 1.
    Error(String),
    /// The command line asks for something that makes no sense. One line on standard error, exit code 2.
    Usage(String),
    /// The work was stopped by the user; the text says how to go on. One line on standard error, exit code 1.
    Interrupted(String),
    /// The work is done and its printed result is bad news, such as the findings of `verify`. Exit code 1.
    Findings,
    /// Whoever read our standard output has gone, such as `| head`. Silent, exit code 0.
    BrokenPipe,
}

impl Failure {
    /// A [`Failure::Error`] with this message.
    pub fn error(message: impl Into<String>) -> Failure {
        Failure::Error(message.into())
    }

    /// The line for standard error, if there is one.
    pub fn message(&self) -> Option<&str> {
        match self {
            Failure::Error(message) | Failure::Usage(message) | Failure::Interrupted(message) => {
                Some(message)
            }
            Failure::Findings | Failure::BrokenPipe => None,
        }
    }

    /// What the process returns.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Failure::Error(_) | Failure::Interrupted(_) | Failure::Findings => 1,
            Failure::Usage(_) => 2,
            Failure::BrokenPipe => 0,
        })
    }
}

impl<E: Error + 'static> From<E> for Failure {
    /// The error's text, then that of each cause which does not already appear in it.
    fn from(error: E) -> Failure {
        if let Some(io) = (&error as &dyn Any).downcast_ref::<io::Error>()
            && io.kind() == io::ErrorKind::BrokenPipe
        {
            return Failure::BrokenPipe;
        }
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Failure::Error(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pipe_is_silent_and_other_io_errors_are_not() {
        let gone = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(matches!(gone, Failure::BrokenPipe) && gone.message().is_none());
        let other = Failure::from(io::Error::other("disk on fire"));
        assert_eq!(other.message(), Some("disk on fire"));
    }

    #[test]
    fn causes_are_told_once() {
        #[derive(Debug)]
        struct Outer(&'static str, io::Error);
        impl std::fmt::Display for Outer {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.0)
            }
        }
        impl Error for Outer {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.1)
            }
        }
        let message = |text| {
            Failure::from(Outer(text, io::Error::other("no space")))
                .message()
                .map(str::to_owned)
        };
        assert_eq!(message("writing x").as_deref(), Some("writing x: no space"));
        assert_eq!(
            message("writing x: no space").as_deref(),
            Some("writing x: no space")
        );
    }
}
