//! `pantry replica`: where copies of files are. The reference has no such command.
mod add;
mod list;
mod remove;
mod uri;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `replica`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What is done with the map of copies.
#[derive(Debug, Subcommand)]
enum What {
    /// Note that files are elsewhere too: all below a folder, or single ones
    Add(add::Args),
    /// List the rules, and the entries of single files
    List(list::Args),
    /// Forget copies; the files themselves stay as they are
    Remove(remove::Args),
}

/// Does it.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    match args.what {
        What::Add(args) => add::run(args, context),
        What::List(args) => list::run(args, context),
        What::Remove(args) => remove::run(args, context),
    }
}
