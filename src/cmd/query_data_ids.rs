//! `pantry query-data-ids`: the values that dimensions have together (`lsst/daf/butler/script/queryDataIds.py`).
use std::io::Write;

use pantry_registry::listing::{Joined, RowQuery, usual_order};
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::glob::split_commas;
use pantry_registry::query::tree::QueryTree;

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::{Explain, Filter, NO_RESULTS, Repeats, Source, constraint, each_row, engine};
use crate::rows::{Layout, OutputFormat, RowSink, TableSink, Value};
use crate::table::{Align, Table};

/// Arguments of `query-data-ids`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository, or the address of a Butler server's
    repo: String,

    /// Dimensions of the data IDs, such as visit or detector; what they require and imply comes with them. Without any,
    /// those that all --datasets have in common. Also comma-separated
    dimensions: Vec<String>,

    /// Collections in which --datasets are looked for: names or glob patterns; all if not given. Repeatable, also
    /// comma-separated
    #[arg(long, value_name = "GLOB")]
    collections: Vec<String>,

    /// Only data IDs for which there are datasets of these types: a name or a glob pattern
    #[arg(long, value_name = "GLOB")]
    datasets: Option<String>,

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    explain: Explain,

    /// Not supported: anything but 0 is an error, as in the reference
    #[arg(long, value_name = "N", default_value_t, hide = true)]
    offset: i64,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// What was asked for, once the repo is known.
enum Question {
    Query(Box<RowQuery>),
    /// There is no answer, for this reason.
    Nothing(String),
}

/// Prints the data IDs.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    refuse_offset(args.offset)?;
    let mut source = args.filter.open(&args.repo, context)?;
    let mut out = context.stdout();
    match question(&args, &mut source)? {
        Question::Nothing(reason) => {
            let layout = Layout::default();
            nothing(&args, &layout, &[reason], &mut out)?;
        }
        Question::Query(query) if args.explain.is_wanted => {
            writeln!(out, "{}", engine::explain(&mut source, &query)?)?;
        }
        Question::Query(query) => answer(&args, &mut source, &query, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// `--offset` is still there, and refused.
pub(super) fn refuse_offset(offset: i64) -> Result<(), Failure> {
    match offset {
        0 => Ok(()),
        _ => Err(Failure::error(
            "--offset is not supported any more, here and in butler: leave it out",
        )),
    }
}

fn question(args: &Args, source: &mut Source) -> Result<Question, Failure> {
    let universe = std::sync::Arc::clone(source.universe());
    let mut tree = QueryTree::identity(&universe);
    let mut names = split_commas(&args.dimensions).values;
    if let Some(datasets) = args.datasets.as_deref().filter(|d| !d.is_empty()) {
        let constraint = constraint(source, datasets, &args.collections)?;
        if !constraint.collections.is_empty() && names.is_empty() {
            match constraint.common_dimensions()? {
                Some(common) => names.extend(common.names().map(str::to_owned)),
                None => {
                    let names = constraint.names().collect::<Value>().to_cell().into_owned();
                    return Ok(Question::Nothing(format!(
                        "No dimensions in common for specified dataset types ({names})"
                    )));
                }
            }
        }
        tree = match constraint.join_in(&source.collections()?, tree)? {
            Joined::Tree(tree) => *tree,
            Joined::Nothing(searched) => {
                return Ok(Question::Nothing(format!(
                    "No datasets of type {} existed in the specified collections {}.",
                    Value::from(datasets).repr(),
                    searched.join(",")
                )));
            }
        };
    }
    let dimensions = DimensionGroup::conform(&universe, &names)?;
    let query = RowQuery::data_ids(tree, dimensions);
    Ok(Question::Query(Box::new(args.filter.apply(query)?)))
}

fn answer(
    args: &Args,
    source: &mut Source,
    query: &RowQuery,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let dimensions = query.spec.dimensions();
    let layout = Layout::data_ids(dimensions);
    let is_table = args.format == OutputFormat::Table;
    if dimensions.is_empty() {
        let reasons = match engine::any(source, query)? {
            true => vec![
                "Result has one logical row but no columns because no dimensions were requested."
                    .to_owned(),
            ],
            false => engine::reasons(source, query)?,
        };
        return nothing(args, &layout, &reasons, out);
    }
    let is_ordered = !query.spec.order_by.is_empty();
    let mut sort = match is_ordered {
        true => Vec::new(),
        false => usual_order(dimensions, 0)?,
    };
    let mut sink: Box<dyn RowSink> = if is_table {
        let names: Vec<&str> = layout.columns().iter().map(|c| c.name.as_ref()).collect();
        let places = sort.drain(..).map(|key| key.place).collect();
        let table = TableSink::new(Table::new(&names, Align::Right), &mut *out);
        Box::new(table.sorted_by(places))
    } else {
        args.format.sink(layout.columns(), &mut *out)?
    };
    let limit = args.filter.limit();
    let shown = each_row(source, query, limit, &sort, Repeats::Merged, &mut |cells| {
        Ok(sink.row(&layout.row(cells))?)
    })?;
    if shown.rows > 0 {
        sink.finish()?;
        if shown.more {
            tracing::warn!(
                "there are more data IDs than the {} that were listed; --limit 0 lists all",
                shown.rows
            );
        }
        return Ok(());
    }
    drop(sink);
    let reasons = match engine::any(source, query)? {
        true => vec![
            "Post-query region filtering removed all rows, since nothing overlapped.".to_owned(),
        ],
        false => engine::reasons(source, query)?,
    };
    nothing(args, &layout, &reasons, out)
}

/// What is printed in place of data IDs: for people the reasons, for programs an empty result.
fn nothing(
    args: &Args,
    layout: &Layout,
    reasons: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let reasons = reasons.iter().filter(|reason| !reason.is_empty());
    if args.format != OutputFormat::Table {
        reasons.for_each(|reason| tracing::warn!("{reason}"));
        return Ok(args.format.sink(layout.columns(), out)?.finish()?);
    }
    for reason in reasons {
        writeln!(out, "{reason}")?;
    }
    let asked =
        !args.dimensions.is_empty() || args.datasets.as_ref().is_some_and(|d| !d.is_empty());
    match asked {
        true => writeln!(out, "{NO_RESULTS}")?,
        false => writeln!(
            out,
            "No results. Try requesting some dimensions or datasets, see --help for more information."
        )?,
    }
    Ok(())
}
