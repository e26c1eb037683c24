//! `pantry checksum`: computes the checksums that the records of a repo lack. The reference has no such command.
use std::io::Write;

use pantry_datastore::store::Stores;
use pantry_import::checksums::{ChecksumReport, Checksums, TOGETHER};
use pantry_registry::config::Environment;

use crate::cmd::import::ReportFormat;
use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Filter, each_batch, selected_ids};
use crate::repo::Repo;

/// Arguments of `checksum`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Names or glob patterns of dataset types; all if not given. Repeatable, also comma-separated
    #[arg(short, long, value_name = "GLOB")]
    dataset_type: Vec<String>,

    /// Collections to look in: names or glob patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    #[command(flatten)]
    filter: Filter,

    /// Threads that read files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Computes.
pub fn run(mut args: Args, context: &Context) -> Result<(), Failure> {
    args.filter.all_by_default();
    let request = DatasetRequest::of(&args.dataset_type, &args.collections, false)?;
    let ids = selected_ids(&args.repo, &request, &args.filter, context)?;
    let mut repo = Repo::open(&args.repo, true, &Environment::from_process())?;
    let datastore = repo.datastore()?;
    let jobs = args.jobs.unwrap_or_else(context::processors);
    let checksums = Checksums::new(datastore, Stores::from_process(), jobs)?;
    let mut report = ChecksumReport::default();
    each_batch(&ids, TOGETHER, context, |some| {
        Ok(checksums.datasets(&mut repo.registry, some, &mut report)?)
    })?;
    print(&args, &report, context)?;
    match report.problems.is_empty() {
        true => Ok(()),
        false => Err(Failure::Findings),
    }
}

fn print(args: &Args, report: &ChecksumReport, context: &Context) -> Result<(), Failure> {
    let mut out = context.stdout();
    match args.format {
        ReportFormat::Json => {
            serde_json::to_writer(&mut out, report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        ReportFormat::Text => {
            writeln!(
                out,
                "checksums computed: {} ({} bytes)",
                report.computed, report.bytes
            )?;
            writeln!(out, "had one: {}", report.present)?;
            for (path, problem) in &report.problems {
                writeln!(out, "{path}: {problem}")?;
            }
        }
    }
    Ok(out.flush()?)
}
