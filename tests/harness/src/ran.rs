//! A program that was run to its end.

use std::fmt;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a program left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The command line, for messages.
    pub command: String,
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output, UTF-8.
    pub stdout: String,
    /// Standard error, UTF-8.
    pub stderr: String,
}

impl Ran {
    /// Standard output of a program that succeeded.
    ///
    /// # Panics
    /// If the exit code is not 0; the message holds both outputs.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> String {
        assert!(self.code == Some(0), "{self}");
        self.stdout
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or("a signal".to_owned(), |c| c.to_string());
        write!(
            f,
            "{}\nended with {code}\n--- stdout\n{}\n--- stderr\n{}",
            self.command, self.stdout, self.stderr
        )
    }
}

/// Run a command to its end with nothing on standard input.
///
/// # Panics
/// If it cannot be started or writes something that is not UTF-8.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    run_with_input(command, b"")
}

/// Run a command to its end with these bytes on standard input.
///
/// # Panics
/// As [`run`].
#[track_caller]
pub fn run_with_input(command: &mut Command, input: &[u8]) -> Ran {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{shown}: cannot be run: {e}"));
    let pipe = child.stdin.take();
    // From a thread of its own: the program may write before it has read everything. A program that does not read its
    // input is free to do so.
    let output = std::thread::scope(|scope| {
        scope.spawn(|| pipe.map(|mut pipe| pipe.write_all(input)));
        child.wait_with_output()
    });
    let output = output.unwrap_or_else(|e| panic!("{shown}: its output cannot be read: {e}"));
    let text = |bytes, name| {
        String::from_utf8(bytes).unwrap_or_else(|e| panic!("{shown}: {name} is not UTF-8: {e}"))
    };
    Ran {
        code: output.status.code(),
        stdout: text(output.stdout, "stdout"),
        stderr: text(output.stderr, "stderr"),
        command: shown,
    }
}
