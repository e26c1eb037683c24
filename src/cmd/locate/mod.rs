//! `pantry locate`: where the files of datasets are. The reference has this in Python only (`Butler.getURIs`).
mod list;
mod print;

use pantry_registry::config::Environment;
use pantry_registry::model::data_coordinate::DataCoordinate;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::query::execute::ResultValue;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

use self::list::Program;
use self::print::{Dataset, Printer};
use crate::cmd::export::registry_of;
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{DatasetRequest, Files, Filter, Source, each_dataset};
use crate::replicas::Replicas;
use crate::repo::Repo;
use crate::rows::OutputFormat;
use crate::state::StateArgs;

/// Datasets whose files are looked up together.
const TOGETHER: usize = 500;

/// Arguments of `locate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Ids of datasets; without any, those that the options below select
    id: Vec<Uuid>,

    /// Names or glob patterns of dataset types; all if not given. Repeatable, also comma-separated
    #[arg(short, long, value_name = "GLOB", conflicts_with = "id")]
    dataset_type: Vec<String>,

    /// Collections to look in: names or glob patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB", conflicts_with = "id")]
    collections: Vec<String>,

    /// For each data ID only the dataset in the first of --collections that has one
    #[arg(long, overrides_with = "no_find_first")]
    find_first: bool,

    /// The datasets of all collections (the default)
    #[arg(long, overrides_with = "find_first")]
    no_find_first: bool,

    #[command(flatten)]
    filter: Filter,

    /// How the result is printed; 'rclone' and 'rsync' are lists for the option --files-from of these programs: paths below
    /// --root, one a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Folder that the paths of a list are relative to; by default the root of the datastore
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,

    #[command(flatten)]
    state: StateArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// How the result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// Aligned columns for people
    #[default]
    Table,
    /// One JSON array of objects
    Json,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values with a header line
    Csv,
    /// A Parquet file
    Parquet,
    /// For 'rclone copy --files-from'
    Rclone,
    /// For 'rsync --files-from'
    Rsync,
}

impl Format {
    /// The program whose list it is, or the format of rows.
    fn kind(self) -> Result<Program, OutputFormat> {
        Err(match self {
            Format::Rclone => return Ok(Program::Rclone),
            Format::Rsync => return Ok(Program::Rsync),
            Format::Table => OutputFormat::Table,
            Format::Json => OutputFormat::Json,
            Format::Jsonl => OutputFormat::Jsonl,
            Format::Csv => OutputFormat::Csv,
            Format::Parquet => OutputFormat::Parquet,
        })
    }
}

/// Prints where files are.
pub fn run(mut args: Args, context: &Context) -> Result<(), Failure> {
    args.filter.all_by_default();
    let format = args.format.kind();
    if let Err(format) = format {
        format.check_terminal()?;
    }
    args.filter.binds()?;
    let request = DatasetRequest::of(&args.dataset_type, &args.collections, args.find_first)?;
    request.check_order(&args.filter)?;
    let mut source = args.filter.open(&args.repo, context)?;
    let searches = match args.id.is_empty() {
        true => request.searches(&mut source)?,
        false => Vec::new(),
    };
    // A connection of its own, because files are looked up while the query runs.
    let mut files = Finder::of(registry_of(
        args.filter.open(&args.repo, context)?,
        "locate",
    )?)?;
    let mut out = context.stdout();
    let root = files.repo()?.datastore()?.root;
    let mut printer = match format {
        Ok(program) => Printer::list(program, &root, args.root.as_deref(), &mut out)?,
        Err(format) => {
            let state = args.state.open_existing(&Environment::from_process())?;
            let replicas = state.map(Replicas::new).map(Arc::new);
            Printer::rows(format, root, replicas, &mut out)?
        }
    };
    for ids in args.id.chunks(TOGETHER) {
        let datasets = files.named(ids)?;
        files.show(&datasets, &mut printer)?;
    }
    let mut batch = Vec::new();
    each_dataset(&mut source, &args.filter, &searches, |number, row| {
        let dataset_type = &searches[number].dataset_type;
        batch.extend(dataset(&dataset_type.name, &dataset_type.dimensions, row));
        if batch.len() == TOGETHER {
            files.show(&std::mem::take(&mut batch), &mut printer)?;
        }
        Ok(())
    })?;
    files.show(&batch, &mut printer)?;
    let outcome = printer.finish();
    out.flush()?;
    outcome
}

/// Looks files up.
struct Finder {
    source: Source,
    files: Files,
}

impl Finder {
    fn of(repo: Box<Repo>) -> Result<Self, Failure> {
        let mut source = Source::Repo(repo);
        let files = Files::of(&mut source)?;
        Ok(Self { source, files })
    }

    fn repo(&mut self) -> Result<&mut Repo, Failure> {
        match &mut self.source {
            Source::Repo(repo) => Ok(repo),
            Source::Server(_) => Err(Failure::error("a server has no datastore")),
        }
    }

    /// The datasets of these ids.
    fn named(&mut self, ids: &[Uuid]) -> Result<Vec<Dataset>, Failure> {
        let found = self.repo()?.registry.datasets(ids)?;
        if let Some(missing) = ids.iter().find(|id| found.iter().all(|f| f.id != **id)) {
            return Err(Failure::error(format!(
                "the repository has no dataset with the id {missing}"
            )));
        }
        let dataset = |found: pantry_registry::model::dataset_ref::DatasetRef| Dataset {
            id: found.id,
            dataset_type: found.dataset_type.name.clone(),
            run: found.run,
            data_id: found.data_id.to_string(),
        };
        Ok(found.into_iter().map(dataset).collect())
    }

    fn show(&mut self, datasets: &[Dataset], printer: &mut Printer<'_>) -> Result<(), Failure> {
        let ids: Vec<Uuid> = datasets.iter().map(|dataset| dataset.id).collect();
        let files = self.files.look_up(&mut self.source, &ids)?;
        for dataset in datasets {
            let files = files.get(&dataset.id).map_or(&[][..], Vec::as_slice);
            printer.dataset(dataset, files)?;
        }
        Ok(())
    }
}

/// The dataset of a row of a query.
fn dataset(name: &str, dimensions: &DimensionGroup, row: &[ResultValue]) -> Option<Dataset> {
    let values = row.iter().take(dimensions.required_len());
    let values: Vec<_> = values.filter_map(ResultValue::data_id_value).collect();
    let data_id = DataCoordinate::new(dimensions.clone(), values).ok()?;
    match row.get(dimensions.data_coordinate_keys().count()..)? {
        [ResultValue::Uuid(id), ResultValue::Text(run), ..] => Some(Dataset {
            id: *id,
            dataset_type: name.to_owned(),
            run: run.clone(),
            data_id: data_id.to_string(),
        }),
        _ => None,
    }
}
