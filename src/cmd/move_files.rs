//! `pantry move-files`: the files of datasets to another folder or store. The reference has no such command.
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_datastore::transfer::TransferProgress;
use pantry_import::relocate::{Relocation, RelocationReport, TOGETHER};
use pantry_registry::config::Environment;

use crate::cmd::import::ReportFormat;
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Filter, each_batch, selected_ids};
use crate::repo::Repo;

/// Arguments of `move-files`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Folder, or URI such as s3://bucket/folder, that the files go to; they keep their paths below --from
    #[arg(long, value_name = "FOLDER")]
    to: String,

    /// Folder or URI whose files are moved; by default the root of the datastore. Others stay where they are
    #[arg(long, value_name = "FOLDER")]
    from: Option<String>,

    /// Names or glob patterns of dataset types; all if not given. Repeatable, also comma-separated
    #[arg(short, long, value_name = "GLOB")]
    dataset_type: Vec<String>,

    /// Collections to look in: names or glob patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    /// For each data ID only the dataset in the first of --collections that has one
    #[arg(long, overrides_with = "no_find_first")]
    find_first: bool,

    /// The datasets of all collections (the default)
    #[arg(long, overrides_with = "find_first")]
    no_find_first: bool,

    #[command(flatten)]
    filter: Filter,

    /// Leave the files at their old place too
    #[arg(long)]
    keep_sources: bool,

    /// Print what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Moves.
pub fn run(mut args: Args, context: &Context) -> Result<(), Failure> {
    args.filter.all_by_default();
    let request = DatasetRequest::of(&args.dataset_type, &args.collections, args.find_first)?;
    let ids = selected_ids(&args.repo, &request, &args.filter, context)?;
    let environment = Environment::from_process();
    let mut repo = Repo::open(&args.repo, !args.dry_run, &environment)?;
    let datastore = repo.datastore()?;
    let from = match &args.from {
        Some(from) => folder(from)?,
        None => datastore.root.uri().clone().into_folder(),
    };
    let relocation = Relocation {
        table: datastore.target.records_table,
        root: datastore.root,
        from,
        to: folder(&args.to)?,
        stores: Stores::from_process(),
        keep_sources: args.keep_sources,
        dry_run: args.dry_run,
        progress: Arc::new(TransferProgress::default()),
    };
    relocation.check()?;
    let mut report = RelocationReport::default();
    each_batch(&ids, TOGETHER, context, |some| {
        Ok(relocation.datasets(&mut repo.registry, some, &mut report)?)
    })?;
    print(&args, &report, context)
}

fn print(args: &Args, report: &RelocationReport, context: &Context) -> Result<(), Failure> {
    let mut out = context.stdout();
    match args.format {
        ReportFormat::Json => {
            serde_json::to_writer(&mut out, report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        ReportFormat::Text => {
            let would = if args.dry_run { "would be " } else { "" };
            writeln!(
                out,
                "files {would}moved: {} ({} bytes)",
                report.moved, report.bytes
            )?;
            writeln!(out, "already there: {}", report.in_place)?;
            writeln!(out, "elsewhere, left alone: {}", report.elsewhere)?;
            writeln!(out, "sources removed: {}", report.removed)?;
        }
    }
    Ok(out.flush()?)
}

/// A folder of this machine, or one of another store.
fn folder(text: &str) -> Result<ResourcePath, Failure> {
    if text.contains("://") {
        return Ok(ResourcePath::parse(text)?.into_folder());
    }
    let path = std::path::absolute(Path::new(text));
    let path = path.map_err(|e| Failure::error(format!("{text}: {e}")))?;
    Ok(ResourcePath::from_absolute(&path)?.into_folder())
}
