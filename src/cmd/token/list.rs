//! `pantry token list`: tokens, without what is secret about them.
use std::io::Write;

use chrono::{DateTime, Utc};
use pantry_registry::config::Environment;
use pantry_state::Token;

use super::expiry;
use crate::context::Context;
use crate::failure::Failure;
use crate::rows::{Column, Kind, OutputFormat, Value};
use crate::state::StateArgs;
use crate::table::{Align, Table};

/// Arguments of `token list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Also list tokens that were revoked
    #[arg(long)]
    all: bool,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    state: StateArgs,
}

/// Prints the tokens, the oldest first.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let now = Utc::now();
    let state = args.state.open(&Environment::from_process())?;
    let mut tokens = state.tokens()?;
    tokens.retain(|token| args.all || token.revoked.is_none());
    let mut out = context.stdout();
    match args.format {
        OutputFormat::Table if tokens.is_empty() => {}
        OutputFormat::Table => table(&tokens, now).write_to(&mut out)?,
        format => {
            let mut sink = format.sink(&columns(), &mut out)?;
            for token in &tokens {
                sink.row(&row(token, now))?;
            }
            sink.finish()?;
        }
    }
    out.flush()?;
    Ok(())
}

fn status(token: &Token, now: DateTime<Utc>) -> &'static str {
    match token.revoked {
        Some(_) => "revoked",
        None if token.has_expired(now) => "expired",
        None => "valid",
    }
}

/// Columns of the machine formats. Times are text, UTC: those of [`Kind::Time`] are TAI.
fn columns() -> [Column; 10] {
    [
        Column::text("id"),
        Column::text("name"),
        Column::text("status"),
        Column::text("role"),
        Column::new("repos", Kind::Texts),
        Column::new("collections", Kind::Texts),
        Column::text("created"),
        Column::text("expires"),
        Column::text("last_used"),
        Column::text("revoked"),
    ]
}

fn row(token: &Token, now: DateTime<Utc>) -> [Value<'_>; 10] {
    let texts = |texts: &Vec<String>| texts.iter().cloned().collect::<Value>();
    [
        token.id.as_str().into(),
        token.name.as_deref().into(),
        status(token, now).into(),
        token.role.name().into(),
        texts(&token.repos),
        token.collections.as_ref().map_or(Value::Null, texts),
        expiry::text(token.created).into(),
        token.expires.map(expiry::text).into(),
        token.last_used.map(expiry::text).into(),
        token.revoked.map(expiry::text).into(),
    ]
}

fn table(tokens: &[Token], now: DateTime<Utc>) -> Table {
    let columns = [
        "Id",
        "Name",
        "Status",
        "Role",
        "Repos",
        "Collections",
        "Created",
        "Expires",
        "Last used",
    ];
    let mut table = Table::new(&columns, Align::Left);
    let never = || "never".to_owned();
    for token in tokens {
        let collections = token.collections.as_ref();
        table.push(&[
            token.id.as_str().into(),
            token.name.as_deref().unwrap_or_default().into(),
            status(token, now).into(),
            token.role.name().into(),
            token.repos.join(",").into(),
            collections
                .map_or("*".to_owned(), |globs| globs.join(","))
                .into(),
            expiry::text(token.created).into(),
            token.expires.map_or_else(never, expiry::text).into(),
            token.last_used.map_or_else(never, expiry::text).into(),
        ]);
    }
    table
}
