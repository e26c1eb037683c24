//! `pantry query-dimension-records`: what is known of a dimension element's values
//! (`lsst/daf/butler/script/queryDimensionRecords.py`).
use std::io::Write;

use pantry_registry::listing::{Joined, RowQuery, SortKey, record_fields, with_pixel};
use pantry_registry::model::element::Element;
use pantry_registry::query::tree::QueryTree;
use pantry_registry::skypix::SkyPixelization;

use super::query_data_ids::refuse_offset;
use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{Explain, Filter, NO_RESULTS, Repeats, Source, constraint, each_row, engine};
use crate::rows::{Layout, OutputFormat, RowSink, TableSink};
use crate::table::{Align, Table};

/// Arguments of `query-dimension-records`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository, or the address of a Butler server's
    repo: String,

    /// Dimension element whose records are listed, such as visit or detector
    element: String,

    /// Only records for which there are datasets of these types: a name or a glob pattern
    #[arg(long, value_name = "GLOB")]
    datasets: Option<String>,

    /// Collections in which --datasets are looked for: names or glob patterns; all if not given. Repeatable, also
    /// comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    explain: Explain,

    /// Not supported: anything but 0 is an error, as in the reference
    #[arg(long, value_name = "N", default_value_t, hide = true)]
    offset: i64,

    /// Does nothing but say so, as in the reference
    #[arg(long, hide = true)]
    no_check: bool,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Prints the records.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let mut out = context.stdout();
    if args.no_check {
        warn_of_no_check(args.format, &mut out)?;
    }
    refuse_offset(args.offset)?;
    let mut source = args.filter.open(&args.repo, context)?;
    match question(&args, &mut source)? {
        Some(query) if args.explain.is_wanted => {
            writeln!(out, "{}", engine::explain(&mut source, &query)?)?;
        }
        Some(query) => answer(&args, &mut source, &query, &mut out)?,
        None => nothing(&args, &records(&args, &source)?, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// The reference says it on standard output, where programs would stumble over it.
fn warn_of_no_check(format: OutputFormat, out: &mut dyn Write) -> Result<(), Failure> {
    if format != OutputFormat::Table {
        tracing::warn!("--no-check does nothing and is deprecated");
        return Ok(());
    }
    writeln!(
        out,
        "WARNING: --no-check option has no effect and will be removed after v28."
    )?;
    // It stays although the verb may fail.
    out.flush()?;
    Ok(())
}

/// `None` if no datasets of the types asked for can exist.
fn question(args: &Args, source: &mut Source) -> Result<Option<RowQuery>, Failure> {
    let mut tree = QueryTree::identity(source.universe());
    if let Some(datasets) = args.datasets.as_deref().filter(|d| !d.is_empty()) {
        let constraint = constraint(source, datasets, &args.collections)?;
        tree = match constraint.join_in(&source.collections()?, tree)? {
            Joined::Tree(tree) => *tree,
            Joined::Nothing(_) => return Ok(None),
        };
    }
    let query = records_query(args, tree)?;
    Ok(Some(args.filter.apply(query)?))
}

fn records_query(args: &Args, tree: QueryTree) -> Result<RowQuery, Failure> {
    Ok(RowQuery::dimension_records(tree, &args.element)?)
}

/// The query without constraints, for its columns; `None` if there is no such element.
fn records(args: &Args, source: &Source) -> Result<Option<RowQuery>, Failure> {
    let known = source.universe().get(&args.element).is_some();
    let tree = QueryTree::identity(source.universe());
    known.then(|| records_query(args, tree)).transpose()
}

/// What the fields of a record are called, and where they are in a row.
fn layout(query: &RowQuery, for_people: bool) -> Result<(Layout, Vec<SortKey>), Failure> {
    let mut layout = Layout::default();
    let mut sort = Vec::new();
    for field in record_fields(query)? {
        match for_people {
            true => layout.push_cell(&field.name, field.column_type, field.place),
            false => layout.push_field(&field.name, field.column_type, field.place),
        }
        sort.extend(field.key);
    }
    Ok((layout, sort))
}

fn answer(
    args: &Args,
    source: &mut Source,
    query: &RowQuery,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let for_people = args.format == OutputFormat::Table;
    let (layout, mut sort) = layout(query, for_people)?;
    if !query.spec.order_by.is_empty() {
        sort.clear();
    }
    let mut sink: Box<dyn RowSink> = if for_people {
        let names: Vec<&str> = layout.columns().iter().map(|c| c.name.as_ref()).collect();
        // Required dimensions are the first fields of a record.
        let places = (0..sort.drain(..).len()).collect();
        let table = TableSink::new(Table::new(&names, Align::Right), &mut *out);
        Box::new(table.sorted_by(places))
    } else {
        args.format.sink(layout.columns(), &mut *out)?
    };
    let limit = args.filter.limit();
    let pixels = pixels(args, source)?;
    let shown = each_row(source, query, limit, &sort, Repeats::Shown, &mut |cells| {
        match &pixels {
            None => sink.row(&layout.row(cells))?,
            Some(pixels) => sink.row(&layout.row(&with_pixel(cells, pixels)?))?,
        }
        Ok(())
    })?;
    if shown.rows == 0 {
        drop(sink);
        return nothing(args, &Some(query.clone()), out);
    }
    sink.finish()?;
    if shown.more {
        tracing::warn!(
            "there are more records than the {} that were listed; --limit 0 lists all",
            shown.rows
        );
    }
    Ok(())
}

/// The pixelisation, if the element is of one.
fn pixels(args: &Args, source: &Source) -> Result<Option<SkyPixelization>, Failure> {
    let universe = source.universe();
    match universe.get(&args.element).is_some_and(Element::is_skypix) {
        true => Ok(Some(SkyPixelization::of(universe, &args.element)?)),
        false => Ok(None),
    }
}

fn nothing(args: &Args, query: &Option<RowQuery>, out: &mut dyn Write) -> Result<(), Failure> {
    if args.format == OutputFormat::Table {
        writeln!(out, "{NO_RESULTS}")?;
        return Ok(());
    }
    let layout = match query {
        Some(query) => layout(query, false)?.0,
        None => Layout::default(),
    };
    Ok(args.format.sink(layout.columns(), out)?.finish()?)
}
