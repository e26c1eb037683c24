//! `pantry token revoke`: a token that lets nobody in any more.
use chrono::Utc;
use pantry_registry::config::Environment;

use crate::context::Context;
use crate::failure::Failure;
use crate::state::StateArgs;

/// Arguments of `token revoke`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id or name of the token
    #[arg(value_name = "ID|NAME")]
    token: String,

    #[command(flatten)]
    state: StateArgs,
}

/// Revokes it.
pub fn run(args: Args, _: &Context) -> Result<(), Failure> {
    let state = args.state.open(&Environment::from_process())?;
    state.revoke_token(&args.token, Utc::now())?;
    Ok(())
}
