//! `pantry verify-catalogue`: whether a catalogue is fit for an ingest into Qserv. The reference has no such command.
mod files;
mod lists;
mod shown;
mod sky;

use std::path::PathBuf;

use pantry_datastore::store::Stores;
use pantry_import::catalogue::{CatalogueFile, CatalogueOptions, Problem, Table, verify_catalogue};

use crate::context::{self, Context};
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::Where;
use crate::rows::{OutputFormat, Report};
use shown::Shown;
use sky::SkyMap;

/// Arguments of `verify-catalogue`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of files, or the address of one in a bucket; or a repository: folder, configuration file or label
    source: String,

    /// The table of objects: in a repository a dataset type; in a folder the pattern of its files, such as
    /// 'object/{tract}/{patch}.parq', or NAME=PATTERN, or only the NAME of files like NAME_{tract}_{patch}.parq
    #[arg(long, value_name = "TABLE")]
    director: String,

    /// A table that refers to the objects of the director, named in the same way. Repeatable
    #[arg(long, value_name = "TABLE")]
    child: Vec<String>,

    /// Collections of the repository, in search order: of each data ID the first dataset counts. Patterns, or none for
    /// all, take all datasets. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    #[command(flatten)]
    expression: Where,

    /// Repository that knows the tracts and patches of a folder of files
    #[arg(long, value_name = "REPO", requires = "skymap")]
    repo: Option<String>,

    /// Sky map that the tracts and patches of a folder of files are of
    #[arg(long, value_name = "NAME")]
    skymap: Option<String>,

    /// Dataset type, such as deepCoadd_calexp: where it has datasets in --collections, the catalogue should have files
    #[arg(long, value_name = "DATASET_TYPE")]
    expect: Option<String>,

    /// The catalogue should have files for all patches of each tract that it has files of
    #[arg(long)]
    all_patches: bool,

    /// Column with the ids of objects
    #[arg(long, value_name = "NAME", default_value = "objectId")]
    id_column: String,

    /// The same in children, if it has another name there
    #[arg(long, value_name = "NAME")]
    child_id_column: Option<String>,

    /// Column with right ascensions; by default coord_ra, else ra
    #[arg(long, value_name = "NAME", requires = "dec_column")]
    ra_column: Option<String>,

    /// Column with declinations; by default coord_dec, else dec
    #[arg(long, value_name = "NAME", requires = "ra_column")]
    dec_column: Option<String>,

    /// Names of the columns of CSV and TSV files that have no line of names. Comma-separated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    text_columns: Vec<String>,

    /// Child that has exactly one row for each object. Repeatable
    #[arg(long, value_name = "TABLE")]
    one_row: Vec<String>,

    /// Arcseconds by which positions may lie outside their patch
    #[arg(long, value_name = "ARCSEC", default_value = "1")]
    margin: f64,

    /// Problem that does not count, by its name in the report, such as shared-id. Repeatable, also comma-separated
    #[arg(long, value_name = "PROBLEM", value_delimiter = ',', value_parser = problem)]
    ignore: Vec<Problem>,

    /// Ids that a finding names
    #[arg(long, value_name = "N", default_value_t = 5)]
    ids: usize,

    /// Write the names of files that may be ingested to this file, one a line
    #[arg(long, value_name = "FILE")]
    accept: Option<PathBuf>,

    /// Write the names of the other files to this file, each with a tabulator and its problems
    #[arg(long, value_name = "FILE")]
    reject: Option<PathBuf>,

    /// Write the number of rows of each file to this file, as CSV
    #[arg(long, value_name = "FILE")]
    row_counts: Option<PathBuf>,

    /// Write the report as a page of HTML to this file, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Threads that read files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    /// File for the findings; by default standard output
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    #[command(flatten)]
    options_file: OptionsFile,
}

fn problem(text: &str) -> Result<Problem, String> {
    let known = Problem::ALL.into_iter();
    let mut fitting = known.filter(|problem| problem.name().eq_ignore_ascii_case(text));
    fitting.next().ok_or_else(|| {
        let names = Problem::ALL.map(Problem::name).join(", ");
        format!("there are the problems {names}")
    })
}

/// Verifies.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    if !(0.0..=3600.0).contains(&args.margin) {
        return Err(Failure::Usage(
            "--margin is from 0 to 3600 arcseconds".to_owned(),
        ));
    }
    args.expression.binds()?;
    let stores = Stores::from_process();
    let (names, files, mut sky) = files::find(&args, &stores, context)?;
    let expected = sky.expected(&args, &files)?;
    let report = Report::new(&shown::columns(), args.format, args.report.as_deref())?;
    let options = CatalogueOptions {
        tables: tables(&args, names)?,
        positions: positions(&args),
        text_columns: args.text_columns.clone(),
        expected,
        ignored: args.ignore.clone(),
        sample: args.ids,
        jobs: args.jobs.unwrap_or_else(context::processors).max(1),
        stores,
        cancelled: context.interrupt()?,
    };
    let mut shown = Shown::new(context, report, sky, &args)?;
    let outcome = shown.verdict(|shown| verify_catalogue(files, &options, shown))?;
    let (report, page) = shown.end()?;
    lists::write(&args, &outcome)?;
    let words = lists::summary(&outcome, &options.tables);
    if let Some(path) = &args.html {
        lists::page(page, &outcome, &options.tables).save(path)?;
    }
    report.finish(&words, context)?;
    match outcome.findings {
        0 => Ok(()),
        _ => Err(Failure::Findings),
    }
}

fn positions(args: &Args) -> Vec<(String, String)> {
    let pair = |ra: &str, dec: &str| (ra.to_owned(), dec.to_owned());
    match (&args.ra_column, &args.dec_column) {
        (Some(ra), Some(dec)) => vec![pair(ra, dec)],
        _ => vec![pair("coord_ra", "coord_dec"), pair("ra", "dec")],
    }
}

fn tables(args: &Args, names: Vec<String>) -> Result<Vec<Table>, Failure> {
    if let Some(other) = args
        .one_row
        .iter()
        .find(|name| !names.iter().skip(1).any(|n| n == *name))
    {
        return Err(Failure::Usage(format!(
            "--one-row names '{other}', which is no child"
        )));
    }
    let child_id = args.child_id_column.as_ref().unwrap_or(&args.id_column);
    let table = |(number, name): (usize, String)| Table {
        id: if number == 0 {
            &args.id_column
        } else {
            child_id
        }
        .clone(),
        one_row: number > 0 && args.one_row.contains(&name),
        name,
    };
    let repeated = |(number, name): (usize, &String)| names[..number].contains(name);
    if names.iter().enumerate().any(repeated) {
        return Err(Failure::Usage("a dataset type is named twice".to_owned()));
    }
    Ok(names.into_iter().enumerate().map(table).collect())
}

/// The names of the tables, and their files.
type Found = (Vec<String>, Vec<CatalogueFile>, SkyMap);
