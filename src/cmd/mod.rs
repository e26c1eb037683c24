//! The verbs, one file each. To add one: write `<verb>.rs` with `Args` and `run`, and name it twice below.
mod completions;
mod config_dump;
pub mod create;
mod import;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// What the user wants done. The first line of a verb's documentation is its line in `pantry --help`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the configuration of a repository, or a part of it
    ConfigDump(config_dump::Args),
    /// Create an empty repository
    Create(create::Args),
    /// Import an export directory into a repository
    Import(import::Args),
}

impl Verb {
    /// Does it.
    ///
    /// # Errors
    /// Whatever ends a verb early; see [`Failure`].
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Verb::Completions(args) => completions::run(args, context),
            Verb::ConfigDump(args) => config_dump::run(args, context),
            Verb::Create(args) => create::run(args, context),
            Verb::Import(args) => import::run(args, context),
        }
    }
}
