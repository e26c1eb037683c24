//! `pantry export-calibs`: the datasets of calibration collections as an export directory
//! (`lsst/daf/butler/script/exportCalibs.py`).
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use pantry_datastore::transfer::TransferProgress;
use pantry_import::files::OnMissing;
use pantry_import::unload::{Selection, UnloadFiles, UnloadOptions, Wanted, unload};
use pantry_registry::listing::{CollectionCatalog, RowQuery, TypeSearch};
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::glob::{Wildcard, split_commas};

use super::export::{absolute, ended, registry_of};
use crate::context::{self, Context};
use crate::failure::Failure;
use crate::query::Source;
use crate::rows::Value;
use crate::stores::StoreArgs;
use crate::table::{Align, Table};
use crate::transfer::Transfer;
use crate::watch::Shown;

/// Arguments of `export-calibs`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Folder to write to; must not exist
    directory: String,

    /// Names or glob patterns of calibration collections, or of chains that have some; all if none is given. Also
    /// comma-separated
    collections: Vec<String>,

    /// Names or glob patterns of dataset types; all calibrations if not given. Repeatable
    #[arg(short, long, value_name = "GLOB")]
    dataset_type: Vec<String>,

    /// How files get into DIRECTORY; 'direct' writes their absolute addresses instead
    #[arg(short, long, value_enum, default_value = "auto")]
    transfer: Transfer,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    #[command(flatten)]
    stores: StoreArgs,
}

/// Exports.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mode = args.transfer.from_datastore()?;
    let mut source = Source::open(&args.repo, None, context)?;
    let catalog = source.collections()?;
    let types = [CollectionType::Calibration, CollectionType::Chained];
    let names = Wildcard::parse(&split_commas(&args.collections).values);
    let collections = catalog.resolve(&names, &types, true, Some(true))?;
    let wanted = wanted(&args, &collections, &catalog, &mut source)?;
    let directory = absolute(Path::new(&args.directory))?;
    if directory.exists() {
        return Err(Failure::error(format!(
            "Export directory exists: {}",
            args.directory
        )));
    }
    let mut repo = registry_of(source, "export-calibs")?;
    let options = UnloadOptions {
        file: directory.join("export.yaml"),
        directory,
        collections: collections.iter().map(|c| c.name.clone()).collect(),
        elements: Vec::new(),
        files: Some(UnloadFiles {
            datastore: repo.datastore()?,
            mode: Some(mode),
            elsewhere_stays: false,
            with_records: false,
            on_missing: OnMissing::Error,
            stores: args.stores.stores()?,
            jobs: args.jobs.unwrap_or_else(context::processors),
            progress: Arc::new(TransferProgress::default()),
        }),
    };
    let shown = Shown::new(context)?;
    let unloaded = unload(&mut repo.registry, &wanted, &options, &shown);
    let (report, selection) = unloaded.map_err(ended)?;
    drop(shown);
    tracing::info!("saved {} datasets", report.datasets);
    let mut out = context.stdout();
    if report.datasets > 0 && !context.quiet {
        table(&wanted, &selection)?.write_to(&mut out)?;
    }
    Ok(out.flush()?)
}

/// The queries for the datasets of the calibration collections.
fn wanted(
    args: &Args,
    collections: &[&Collection],
    catalog: &CollectionCatalog,
    source: &mut Source,
) -> Result<Vec<Wanted>, Failure> {
    let globs = Wildcard::parse(&split_commas(&args.dataset_type).values);
    let found = source.search_dataset_types(&globs)?;
    for name in &found.missing {
        tracing::warn!("there is no dataset type '{name}'");
    }
    let is_calibration = |c: &&&Collection| c.collection_type == CollectionType::Calibration;
    let searched: Vec<&Collection> = collections.iter().filter(is_calibration).copied().collect();
    let mut names = BTreeSet::new();
    let mut wanted = Vec::new();
    for dataset_type in found.found {
        if !dataset_type.is_calibration || !names.insert(dataset_type.name.clone()) {
            continue;
        }
        let search = TypeSearch::new(dataset_type, &searched, false, catalog);
        if !search.collections.is_empty() {
            wanted.push(Wanted {
                query: RowQuery::datasets(&search)?,
                may_repeat: true,
                dataset_type: search.dataset_type,
            });
        }
    }
    Ok(wanted)
}

/// The datasets that were exported, as the reference lists them.
fn table(wanted: &[Wanted], selection: &Selection) -> Result<Table, Failure> {
    let dimensions = wanted
        .iter()
        .flat_map(|w| w.dataset_type.dimensions.names());
    let dimensions: BTreeSet<&str> = dimensions.collect();
    let mut columns = vec!["calibrationType", "run"];
    columns.extend(&dimensions);
    let mut table = Table::new(&columns, Align::Left);
    selection.each_dataset(|dataset_type, run, values| {
        let keys = dataset_type.dimensions.data_coordinate_keys();
        let own: Vec<(&str, &DataIdValue)> = keys.zip(values).collect();
        let mut row: Vec<Value<'_>> = vec![dataset_type.name.as_str().into(), run.into()];
        row.extend(dimensions.iter().map(|dimension| {
            let value = own.iter().find(|(key, _)| key == dimension);
            match value {
                Some((_, DataIdValue::Int(v))) => Value::Int(*v),
                Some((_, DataIdValue::Str(v))) => v.as_str().into(),
                None => "".into(),
            }
        }));
        table.push(&row);
        Ok(())
    })?;
    Ok(table)
}
