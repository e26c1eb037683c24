//! How these tests run the program.

use std::ffi::OsStr;
use std::process::Command;

use pantry_testkit::{Ran, run};

/// A command with the program under test, free of the caller's Butler settings and Pantry's state.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pantry"));
    command.env_remove("PANTRY_STATE");
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("DAF_BUTLER_")
            || text.starts_with("LSST_DB_AUTH")
            || text.starts_with("PG")
        {
            command.env_remove(name);
        }
    }
    command
}

/// Run the program.
#[track_caller]
pub fn pantry<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    run(command().args(args))
}
