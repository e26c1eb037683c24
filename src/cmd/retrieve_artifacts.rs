//! `pantry retrieve-artifacts`: the files of datasets into a folder (`lsst/daf/butler/script/retrieveArtifacts.py`).
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_datastore::ResourcePath;
use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_import::unload::{RetrieveOptions, Selection, retrieve, retrieve_zip};

use super::export::{ended, registry_of};
use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Filter, each_dataset};
use crate::stores::StoreArgs;
use crate::transfer::Transfer;
use crate::watch::Shown;

/// Arguments of `retrieve-artifacts`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Folder for the files; made if it does not exist
    destination: String,

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

    /// How files get into DESTINATION
    #[arg(short, long, value_enum, default_value = "auto")]
    transfer: Transfer,

    /// Print where each file is now
    #[arg(short, long)]
    verbose: bool,

    /// Keep the paths of files below the datastore's root (the default)
    #[arg(long, overrides_with = "no_preserve_path")]
    preserve_path: bool,

    /// Put all files into DESTINATION itself
    #[arg(long, overrides_with = "preserve_path")]
    no_preserve_path: bool,

    /// Replace files that are in DESTINATION
    #[arg(long, overrides_with = "no_clobber")]
    clobber: bool,

    /// Fail if a file is there with other content (the default)
    #[arg(long, overrides_with = "clobber")]
    no_clobber: bool,

    /// Put the files into one zip in DESTINATION, with the index by which it can be ingested
    #[arg(long, overrides_with = "no_zip")]
    zip: bool,

    /// Put the files into DESTINATION (the default)
    #[arg(long, overrides_with = "zip")]
    no_zip: bool,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    #[command(flatten)]
    stores: StoreArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Retrieves.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.filter.binds()?;
    let mode = match args.transfer.from_datastore()? {
        TransferMode::Direct => {
            return Err(Failure::error(
                "--transfer direct leaves files where they are; take copy or link",
            ));
        }
        mode => mode,
    };
    let destination = folder(&args.destination)?;
    let request = DatasetRequest::of(&args.dataset_type, &args.collections, args.find_first)?;
    request.check_order(&args.filter)?;
    let mut source = args.filter.open(&args.repo, context)?;
    let searches = request.searches(&mut source)?;
    let mut selection = Selection::create()?;
    for search in &searches {
        selection.begin(search.dataset_type.clone())?;
    }
    each_dataset(&mut source, &args.filter, &searches, |number, row| {
        Ok(selection.add(number, row)?)
    })?;
    let count = selection.datasets()?;
    tracing::info!("Number of datasets matching query: {count}");
    let mut out = context.stdout();
    if count == 0 {
        writeln!(out, "No datasets matched query.")?;
        return Ok(out.flush()?);
    }
    let mut repo = registry_of(source, "retrieve-artifacts")?;
    let options = RetrieveOptions {
        datastore: repo.datastore()?,
        destination,
        mode,
        preserve_path: !args.no_preserve_path,
        clobber: args.clobber,
        stores: args.stores.stores()?,
        jobs: args.jobs.unwrap_or_else(context::processors),
        progress: Arc::new(TransferProgress::default()),
    };
    if args.zip {
        let shown = Shown::new(context)?;
        let zip = retrieve_zip(&mut repo.registry, &selection, &options, &shown);
        let zip = ResourcePath::from_absolute(&zip.map_err(ended)?)?;
        drop(shown);
        writeln!(out, "Zip file written to {zip}")?;
        return Ok(out.flush()?);
    }
    if args.verbose {
        writeln!(out, "Transferred the following to {}:", args.destination)?;
    }
    let shown = Shown::new(context)?;
    let files = retrieve(
        &mut repo.registry,
        &selection,
        &options,
        &shown,
        &mut |path| {
            if args.verbose {
                let uri = ResourcePath::from_absolute(path)?;
                writeln!(out, "{uri}")
                    .map_err(|e| pantry_import::Error::io("printing", path, e))?;
            }
            Ok(())
        },
    );
    let files = files.map_err(ended)?;
    drop(shown);
    if args.verbose {
        writeln!(out)?;
    }
    writeln!(
        out,
        "Number of artifacts retrieved into destination {}: {files}",
        args.destination
    )?;
    Ok(out.flush()?)
}

/// The folder that files go to.
fn folder(text: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(text.strip_prefix("file://").unwrap_or(text));
    if path.exists() && !path.is_dir() {
        return Err(Failure::error(format!(
            "DESTINATION must be a folder, and {text} is none"
        )));
    }
    std::path::absolute(path).map_err(|e| Failure::error(format!("{text}: {e}")))
}
