//! The binary `pantry`: everything is in the library beside it, so that tests reach it.
use std::process::ExitCode;

fn main() -> ExitCode {
    pantry::run(std::env::args_os())
}
