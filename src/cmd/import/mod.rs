//! `pantry import`: an export directory into a repo (`lsst/daf/butler/script/butlerImport.py`).
mod report;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_datastore::transfer::{TransferMode, TransferProgress};
use pantry_import::files::{FileOptions, OnMissing};
use pantry_import::{ImportOptions, OnConflict, import};
use pantry_registry::config::Environment;
use pantry_registry::model::glob::split_commas;
use tempfile::TempDir;

use crate::agreement;
use crate::cmd::create::CreateArgs;
use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::prefixes::prefixes;
use crate::repo::{self, Repo};
use crate::transfer::Transfer;
use crate::watch::Shown;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository. Created if it does not exist and is a local path
    repo: String,

    /// Folder of the dataset files and of the export file
    directory: String,

    /// How files get into the datastore
    #[arg(short, long, value_enum, default_value = "auto")]
    transfer: Transfer,

    /// Export file; looked for in the current folder and in DIRECTORY
    #[arg(long, value_name = "FILE", default_value = "export.yaml")]
    export_file: String,

    /// Dimension elements whose records are not imported. Repeatable, also comma-separated
    #[arg(short, long, value_name = "ELEMENT")]
    skip_dimensions: Vec<String>,

    /// Record sizes and checksums of files (the default)
    #[arg(long, overrides_with = "no_track_file_attrs")]
    track_file_attrs: bool,

    /// Record neither sizes nor checksums of files
    #[arg(long, overrides_with = "track_file_attrs")]
    no_track_file_attrs: bool,

    /// Print what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Checksum to record; by default blake3 when files are copied or moved, else none
    #[arg(long, value_enum)]
    checksum: Option<ChecksumKind>,

    /// Fill the registry only: look at no file, write no datastore record
    #[arg(long)]
    no_files: bool,

    /// Threads for files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// What to do when a file is missing: fail, or register its datasets without it
    #[arg(long, value_enum, default_value_t)]
    on_missing: MissingPolicy,

    /// Where missing files are listed, one JSON object a line
    #[arg(long, value_name = "FILE", default_value = "pantry-missing.jsonl")]
    missing_report: PathBuf,

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

    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,

    #[command(flatten)]
    create: CreateArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Which checksum is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ChecksumKind {
    Blake3,
    None,
}

/// `--on-missing`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum MissingPolicy {
    #[default]
    Error,
    Skip,
}

/// `--on-conflict`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ConflictPolicy {
    #[default]
    Keep,
    Error,
}

/// Format of the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    #[default]
    Text,
    Json,
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
    let mode = TransferMode::from(args.transfer);
    let checksum = args
        .checksum
        .map_or(mode.copies_bytes(), |c| c == ChecksumKind::Blake3);
    let datastore = if args.no_files {
        None
    } else {
        Some(repo.datastore()?)
    };
    let options = ImportOptions {
        file,
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
        dry_run: args.dry_run,
        datastore: datastore.as_ref().map(|d| d.target.clone()),
    };
    let progress = Arc::new(TransferProgress::default());
    let folder = ResourcePath::from_absolute(&directory)?.into_folder();
    let (allowed, allowed_uris) = prefixes(&args.allow_prefix)?;
    let files = datastore.map(|d| FileOptions {
        root: d.root,
        templates: d.templates,
        formatters: d.formatters,
        folder,
        allowed,
        allowed_uris,
        stores: Stores::from_process(),
        mode,
        checksum,
        track: !args.no_track_file_attrs,
        known: false,
        jobs: args.jobs.unwrap_or_else(context::processors),
        on_missing: match args.on_missing {
            MissingPolicy::Error => OnMissing::Error,
            MissingPolicy::Skip => OnMissing::Skip,
        },
        progress,
    });
    let mut missing = LazyFile::new(&args.missing_report);
    let report = import(&mut repo.registry, &options, files, &mut missing, &shown)?;
    drop(shown);
    report::show(&args, &report, context)
}

/// Open the repo; unless forbidden it is created when it is a local path that does not exist. A dry run creates it in a
/// folder that goes away with the second value.
fn open(args: &Args, environment: &Environment) -> Result<(Repo, Option<TempDir>), Failure> {
    if args.no_create || !repo::is_absent(&args.repo, environment)? {
        let repo = Repo::open(&args.repo, !args.dry_run, environment)?;
        agreement::check(&repo, &args.repo, &args.create, environment)?;
        return Ok((repo, None));
    }
    repo::check_parent(&args.repo, environment)?;
    if args.dry_run {
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

/// A file that is created when something is written to it.
struct LazyFile<'a> {
    path: &'a Path,
    file: Option<File>,
}

impl<'a> LazyFile<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, file: None }
    }
}

impl Write for LazyFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::create(self.path)?),
        };
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}
