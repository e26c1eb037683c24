//! `pantry export`: datasets with all that belongs to them as an export directory. The reference has this in Python only
//! (`Butler.export`, `lsst/daf/butler/direct_butler/_direct_butler.py`).
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use pantry_datastore::transfer::TransferProgress;
use pantry_import::files::OnMissing;
use pantry_import::unload::{UnloadFiles, UnloadOptions, UnloadReport, Wanted, unload};
use pantry_registry::RegistryError;
use pantry_registry::listing::{CollectionCatalog, RowQuery};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::glob::{Wildcard, split_commas};
use pantry_registry::query::QueryError;

use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Source, Where};
use crate::repo::Repo;
use crate::stores::StoreArgs;
use crate::transfer::Transfer;
use crate::watch::Shown;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Folder to write to; made if it does not exist
    directory: PathBuf,

    /// Names or glob patterns of the dataset types to export; all if not given. Repeatable, also comma-separated
    #[arg(short, long, value_name = "GLOB")]
    dataset_type: Vec<String>,

    /// Collections whose datasets are exported, and which are defined in the export, with what is below chains: names or glob
    /// patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    #[command(flatten)]
    expression: Where,

    /// For each data ID export only the dataset in the first of --collections that has one
    #[arg(long, overrides_with = "no_find_first")]
    find_first: bool,

    /// Export the datasets of all collections (the default)
    #[arg(long, overrides_with = "find_first")]
    no_find_first: bool,

    /// Dimension elements all of whose records are exported, not only those that datasets need. Repeatable, also
    /// comma-separated
    #[arg(long, value_name = "ELEMENT")]
    dimension_records: Vec<String>,

    /// How files get into DIRECTORY; 'direct' writes their absolute addresses instead. Without it files stay where they are and
    /// the export has their paths below the datastore's root
    #[arg(short, long, value_enum, conflicts_with = "no_files")]
    transfer: Option<Transfer>,

    /// Export the registry only: no file is looked for, datasets without a file are exported too
    #[arg(long)]
    no_files: bool,

    /// What to do about datasets that have no file: fail, or leave them out
    #[arg(long, value_enum, default_value_t)]
    on_missing: MissingPolicy,

    /// Name of the export file, in DIRECTORY unless it is an absolute path
    #[arg(long, value_name = "FILE", default_value = "export.yaml")]
    export_file: PathBuf,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,

    #[command(flatten)]
    stores: StoreArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// `--on-missing`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum MissingPolicy {
    #[default]
    Error,
    Skip,
}

/// Format of the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    #[default]
    Text,
    Json,
}

/// Exports.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.expression.binds()?;
    let mode = args.transfer.map(Transfer::from_datastore).transpose()?;
    let request = DatasetRequest::of(&args.dataset_type, &args.collections, args.find_first)?;
    let mut source = Source::open(&args.repo, None, context)?;
    let catalog = source.collections()?;
    let wanted = wanted(&args, &request, &catalog, &mut source)?;
    let shown = Shown::new(context)?;
    let mut repo = registry_of(source, "export")?;
    let directory = absolute(&args.directory)?;
    let files = match args.no_files {
        true => None,
        false => Some(UnloadFiles {
            datastore: repo.datastore()?,
            mode,
            elsewhere_stays: false,
            with_records: false,
            on_missing: match args.on_missing {
                MissingPolicy::Error => OnMissing::Error,
                MissingPolicy::Skip => OnMissing::Skip,
            },
            stores: args.stores.stores()?,
            jobs: args.jobs.unwrap_or_else(context::processors),
            progress: Arc::new(TransferProgress::default()),
        }),
    };
    let collections =
        catalog.resolve(&request.collections, &CollectionType::ALL, true, Some(true))?;
    let options = UnloadOptions {
        file: directory.join(&args.export_file),
        directory,
        collections: collections.iter().map(|c| c.name.clone()).collect(),
        elements: elements(&args, &repo)?,
        files,
    };
    let unloaded = unload(&mut repo.registry, &wanted, &options, &shown);
    let (report, _) = unloaded.map_err(ended)?;
    drop(shown);
    show(&args, &report, context)
}

/// The queries for the datasets. Where no collection is named each dataset is found once, in its run.
fn wanted(
    args: &Args,
    request: &DatasetRequest,
    catalog: &CollectionCatalog,
    source: &mut Source,
) -> Result<Vec<Wanted>, Failure> {
    let names = source.search_dataset_types(&Wildcard::parse(&request.glob))?;
    if let Some(name) = names.missing.first() {
        return Err(Failure::error(format!("there is no dataset type '{name}'")));
    }
    let types = match request.collections {
        Wildcard::All => &[CollectionType::Run][..],
        Wildcard::Some { .. } => &CollectionType::ALL,
    };
    let mut wanted = Vec::new();
    for search in request.searches_in(source, catalog, types)? {
        if !search.collections.is_empty() {
            wanted.push(Wanted {
                query: args.expression.apply(RowQuery::datasets(&search)?, &[])?,
                may_repeat: search.may_repeat(),
                dataset_type: search.dataset_type,
            });
        }
    }
    Ok(wanted)
}

/// The elements of `--dimension-records`.
fn elements(args: &Args, repo: &Repo) -> Result<Vec<String>, Failure> {
    let names = split_commas(&args.dimension_records).values;
    for name in &names {
        let element = repo.registry.universe().get(name);
        if element.is_none_or(|e| !e.has_own_table()) {
            return Err(Failure::error(format!(
                "--dimension-records: the repository has no records of '{name}'"
            )));
        }
    }
    Ok(names)
}

/// The repo itself, which a server does not give.
pub fn registry_of(source: Source, verb: &str) -> Result<Box<Repo>, Failure> {
    match source {
        Source::Repo(repo) => Ok(repo),
        Source::Server(_) => Err(Failure::error(format!(
            "{verb} reads a repository's registry and files; from a Butler server it cannot"
        ))),
    }
}

/// A path that does not depend on the current folder.
pub fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|e| Failure::error(format!("{}: {e}", path.display())))
}

/// The end of an export that failed.
pub fn ended(error: pantry_import::Error) -> Failure {
    use pantry_import::Error;
    match error {
        Error::Registry(RegistryError::Cancelled { .. })
        | Error::Query(QueryError::Registry(RegistryError::Cancelled { .. })) => {
            Failure::Interrupted(Error::Interrupted.to_string())
        }
        other => other.into(),
    }
}

fn show(args: &Args, report: &UnloadReport, context: &Context) -> Result<(), Failure> {
    let mut out = context.stdout();
    if args.format == ReportFormat::Json {
        serde_json::to_writer(&mut out, report)?;
        writeln!(out)?;
    } else if !context.quiet {
        let UnloadReport {
            dataset_types,
            datasets,
            collections,
            dimension_records,
            associations,
            files_placed,
            bytes_placed,
            skipped,
        } = report;
        writeln!(out, "{datasets:>10} datasets of {dataset_types} types")?;
        writeln!(out, "{dimension_records:>10} dimension records")?;
        writeln!(out, "{collections:>10} collections")?;
        writeln!(
            out,
            "{associations:>10} associations of datasets with collections"
        )?;
        if args.transfer.is_some_and(|t| t != Transfer::Direct) {
            writeln!(
                out,
                "{files_placed:>10} files with {bytes_placed} bytes were put in their place"
            )?;
        }
        if *skipped > 0 {
            writeln!(out, "{skipped:>10} datasets without a file were left out")?;
        }
    }
    out.flush()?;
    Ok(())
}
