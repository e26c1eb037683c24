//! `pantry completions`: a script that makes a shell complete verbs, options and choices.
use std::io::Write;

use clap_complete::Shell;

use crate::cli;
use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum, ignore_case = true)]
    shell: Shell,
}

/// Prints the script.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "pantry", &mut script);
    let mut out = context.stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(())
}
