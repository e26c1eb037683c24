//! The datasets that the query engine finds, cut to the limit, sorted, with their files.
use std::borrow::Cow;

use pantry_registry::listing::{RowQuery, SortKey, TypeSearch};
use pantry_registry::query::execute::ResultValue;
use uuid::Uuid;

use super::Args;
use super::print::{Dataset, Printer};
use crate::context::Context;
use crate::failure::Failure;
use crate::query::{Files, Repeats, Seen, Source, dataset_order, each_row};
use crate::rows::{Layout, OutputFormat, Value};

/// Datasets whose files are looked up together.
const DATASETS_AT_ONCE: usize = 500;

/// Shows the datasets of one type after the other.
pub struct Answer<'a> {
    args: &'a Args,
    /// A connection of its own, because files are looked up while the query runs.
    files: Option<(Source, Files)>,
}

impl<'a> Answer<'a> {
    /// For these arguments.
    pub fn new(args: &'a Args, context: &Context) -> Result<Self, Failure> {
        let mut files = None;
        if args.show_uri {
            let mut source = args.filter.open(&args.repo, context)?;
            let found = Files::of(&mut source)?;
            files = found.may_be().then_some((source, found));
        }
        Ok(Self { args, files })
    }

    /// Asks for one type after the other until the limit is used up; returns how many datasets were shown.
    pub fn show(
        &mut self,
        source: &mut Source,
        searches: &[TypeSearch],
        printer: &mut Printer<'_>,
    ) -> Result<u64, Failure> {
        let limit = self.args.filter.limit();
        let (mut used, mut shown) = (0, 0);
        for search in searches.iter().filter(|s| !s.collections.is_empty()) {
            let left = limit.less(used);
            if left.asked() == Some(0) {
                break;
            }
            let (rows, datasets, more) = self.one_type(source, search, used, printer)?;
            used += rows;
            shown += datasets;
            if more {
                tracing::warn!(
                    "there are more datasets than the {used} that were listed; --limit 0 lists all"
                );
                break;
            }
        }
        printer.release()?;
        Ok(shown)
    }

    /// Rows, different datasets, and whether there are more than the limit shows. The table of a type is printed when the
    /// next one has something, as in the reference, where a failure on the way thus suppresses it.
    fn one_type(
        &mut self,
        source: &mut Source,
        search: &TypeSearch,
        used: u64,
        printer: &mut Printer<'_>,
    ) -> Result<(u64, u64, bool), Failure> {
        let query = self.args.filter.apply(RowQuery::datasets(search)?)?;
        let dimensions = query.spec.dimensions().clone();
        let layout = Layout::data_ids(&dimensions);
        let keys = layout.columns().len();
        let is_table = self.args.format == OutputFormat::Table;
        let sort = match query.spec.order_by.is_empty() {
            true => dataset_order(search)?,
            false => Vec::new(),
        };
        let (in_table, in_rows) = if is_table {
            (sort.as_slice(), &[][..])
        } else {
            (&[][..], sort.as_slice())
        };
        let mut batch: Vec<Dataset<'static>> = Vec::new();
        let mut datasets = 0;
        let limit = self.args.filter.limit().less(used);
        let is_sorted = !in_rows.is_empty() && limit.shown().is_none();
        let mut seen = search.may_repeat().then(|| Seen::new(is_sorted));
        printer.begin(search);
        let repeats = Repeats::Shown;
        let shown = each_row(source, &query, limit, in_rows, repeats, &mut |cells| {
            let dataset = dataset(&layout, cells);
            if seen.as_mut().is_some_and(|seen| !seen.is_new(dataset.id)) {
                return Ok(());
            }
            datasets += 1;
            if self.files.is_none() {
                return printer.dataset(&dataset, None);
            }
            batch.push(owned(dataset));
            if batch.len() == DATASETS_AT_ONCE {
                self.with_files(&batch, printer)?;
                batch.clear();
            }
            Ok(())
        })?;
        self.with_files(&batch, printer)?;
        if shown.rows > 0 {
            printer.release()?;
        }
        // In a table type, run and id come before the dimensions.
        let column = |key: &SortKey| if key.place > keys { 1 } else { key.place + 3 };
        if !in_table.is_empty() {
            printer.sort(&in_table.iter().map(column).collect::<Vec<_>>());
        }
        printer.end()?;
        Ok((shown.rows, datasets, shown.more))
    }

    fn with_files(
        &mut self,
        batch: &[Dataset<'_>],
        printer: &mut Printer<'_>,
    ) -> Result<(), Failure> {
        let Some((source, files)) = &mut self.files else {
            return Ok(());
        };
        let ids: Vec<Uuid> = batch.iter().map(|dataset| dataset.id).collect();
        let files = files.look_up(source, &ids)?;
        for dataset in batch {
            match files.get(&dataset.id) {
                None => printer.dataset(dataset, None)?,
                Some(files) => {
                    for file in files {
                        printer.dataset(dataset, Some(file.record()))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn dataset<'v>(layout: &Layout, cells: &'v [ResultValue]) -> Dataset<'v> {
    let keys = layout.columns().len();
    Dataset {
        id: match cells.get(keys) {
            Some(ResultValue::Uuid(id)) => *id,
            _ => Uuid::nil(),
        },
        run: match cells.get(keys + 1) {
            Some(ResultValue::Text(run)) => Cow::Borrowed(run.as_str()),
            _ => Cow::Borrowed(""),
        },
        values: layout.row(cells),
    }
}

fn owned(dataset: Dataset<'_>) -> Dataset<'static> {
    let values = dataset.values.into_iter().map(Value::into_owned);
    Dataset {
        id: dataset.id,
        run: Cow::Owned(dataset.run.into_owned()),
        values: values.collect(),
    }
}
