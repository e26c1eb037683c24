//! The binary from outside: exit codes, what goes where, what it needs to run.
mod exit_codes;
mod release;

use std::process::{Command, Output};

/// The binary with these arguments, ready to run.
fn pantry(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantry"));
    command.args(arguments);
    command
}

/// Runs it and returns exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = pantry(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}
