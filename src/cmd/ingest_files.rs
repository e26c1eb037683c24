//! `pantry ingest-files`: files that a table names (`lsst/daf/butler/script/ingest_files.py`).
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use pantry_datastore::ResourcePath;
use pantry_import::ingest::{Ingest, IngestOptions, ingest_files};
use pantry_import::{ImportOptions, OnConflict, Origin};
use pantry_registry::config::Environment;
use pantry_registry::model::dataset_id::DatasetIdMode;
use pantry_registry::model::glob::split_commas;

use crate::cmd::import::{FileArgs, show};
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::repo::Repo;
use crate::scrutiny::ScrutinyArgs;
use crate::watch::Shown;

/// Arguments of `ingest-files`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository
    repo: String,

    /// Dataset type of all files; the repository must have it
    dataset_type: String,

    /// Run that the datasets go into; made if there is none
    run: String,

    /// Table of files: ECSV, CSV, FITS or Parquet. The first column is a path or URI; of the others those with names of
    /// dimensions are the data ID
    table_file: String,

    /// Formatter of all files, the full name of a Python class; by default that of the dataset type
    #[arg(long, value_name = "TEXT")]
    formatter: Option<String>,

    /// How dataset ids are made: new ones, or from the data ID and the dataset type (and the run), so that ingesting again
    /// gives the same
    #[arg(long, value_enum, default_value_t)]
    id_generation_mode: IdMode,

    /// Data ID value that all files have; overrides a column. Repeatable, also comma-separated
    #[arg(long, value_name = "KEY=VALUE")]
    data_id: Vec<String>,

    /// Folder of relative paths in the table; by default the current one
    #[arg(long, value_name = "FOLDER")]
    prefix: Option<String>,

    #[command(flatten)]
    scrutiny: ScrutinyArgs,

    #[command(flatten)]
    files: FileArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// `--id-generation-mode`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
enum IdMode {
    #[default]
    Unique,
    #[value(name = "dataid_type")]
    DataIdType,
    #[value(name = "dataid_type_run")]
    DataIdTypeRun,
}

impl From<IdMode> for DatasetIdMode {
    fn from(mode: IdMode) -> Self {
        match mode {
            IdMode::Unique => Self::Unique,
            IdMode::DataIdType => Self::DataIdType,
            IdMode::DataIdTypeRun => Self::DataIdTypeRun,
        }
    }
}

/// Ingests.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let environment = Environment::from_process();
    let prefix = args.prefix.as_deref().filter(|prefix| !prefix.is_empty());
    let folder = folder(prefix, &environment)?;
    let mut repo = Repo::open(&args.repo, !args.files.dry_run, &environment)?;
    let datastore = repo.datastore()?;
    let shown = Shown::new(context)?;
    let options = ImportOptions {
        file: local(&args.table_file)?,
        origin: Origin::Table,
        skip_dimensions: Vec::new(),
        day_obs_offsets: Default::default(),
        on_conflict: OnConflict::Error,
        dry_run: args.files.dry_run,
        datastore: Some(datastore.target.clone()),
    };
    let named = IngestOptions {
        dataset_type: args.dataset_type,
        run: args.run,
        data_id: split_commas(&args.data_id).values,
        formatter: args.formatter.filter(|name| !name.is_empty()),
        id_mode: args.id_generation_mode.into(),
        folder: folder.clone(),
    };
    // The table is the operator's own word: it may name any file, as in the reference.
    let files = args.files.options(datastore, folder, None);
    let mut missing = args.files.missing_list();
    let ingest = Ingest {
        registry: &mut repo.registry,
        options: &options,
        files,
        scrutiny: args.scrutiny.scrutiny(false)?,
        missing: &mut missing,
        watch: &shown,
    };
    let report = ingest_files(ingest, &named)?;
    drop(shown);
    show(&args.files, &report, Origin::Table, context)
}

/// A folder of this machine or of a store, by default the current one.
pub(super) fn folder(
    written: Option<&str>,
    environment: &Environment,
) -> Result<ResourcePath, Failure> {
    let path = match written {
        None => environment.current_dir().to_path_buf(),
        Some(uri) if uri.contains("://") && !uri.starts_with("file:") => {
            return Ok(ResourcePath::parse(uri)?.into_folder());
        }
        Some(path) => local(path)?,
    };
    if !path.is_dir() {
        return Err(Failure::error(format!(
            "{} is not a folder",
            path.display()
        )));
    }
    Ok(ResourcePath::from_absolute(&path)?.into_folder())
}

/// The path of a file of this machine, given as a path or a `file://` URI.
fn local(text: &str) -> Result<PathBuf, Failure> {
    if !text.contains("://") {
        return Ok(std::path::absolute(Path::new(text))?);
    }
    let path = ResourcePath::parse(text)?.local_path();
    path.ok_or_else(|| Failure::error(format!("{text} is not on this machine; copy it first")))
}
