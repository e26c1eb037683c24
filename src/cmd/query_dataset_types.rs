//! `pantry query-dataset-types`: the dataset types of a repo (`lsst/daf/butler/script/queryDatasetTypes.py`).
use std::io::Write;

use pantry_api::rows::{dataset_type_columns, dataset_type_row};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::glob::{Wildcard, split_commas};

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::Source;
use crate::rows::OutputFormat;
use crate::table::{Align, Table};

/// What is printed in place of a table without rows.
const NO_RESULTS: &str = "No results. Try --help for more information.";

/// Arguments of `query-dataset-types`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository, or the address of a Butler server's
    repo: String,

    /// Names or glob patterns of the dataset types to list; all if none is given. Also comma-separated
    glob: Vec<String>,

    /// Show dimensions and storage class too
    #[arg(short, long)]
    verbose: bool,

    /// List only dataset types that may be in one of these collections: names or glob patterns. Repeatable, also
    /// comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Prints the dataset types.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let mut source = Source::open(&args.repo, None, context)?;
    let wildcard = Wildcard::parse(&split_commas(&args.glob).values);
    let mut found = source.search_dataset_types(&wildcard)?.found;
    let collections = split_commas(&args.collections).values;
    if !collections.is_empty() {
        let catalog = source.collections()?;
        let wildcard = Wildcard::parse(&collections);
        let collections = catalog.resolve(&wildcard, &CollectionType::ALL, false, None)?;
        let held = collections.iter().map(|c| catalog.dataset_types(&c.name));
        let held: Vec<_> = held.collect();
        found.retain(|t| held.iter().any(|types| types.contains(t.name.as_str())));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    print(&args, &found, context)
}

fn print(args: &Args, found: &[DatasetType], context: &Context) -> Result<(), Failure> {
    let mut out = context.stdout();
    let machine = dataset_type_columns();
    let width = if args.verbose { machine.len() } else { 1 };
    match args.format {
        OutputFormat::Table if found.is_empty() => writeln!(out, "{NO_RESULTS}")?,
        OutputFormat::Table => {
            let columns = ["name", "dimensions", "storage class"];
            let width = width.min(columns.len());
            let mut table = Table::new(&columns[..width], Align::Left);
            found
                .iter()
                .for_each(|dataset_type| table.push(&dataset_type_row(dataset_type)[..width]));
            table.write_to(&mut out)?;
        }
        format => {
            let mut sink = format.sink(&machine[..width], &mut out)?;
            for dataset_type in found {
                sink.row(&dataset_type_row(dataset_type)[..width])?;
            }
            sink.finish()?;
        }
    }
    out.flush()?;
    Ok(())
}
