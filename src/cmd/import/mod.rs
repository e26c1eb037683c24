//! `pantry import`: an export directory into a repo (`lsst/daf/butler/script/butlerImport.py`).
mod file_args;
mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use pantry_datastore::ResourcePath;
use pantry_import::{ImportOptions, OnConflict, Origin, import};
use pantry_registry::config::Environment;
use pantry_registry::model::glob::split_commas;
use tempfile::TempDir;

use crate::agreement;
use crate::cmd::create::CreateArgs;
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::prefixes::prefixes;
use crate::repo::{self, Repo};
use crate::watch::Shown;

pub(super) use file_args::{FileArgs, ReportFormat};
pub(super) use report::{ReportStyle, show, show_report};

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository. Created if it does not exist and is a local path
    repo: String,

    /// Folder of the dataset files and of the export file
    directory: String,

    /// Export file; looked for in the current folder and in DIRECTORY
    #[arg(long, value_name = "FILE", default_value = "export.yaml")]
    export_file: String,

    /// Dimension elements whose records are not imported. Repeatable, also comma-separated
    #[arg(short, long, value_name = "ELEMENT")]
    skip_dimensions: Vec<String>,

    /// Fill the registry only: look at no file, write no datastore record
    #[arg(long)]
    no_files: bool,

    /// What to do when a dimension record differs from the repository's: keep the repository's, or fail
    #[arg(long, value_enum, default_value_t)]
    on_conflict: ConflictPolicy,

    /// Seconds after midnight TAI at which the observing days of an instrument start, for exports of dimension
    /// universes before 6. Repeatable
    #[arg(long, value_name = "INSTRUMENT=SECONDS", value_parser = offset)]
    day_obs_offset: Vec<(String, i64)>,

    /// Another folder, or prefix of URIs such as s3://bucket/folder, that files of the export may be in. Repeatable
    #[arg(long, value_name = "FOLDER")]
    allow_prefix: Vec<String>,

    /// Fail if the repository does not exist
    #[arg(long)]
    no_create: bool,

    #[command(flatten)]
    files: FileArgs,

    #[command(flatten)]
    create: CreateArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// `--on-conflict`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ConflictPolicy {
    #[default]
    Keep,
    Error,
}

fn offset(text: &str) -> Result<(String, i64), String> {
    let (instrument, seconds) = text
        .split_once('=')
        .ok_or("the form is INSTRUMENT=SECONDS")?;
    let seconds = seconds
        .parse()
        .map_err(|_| format!("'{seconds}' is not a whole number of seconds"))?;
    Ok((instrument.to_owned(), seconds))
}

/// Imports.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let environment = Environment::from_process();
    let directory = absolute(Path::new(&args.directory))?;
    let file = export_file(&args.export_file, &directory)?;
    let (mut repo, _stand_in) = open(&args, &environment)?;
    let shown = Shown::new(context)?;
    let datastore = if args.no_files {
        None
    } else {
        Some(repo.datastore()?)
    };
    let options = ImportOptions {
        file,
        origin: Origin::Export,
        skip_dimensions: split_commas(&args.skip_dimensions).values,
        day_obs_offsets: args
            .day_obs_offset
            .iter()
            .cloned()
            .collect::<BTreeMap<_, _>>(),
        on_conflict: match args.on_conflict {
            ConflictPolicy::Keep => OnConflict::Keep,
            ConflictPolicy::Error => OnConflict::Error,
        },
        dry_run: args.files.dry_run,
        datastore: datastore.as_ref().map(|d| d.target.clone()),
    };
    let folder = ResourcePath::from_absolute(&directory)?.into_folder();
    let prefixes = prefixes(&args.allow_prefix)?;
    let files = datastore.map(|d| args.files.options(d, folder, Some(prefixes)));
    let mut missing = args.files.missing_list();
    let report = import(&mut repo.registry, &options, files, &mut missing, &shown)?;
    drop(shown);
    report::show(&args.files, &report, Origin::Export, context)
}

/// Open the repo; unless forbidden it is created when it is a local path that does not exist. A dry run creates it in a
/// folder that goes away with the second value.
fn open(args: &Args, environment: &Environment) -> Result<(Repo, Option<TempDir>), Failure> {
    if args.no_create || !repo::is_absent(&args.repo, environment)? {
        let repo = Repo::open(&args.repo, !args.files.dry_run, environment)?;
        agreement::check(&repo, &args.repo, &args.create, environment)?;
        return Ok((repo, None));
    }
    repo::check_parent(&args.repo, environment)?;
    if args.files.dry_run {
        let folder = tempfile::Builder::new().prefix("pantry-plan-").tempdir()?;
        let stand_in = folder.path().join("repo").to_string_lossy().into_owned();
        args.create
            .without_database()
            .create(&stand_in, environment)?;
        return Ok((Repo::open(&stand_in, true, environment)?, Some(folder)));
    }
    args.create.create(&args.repo, environment)?;
    tracing::warn!("created repository {}", args.repo);
    Ok((Repo::open(&args.repo, true, environment)?, None))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    if !path.is_dir() {
        return Err(Failure::error(format!(
            "{} is not a folder",
            path.display()
        )));
    }
    std::path::absolute(path).map_err(|e| Failure::error(format!("{}: {e}", path.display())))
}

/// As the reference: an absolute path as it is, else the file in DIRECTORY if it is there, else in the current folder.
fn export_file(name: &str, directory: &Path) -> Result<PathBuf, Failure> {
    let given = PathBuf::from(name);
    let in_directory = directory.join(name);
    if given.is_absolute() {
        return Ok(given);
    }
    match (in_directory.is_file(), given.is_file()) {
        (true, true) if same(&given, &in_directory) => Ok(in_directory),
        (true, true) => {
            tracing::warn!(
                "{name} is in the current folder and in {}; taking the latter",
                directory.display()
            );
            Ok(in_directory)
        }
        (true, false) => Ok(in_directory),
        (false, true) => Ok(given),
        (false, false) => Err(Failure::error(format!(
            "there is no export file {name} in the current folder or in {}",
            directory.display()
        ))),
    }
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
