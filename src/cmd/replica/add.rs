//! `pantry replica add`.
use std::path::{Path, PathBuf};

use pantry_import::ingest::{TableFile, TableValue};
use pantry_registry::config::Environment;
use pantry_state::{Replica, State};

use super::uri::uri;
use crate::context::Context;
use crate::failure::Failure;
use crate::state::StateArgs;

/// Entries that are written together.
const TOGETHER: usize = 5_000;

/// Arguments of `replica add`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file that records name, as a path or URI; with a slash at its end all files below it
    #[arg(required_unless_present = "table")]
    from: Option<String>,

    /// Where it is too; with a slash at its end what stands in place of FROM
    #[arg(required_unless_present = "table")]
    to: Option<String>,

    /// Copies are tried in this order, the lowest first; those of single files before those below a folder
    #[arg(long, default_value_t = 100, allow_negative_numbers = true)]
    rank: i64,

    /// Read single files from a table (CSV, ECSV, FITS or Parquet) with the columns 'uri' and 'copy'
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    table: Option<PathBuf>,

    #[command(flatten)]
    state: StateArgs,
}

/// Notes copies.
pub fn run(args: Args, _: &Context) -> Result<(), Failure> {
    let environment = Environment::from_process();
    if let Some(table) = &args.table {
        let state = args.state.open(&environment)?;
        return add_table(&state, table, args.rank);
    }
    let (from, to) = (args.from.unwrap_or_default(), args.to.unwrap_or_default());
    let replica = replica(&from, &to, args.rank)?;
    let is_rule = replica.uri.ends_with('/');
    if is_rule != replica.copy.ends_with('/') {
        return Err(Failure::error(format!(
            "of {from} and {to} one is a folder (it ends in a slash) and the other is a file"
        )));
    }
    let state = args.state.open(&environment)?;
    match is_rule {
        true => state.add_replica_rule(&replica)?,
        false => state.add_replicas(&[replica])?,
    }
    Ok(())
}

fn replica(from: &str, to: &str, rank: i64) -> Result<Replica, Failure> {
    let (original, copy) = (uri(from)?.to_string(), uri(to)?.to_string());
    if original == copy {
        return Err(Failure::error(format!("{from} is no copy of itself")));
    }
    Ok(Replica {
        uri: original,
        copy,
        rank,
    })
}

/// All rows are read before the first is written, so that a wrong one changes nothing.
fn add_table(state: &State, file: &Path, rank: i64) -> Result<(), Failure> {
    let failed = |fault: pantry_import::ingest::TableFault| Failure::from(fault.of(file));
    let check = |replica: &Replica| match replica.uri.ends_with('/') || replica.copy.ends_with('/')
    {
        true => Err("a row names a file and a copy of it, not folders".to_owned()),
        false => Ok(()),
    };
    let each = |mut take: Box<dyn FnMut(Replica) -> Result<(), String> + '_>| {
        let mut table = TableFile::open(file).map_err(failed)?;
        let wanted = ["uri", "copy"].map(|name| table.columns().iter().position(|c| c == name));
        let [Some(uri), Some(copy)] = wanted else {
            return Err(Failure::error(format!(
                "{} needs the columns 'uri' and 'copy'; it has {}",
                file.display(),
                table.columns().join(", ")
            )));
        };
        let mut row = |_: u64, values: &[TableValue]| match values {
            [TableValue::Text(from), TableValue::Text(to)] => {
                let replica = replica(from, to, rank)
                    .map_err(|f| f.message().unwrap_or_default().to_owned())?;
                check(&replica)?;
                take(replica)
            }
            _ => Err("'uri' and 'copy' must be text".to_owned()),
        };
        table.rows(&[uri, copy], &mut row).map_err(failed)
    };
    each(Box::new(|_| Ok(())))?;
    let mut some = Vec::new();
    each(Box::new(|replica| {
        some.push(replica);
        match some.len() < TOGETHER {
            true => Ok(()),
            false => state
                .add_replicas(&std::mem::take(&mut some))
                .map_err(|e| e.to_string()),
        }
    }))?;
    state.add_replicas(&some)?;
    Ok(())
}
