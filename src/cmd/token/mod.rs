//! `pantry token`: the tokens that let users into the server. The reference has no such command; its server asks Gafaelfawr.
mod create;
mod expiry;
mod list;
mod revoke;

use clap::Subcommand;

pub use create::CLIENT_VARIABLE;

use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `token`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What is done with tokens.
#[derive(Debug, Subcommand)]
enum What {
    /// Make a token and print it, this once, and the line that hands it to the Python client
    Create(create::Args),
    /// List tokens, without what is secret about them
    List(list::Args),
    /// Revoke a token for ever
    Revoke(revoke::Args),
}

/// Does it.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    match args.what {
        What::Create(args) => create::run(args, context),
        What::List(args) => list::run(args, context),
        What::Revoke(args) => revoke::run(args, context),
    }
}
