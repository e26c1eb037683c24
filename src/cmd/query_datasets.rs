//! `pantry query-datasets`: the datasets of one or more types (`lsst/daf/butler/script/queryDatasets.py`).
mod files;
mod filtered;
mod print;

use std::collections::BTreeMap;
use std::io::Write;

use pantry_registry::config::Environment;
use pantry_registry::dataset_types::DatasetTypeRecord;
use pantry_registry::listing::{CollectionCatalog, DatasetSearch, OrderBy, search_dataset_types};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::glob::{Wildcard, split_commas};

use self::files::Files;
use self::filtered::Filtered;
use self::print::{Dataset, Printer};
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{Filter, Limit, engine};
use crate::repo::Repo;
use crate::rows::OutputFormat;

/// Arguments of `query-datasets`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Names or glob patterns of the dataset types to look for; all if none is given. Also comma-separated
    glob: Vec<String>,

    /// Collections to look in: names or glob patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    /// For each data ID show only the dataset in the first of --collections that has one
    #[arg(long, overrides_with = "no_find_first")]
    find_first: bool,

    /// Show the datasets of all collections (the default)
    #[arg(long, overrides_with = "find_first")]
    no_find_first: bool,

    #[command(flatten)]
    filter: Filter,

    /// Show where each dataset's file is
    #[arg(long)]
    show_uri: bool,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// What was asked for, read from the arguments.
struct Request {
    glob: Vec<String>,
    collections: Wildcard,
    order_by: Vec<String>,
    /// Whether the dataset types were not given as one name.
    several: bool,
}

impl Request {
    fn of(args: &Args) -> Result<Self, Failure> {
        args.filter.binds()?;
        let glob = split_commas(&args.glob).values;
        let request = Self {
            several: glob.len() != 1 || Wildcard::parse(&glob).has_globs(),
            collections: Wildcard::parse(&split_commas(&args.collections).values),
            order_by: args.filter.order_by(),
            glob,
        };
        if request.several && !request.order_by.is_empty() {
            return Err(Failure::error(
                "--order-by needs the name of one dataset type: with several, each has an order of its own",
            ));
        }
        if args.find_first && request.collections.has_globs() {
            return Err(Failure::error(
                "--find-first needs --collections with names, not patterns: the order of what fits a pattern means nothing",
            ));
        }
        Ok(request)
    }

    /// The dataset types in order of name. None at all if one of them does not exist, as in the reference.
    fn dataset_types(&self, repo: &mut Repo) -> Result<Vec<DatasetTypeRecord>, Failure> {
        let is_component = |name: &String| name.contains('.');
        if !self.several && self.glob.iter().any(is_component) {
            return Ok(Vec::new());
        }
        let search = search_dataset_types(&mut repo.registry, &Wildcard::parse(&self.glob))?;
        if let Some(name) = search.missing.first() {
            tracing::info!("there is no dataset type '{name}'");
            return Ok(Vec::new());
        }
        let by_name = search.found.into_iter();
        let by_name = by_name.map(|t| (t.dataset_type.name.clone(), t));
        Ok(by_name.collect::<BTreeMap<_, _>>().into_values().collect())
    }
}

