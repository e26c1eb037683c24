//! `pantry query-datasets`: the datasets of one or more types (`lsst/daf/butler/script/queryDatasets.py`).
mod answer;
mod print;

use std::io::Write;

use pantry_registry::listing::{RowQuery, TypeSearch};
use pantry_registry::model::glob::Wildcard;

use self::answer::Answer;
use self::print::Printer;
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Explain, Files, Filter, Source, engine};
use crate::rows::OutputFormat;

/// Arguments of `query-datasets`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository, or the address of a Butler server's
    repo: String,

    /// Names or glob patterns of the dataset types to look for; all if none is given. Also comma-separated
    glob: Vec<String>,

    /// Collections to look in: names or glob patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    /// For each data ID show only the dataset in the first of --collections that has one
    #[arg(long, overrides_with = "no_find_first")]
    find_first: bool,

    /// Show the datasets of all collections (the default)
    #[arg(long, overrides_with = "find_first")]
    no_find_first: bool,

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    explain: Explain,

    /// Show where each dataset's file is
    #[arg(long)]
    show_uri: bool,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Prints the datasets.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    args.filter.binds()?;
    let request = DatasetRequest::of(&args.glob, &args.collections, args.find_first)?;
    request.check_order(&args.filter)?;
    let mut source = args.filter.open(&args.repo, context)?;
    let files = match args.show_uri {
        true => Some(Files::of(&mut source)?),
        false => None,
    };
    let searches = request.searches(&mut source)?;
    let mut out = context.stdout();
    if args.explain.is_wanted {
        explain(&args, &searches, &mut source, &mut out)?;
        out.flush()?;
        return Ok(());
    }
    let is_known = !searches.is_empty();
    let mut printer = Printer::new(args.format, &searches, files, &mut out)?;
    let shown = Answer::new(&args, context)?.show(&mut source, &searches, &mut printer)?;
    let is_failure = shown == 0 && is_known && !request.several;
    printer.finish(!is_failure)?;
    drop(printer);
    out.flush()?;
    match is_failure {
        true => Err(nothing(&args, &request, &searches, &mut source)?),
        false => Ok(()),
    }
}

/// How the question about each dataset type is answered.
fn explain(
    args: &Args,
    searches: &[TypeSearch],
    source: &mut Source,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for search in searches.iter().filter(|s| !s.collections.is_empty()) {
        let query = args.filter.apply(RowQuery::datasets(search)?)?;
        writeln!(out, "{}", engine::explain(source, &query)?)?;
    }
    Ok(())
}

/// Why there is nothing of a dataset type that was asked for by name.
fn nothing(
    args: &Args,
    request: &DatasetRequest,
    searches: &[TypeSearch],
    source: &mut Source,
) -> Result<Failure, Failure> {
    let name = request.glob.first().map_or("", String::as_str);
    let mut reasons = vec![format!("no dataset of type '{name}' was found")];
    for search in searches {
        if search.collections.is_empty() {
            reasons = vec![match request.collections {
                Wildcard::All => format!("no collection has datasets of type '{name}'"),
                Wildcard::Some { .. } => {
                    format!("none of the collections given has datasets of type '{name}'")
                }
            }];
            continue;
        }
        let query = args.filter.apply(RowQuery::datasets(search)?)?;
        reasons.extend(engine::reasons(source, &query)?);
    }
    Ok(Failure::error(reasons.join("; ")))
}
