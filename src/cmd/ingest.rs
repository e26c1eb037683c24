//! `pantry ingest`: a tree of files that a recipe recognises.
use std::io::Write;
use std::path::PathBuf;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_import::ingest::{Ingest, TreeOptions, TreeReport, ingest_tree, propose};
use pantry_import::{ImportOptions, OnConflict, Origin};
use pantry_registry::config::Environment;
use pantry_registry::model::dataset_id::DatasetIdMode;
use serde_json::json;

use super::ingest_files::folder;
use crate::cmd::import::{FileArgs, ReportFormat, show};
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::repo::Repo;
use crate::scrutiny::ScrutinyArgs;
use crate::watch::Shown;

/// Arguments of `ingest`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository
    repo: String,

    /// Root of the tree: a folder, or a URI such as s3://bucket/folder
    root: String,

    /// Recipe (YAML) that says what the files are
    #[arg(long, value_name = "FILE", required_unless_present = "propose")]
    recipe: Option<PathBuf>,

    /// Print a recipe that is drafted from the tree and the repository, with questions where it cannot know; nothing is
    /// ingested
    #[arg(long, conflicts_with = "recipe")]
    propose: bool,

    /// Files that --propose looks at, at most
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    sample: usize,

    /// Run of the files whose rule names none; made if there is none
    #[arg(long)]
    run: Option<String>,

    /// Leave the lists of checksums in the tree alone (SHA256SUMS, md5sum.txt, *.b3 and the like); without this its files must
    /// be what they say
    #[arg(long)]
    no_checksum_lists: bool,

    #[command(flatten)]
    scrutiny: ScrutinyArgs,

    #[command(flatten)]
    files: FileArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Ingests.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let environment = Environment::from_process();
    let root = folder(Some(&args.root), &environment)?;
    let Some(recipe) = args.recipe.clone() else {
        return draft(&args, &root, context, &environment);
    };
    let mut repo = Repo::open(&args.repo, !args.files.dry_run, &environment)?;
    let datastore = repo.datastore()?;
    let shown = Shown::new(context)?;
    let options = ImportOptions {
        file: recipe,
        origin: Origin::Recipe,
        skip_dimensions: Vec::new(),
        day_obs_offsets: Default::default(),
        on_conflict: OnConflict::Error,
        dry_run: args.files.dry_run,
        datastore: Some(datastore.target.clone()),
    };
    let tree = TreeOptions {
        root: root.clone(),
        run: args.run,
        id_mode: DatasetIdMode::DataIdTypeRun,
    };
    // The tree is the operator's own: links in it may lead anywhere.
    let files = args.files.options(datastore, root, None);
    let mut missing = args.files.missing_list();
    let mut held = TreeReport::default();
    let ingest = Ingest {
        registry: &mut repo.registry,
        options: &options,
        files,
        scrutiny: args.scrutiny.scrutiny(!args.no_checksum_lists)?,
        missing: &mut missing,
        watch: &shown,
    };
    let report = ingest_tree(ingest, &tree, &mut |report| held = report)?;
    drop(shown);
    if args.files.format == ReportFormat::Json {
        let mut out = context.stdout();
        serde_json::to_writer(&mut out, &json!({ "tree": held, "import": report }))?;
        writeln!(out)?;
        return Ok(out.flush()?);
    }
    if !context.quiet {
        print(&held, context)?;
    }
    show(&args.files, &report, Origin::Recipe, context)
}

/// `--propose`
fn draft(
    args: &Args,
    root: &ResourcePath,
    context: &Context,
    environment: &Environment,
) -> Result<(), Failure> {
    let mut repo = Repo::open(&args.repo, false, environment)?;
    let shown = Shown::new(context)?;
    let stores = Stores::from_process();
    let text = propose(&mut repo.registry, root, &stores, args.sample, &shown)?;
    drop(shown);
    let mut out = context.stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// What the tree holds, for people.
fn print(held: &TreeReport, context: &Context) -> Result<(), Failure> {
    let mut out = context.stdout();
    for count in &held.datasets {
        let (dataset_type, run, rule) = (&count.dataset_type, &count.run, &count.rule);
        writeln!(
            out,
            "{:>10} files of {dataset_type} in {run} (rule '{rule}')",
            count.files
        )?;
    }
    for (element, records) in &held.records {
        writeln!(out, "{records:>10} records of {element}")?;
    }
    writeln!(out, "{:>10} files that no rule knows", held.unmatched)?;
    for path in &held.unmatched_files {
        writeln!(out, "  {path}")?;
    }
    Ok(out.flush()?)
}