/// Prints the datasets.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let request = Request::of(&args)?;
    let mut repo = Repo::open(&args.repo, false, &Environment::from_process())?;
    let catalog = CollectionCatalog::read(&mut repo.registry)?;
    let types = request.dataset_types(&mut repo)?;
    let files = match args.show_uri {
        true => Some(Files::of(&mut repo)?),
        false => None,
    };
    let mut searches = Vec::new();
    if !types.is_empty() || request.collections.has_globs() {
        let collections = catalog.resolve(&request.collections, &CollectionType::ALL, true)?;
        for dataset_type in types {
            let search = DatasetSearch::new(dataset_type, &collections, args.find_first, &catalog);
            searches.push(search);
        }
    }
    let mut out = context.stdout();
    if args.filter.explain {
        explain(&args, &searches, &mut repo, &mut out)?;
        out.flush()?;
        return Ok(());
    }
    let is_filtered = args.filter.expression().is_some();
    if !is_filtered {
        for search in &mut searches {
            for term in &request.order_by {
                let term = OrderBy::parse(term, &search.dataset_type.dataset_type)?;
                search.order_by.push(term);
            }
            search.file_records = files.as_ref().and_then(|files| files.table.clone());
        }
    }
    let is_known = !searches.is_empty();
    let mut printer = Printer::new(args.format, &searches, files, &mut out)?;
    let shown = match is_filtered {
        true => Filtered::new(&args)?.show(&mut repo, &searches, &mut printer)?,
        false => show(&mut repo, &searches, args.filter.limit(), &mut printer)?,
    };
    if shown == 0 && is_known && !request.several {
        printer.finish(false)?;
        drop(printer);
        out.flush()?;
        return Err(match is_filtered {
            true => filtered::nothing(&args, &searches, &mut repo)?,
            false => nothing(&request, &searches),
        });
    }
    printer.finish(true)?;
    drop(printer);
    out.flush()?;
    Ok(())
}

/// How the question about each dataset type is answered.
fn explain(
    args: &Args,
    searches: &[DatasetSearch],
    repo: &mut Repo,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for search in searches.iter().filter(|s| !s.collections.is_empty()) {
        let query = filtered::query(args, search)?;
        writeln!(out, "{}", engine::explain(&mut repo.registry, &query)?)?;
    }
    Ok(())
}

/// Runs the searches one after the other until the limit is used up; returns how many datasets were shown.
fn show(
    repo: &mut Repo,
    searches: &[DatasetSearch],
    limit: Limit,
    printer: &mut Printer<'_>,
) -> Result<u64, Failure> {
    let most = limit.shown();
    let (mut used, mut shown) = (0, 0);
    for (at, search) in searches.iter().enumerate() {
        let left = most.map(|most| most - used);
        printer.begin(search);
        let outcome = search.each(&mut repo.registry, left, |found| {
            printer.dataset(&Dataset::of(found), found.file)
        })?;
        used += outcome.used;
        shown += outcome.shown;
        if most != Some(used) {
            let left = most.map(|most| most - used);
            look_ahead(repo, &searches[at + 1..], left)?;
        }
        printer.end()?;
        printer.release()?;
        if most != Some(used) {
            continue;
        }
        if !limit.warns() {
            break;
        }
        if search.exceeds(&mut repo.registry, left.unwrap_or_default())? {
            tracing::warn!(
                "there are more datasets than the {used} that were listed; --limit 0 lists all"
            );
            break;
        }
    }
    Ok(shown)
}

/// Fails if the next search that finds something fails: the reference prints a table only after it has the first row of
/// the next one.
fn look_ahead(repo: &mut Repo, next: &[DatasetSearch], left: Option<u64>) -> Result<(), Failure> {
    if !next.iter().any(DatasetSearch::may_be_ambiguous) {
        return Ok(());
    }
    for search in next {
        search.check(&mut repo.registry, left)?;
        if search.exceeds(&mut repo.registry, 0)? {
            break;
        }
    }
    Ok(())
}

/// Why there is nothing of a dataset type that was asked for by name.
fn nothing(request: &Request, searches: &[DatasetSearch]) -> Failure {
    let name = request.glob.first().map_or("", String::as_str);
    let searched = searches.iter().any(|search| !search.collections.is_empty());
    Failure::error(match (&request.collections, searched) {
        (_, true) => format!("no dataset of type '{name}' was found"),
        (Wildcard::All, false) => format!("no collection has datasets of type '{name}'"),
        (Wildcard::Some { .. }, false) => {
            format!("none of the collections given has datasets of type '{name}'")
        }
    })
}
