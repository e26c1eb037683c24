//! `pantry replica remove`.
use pantry_registry::config::Environment;

use super::uri::uri;
use crate::context::Context;
use crate::failure::Failure;
use crate::state::StateArgs;

/// Arguments of `replica remove`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file, or with a slash at its end the folder, whose copies are forgotten
    from: String,

    /// Only this copy
    to: Option<String>,

    #[command(flatten)]
    state: StateArgs,
}

/// Forgets them.
pub fn run(args: Args, _: &Context) -> Result<(), Failure> {
    let from = uri(&args.from)?.to_string();
    let to = args.to.as_deref().map(uri).transpose()?;
    let to = to.map(|to| to.to_string());
    let state = args.state.open(&Environment::from_process())?;
    let removed = match from.ends_with('/') {
        true => state.remove_replica_rules(&from, to.as_deref())?,
        false => state.remove_replicas(&from, to.as_deref())?,
    };
    match removed {
        0 => Err(Failure::error(format!(
            "no such copy of {from} is noted; 'pantry replica list' shows all"
        ))),
        _ => Ok(()),
    }
}
