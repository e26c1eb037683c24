//! `pantry transfer-datasets`: datasets of one repo into another (`lsst/daf/butler/script/transferDatasets.py`).
use std::io::Write;
use std::sync::Arc;

use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_import::unload::{Selection, TransferOptions, transfer};
use pantry_registry::config::Environment;

use super::export::{ended, registry_of};
use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Filter, each_dataset};
use crate::repo::Repo;
use crate::stores::StoreArgs;
use crate::transfer::Transfer;
use crate::watch::Shown;

/// Arguments of `transfer-datasets`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository that has the datasets
    source: String,

    /// Folder, configuration file or label of the repository that gets them
    dest: String,

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

    /// How files get into the other datastore
    #[arg(short, long, value_enum, default_value = "auto")]
    transfer: Transfer,

    /// Register dataset types that DEST does not have
    #[arg(long)]
    register_dataset_types: bool,

    /// Bring the dimension records that datasets need (the default)
    #[arg(long, overrides_with = "no_transfer_dimensions")]
    transfer_dimensions: bool,

    /// Bring no dimension records: DEST has them all
    #[arg(long, overrides_with = "transfer_dimensions")]
    no_transfer_dimensions: bool,

    /// Change nothing, only say how many datasets would be brought
    #[arg(long, overrides_with = "no_dry_run")]
    dry_run: bool,

    /// Bring the datasets (the default)
    #[arg(long, overrides_with = "dry_run")]
    no_dry_run: bool,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    #[command(flatten)]
    stores: StoreArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Transfers.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.filter.binds()?;
    let mode = match args.transfer.from_datastore()? {
        TransferMode::Direct => {
            return Err(Failure::error(
                "--transfer direct would have DEST name files that SOURCE may delete at any time; take copy or link",
            ));
        }
        mode => mode,
    };
    let request = DatasetRequest::of(&args.dataset_type, &args.collections, args.find_first)?;
    request.check_order(&args.filter)?;
    let mut source = args.filter.open(&args.source, context)?;
    let searches = request.searches(&mut source)?;
    let mut selection = Selection::create()?;
    for search in &searches {
        selection.begin(search.dataset_type.clone())?;
    }
    each_dataset(&mut source, &args.filter, &searches, |number, row| {
        Ok(selection.add(number, row)?)
    })?;
    let mut source = registry_of(source, "transfer-datasets")?;
    let mut dest = Repo::open(&args.dest, !args.dry_run, &Environment::from_process())?;
    let options = TransferOptions {
        source: source.datastore()?,
        destination: dest.datastore()?,
        mode,
        register_dataset_types: args.register_dataset_types,
        transfer_dimensions: !args.no_transfer_dimensions,
        dry_run: args.dry_run,
        stores: args.stores.stores()?,
        jobs: args.jobs.unwrap_or_else(context::processors),
        progress: Arc::new(TransferProgress::default()),
    };
    let shown = Shown::new(context)?;
    let (from, to) = (&mut source.registry, &mut dest.registry);
    let count = transfer(from, to, selection, options, &shown).map_err(ended)?;
    drop(shown);
    let mut out = context.stdout();
    writeln!(out, "Number of datasets transferred: {count}")?;
    Ok(out.flush()?)
}
