//! `pantry replica list`.
use std::io::Write;

use pantry_registry::config::Environment;
use pantry_state::Replica;

use crate::context::Context;
use crate::failure::Failure;
use crate::rows::{Column, Kind, OutputFormat, RowSink, Value};
use crate::state::StateArgs;

/// Arguments of `replica list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    state: StateArgs,
}

/// Prints the rules in the order in which they are tried, then the entries of single files.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let state = args.state.open(&Environment::from_process())?;
    let columns = [
        Column::text("uri"),
        Column::text("copy"),
        Column::new("rank", Kind::Int),
    ];
    let mut out = context.stdout();
    let mut sink = args.format.sink(&columns, &mut out)?;
    for rule in state.replica_rules()? {
        put(&mut *sink, &rule)?;
    }
    let mut last = None;
    loop {
        let some = state.replicas_after(last.as_ref())?;
        if some.is_empty() {
            break;
        }
        for replica in &some {
            put(&mut *sink, replica)?;
        }
        last = some.into_iter().next_back();
    }
    sink.finish()?;
    drop(sink);
    out.flush()?;
    Ok(())
}

fn put(sink: &mut dyn RowSink, replica: &Replica) -> Result<(), Failure> {
    Ok(sink.row(&[
        Value::from(replica.uri.as_str()),
        replica.copy.as_str().into(),
        Value::Int(replica.rank),
    ])?)
}
