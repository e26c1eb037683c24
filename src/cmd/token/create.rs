//! `pantry token create`: a new token, shown once.
use std::io::Write;

use chrono::Utc;
use clap::ValueEnum;
use pantry_registry::config::Environment;
use pantry_registry::model::glob::split_commas;
use pantry_state::{NewToken, Role};

use super::expiry;
use crate::context::Context;
use crate::failure::Failure;
use crate::state::StateArgs;

/// The variable that the Python client takes its bearer token from
/// (`lsst/daf/butler/remote_butler/authentication/rubin.py`). It refuses to start without it.
pub const CLIENT_VARIABLE: &str = "BUTLER_RUBIN_ACCESS_TOKEN";

/// Arguments of `token create`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Labels of the repositories that it is for, as glob patterns. Repeatable, also comma-separated
    #[arg(long, value_name = "LABEL_GLOB", required = true)]
    repo: Vec<String>,

    /// What it allows there
    #[arg(long, value_enum, default_value_t)]
    role: RoleName,

    /// Collections that it may read, as glob patterns; by default all. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    /// How long it is valid: 12h, 30d, 6w, through a day (2027-01-31, UTC), until a time
    /// (2027-01-31T12:00:00Z), or never for a token without end
    #[arg(long, value_name = "TIME", default_value = "90d")]
    expires: String,

    /// Whom it is for: the user in the server's log and limits, and what it can be revoked by
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    state: StateArgs,
}

/// Roles of tokens.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum RoleName {
    /// Reading
    #[default]
    Read,
    /// Reading and writing
    Write,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Read => Self::Read,
            RoleName::Write => Self::Write,
        }
    }
}

/// Makes and prints it.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let now = Utc::now();
    let collections = split_commas(&args.collections).values;
    let new = NewToken {
        name: args.name,
        repos: split_commas(&args.repo).values,
        collections: (!collections.is_empty()).then_some(collections),
        role: args.role.into(),
        expires: expiry::parse(&args.expires, now).map_err(Failure::Usage)?,
    };
    let state = args.state.open(&Environment::from_process())?;
    let (secret, token) = state.create_token(&new, now)?;
    let mut out = context.stdout();
    writeln!(out, "{}", secret.reveal())?;
    writeln!(out, "export {CLIENT_VARIABLE}={}", secret.reveal())?;
    out.flush()?;
    tracing::info!(
        "this token is not shown again; its id is {}, it {}",
        token.id,
        match token.expires {
            Some(expires) => format!("expires at {}", expiry::text(expires)),
            None => "does not expire".to_owned(),
        }
    );
    Ok(())
}
