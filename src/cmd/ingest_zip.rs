//! `pantry ingest-zip`: zips of datasets that `retrieve-artifacts --zip` made (`lsst/daf/butler/script/ingest_zip.py`).
use std::path::Path;
use std::sync::Arc;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_import::files::{FileOptions, OnMissing};
use pantry_import::ingest::{ZipOptions, ingest_zip};
use pantry_import::{ImportOptions, OnConflict, Origin, RepoDatastore};
use pantry_registry::config::Environment;

use crate::cmd::import::{ReportFormat, ReportStyle, show_report};
use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::repo::Repo;
use crate::transfer::Transfer;
use crate::watch::Shown;

/// Arguments of `ingest-zip`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository
    repo: String,

    /// Path or URI of a zip. Repeatable; each is ingested for itself
    #[arg(required = true)]
    zip: Vec<String>,

    /// How the zip gets into the datastore, as a whole; 'auto' is a link, or a copy where none can be
    #[arg(short, long, value_enum, default_value = "auto")]
    transfer: Transfer,

    /// Register missing dimension records, which the zip has too
    #[arg(long, overrides_with = "no_transfer_dimensions")]
    transfer_dimensions: bool,

    /// The repository has all dimension records (the default)
    #[arg(long, overrides_with = "transfer_dimensions")]
    no_transfer_dimensions: bool,

    /// Print what would be done, and change nothing
    #[arg(long, overrides_with = "no_dry_run")]
    dry_run: bool,

    /// Ingest (the default)
    #[arg(long, overrides_with = "dry_run")]
    no_dry_run: bool,

    /// Pass over a zip if the datastore has all its datasets, from wherever; without this only one that was ingested from the same
    /// place may be ingested again
    #[arg(long)]
    skip_existing: bool,

    /// Read every member before anything is done, and compare it with its CRC
    #[arg(long)]
    sanity: bool,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Ingests.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut repo = Repo::open(&args.repo, !args.dry_run, &Environment::from_process())?;
    for text in &args.zip {
        let zip = uri(text)?;
        let datastore = repo.datastore()?;
        let shown = Shown::new(context)?;
        let options = ImportOptions {
            file: zip.local_path().unwrap_or_else(|| zip.to_string().into()),
            origin: Origin::Zip,
            skip_dimensions: Vec::new(),
            day_obs_offsets: Default::default(),
            on_conflict: OnConflict::Keep,
            dry_run: args.dry_run,
            datastore: Some(datastore.target.clone()),
        };
        let wanted = ZipOptions {
            zip,
            transfer_dimensions: args.transfer_dimensions,
            skip_existing: args.skip_existing,
        };
        let files = files(&args, datastore, &wanted.zip);
        let report = ingest_zip(&mut repo.registry, &options, &wanted, files, &shown)?;
        drop(shown);
        let Some(report) = report else {
            tracing::warn!("passing over {text}: the datastore has all its datasets");
            continue;
        };
        let style = ReportStyle {
            format: args.format,
            dry_run: args.dry_run,
            missing: Path::new(""),
        };
        show_report(&style, &report, Origin::Zip, context)?;
    }
    Ok(())
}

fn files(args: &Args, datastore: RepoDatastore, zip: &ResourcePath) -> FileOptions {
    let mode = TransferMode::from(args.transfer);
    FileOptions {
        root: datastore.root,
        templates: datastore.templates,
        formatters: datastore.formatters,
        folder: zip.clone(),
        is_confined: false,
        allowed: Vec::new(),
        allowed_uris: Vec::new(),
        stores: Stores::from_process(),
        mode,
        // Not recorded, for it would be that of the zip; but what is there already is compared by it.
        checksum: mode.copies_bytes(),
        track: true,
        sanity: args.sanity,
        known: false,
        jobs: args.jobs.unwrap_or_else(context::processors),
        on_missing: OnMissing::Error,
        zip: None,
        progress: Arc::new(TransferProgress::default()),
    }
}

/// The URI of a zip that is given as a path or a URI.
fn uri(text: &str) -> Result<ResourcePath, Failure> {
    if text.contains("://") {
        return Ok(ResourcePath::parse(text)?.without_fragment());
    }
    Ok(ResourcePath::from_absolute(&std::path::absolute(text)?)?)
}
