//! The rows of a query, cut to the limit and in the right order.
use std::collections::HashSet;

use pantry_registry::listing::{RowQuery, SortKey, compare_rows};
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::{ColumnExpression, OrderExpression};

use super::engine;
use super::limit::Limit;
use super::source::Source;
use crate::failure::Failure;

/// How many rows there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Rows that were handed on.
    pub rows: u64,
    /// Whether a limit that warns left some out.
    pub more: bool,
}

/// How rows that are equal are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// Each is a row.
    Shown,
    /// They are one row, also for the limit. Data IDs repeat when they are joined with datasets of which each has several
    /// validity ranges.
    Merged,
}

/// Hand the rows of a query to `visit`, at most as many as the limit shows.
///
/// `sort` is the order of rows that have no other. Where the limit cuts, it cuts first, as the reference does: the database
/// need not sort what is not shown, and what is shown is held and sorted here. Without a limit the database sorts, so that
/// rows stream.
///
/// # Errors
/// Those of the engine and of `visit`.
pub fn each_row(
    source: &mut Source,
    query: &RowQuery,
    limit: Limit,
    sort: &[SortKey],
    repeats: Repeats,
    visit: &mut dyn FnMut(&[ResultValue]) -> Result<(), Failure>,
) -> Result<Shown, Failure> {
    let mut query = query.clone();
    query.spec.limit = limit.asked();
    let mut filter = match repeats {
        Repeats::Merged if !query.tree.datasets.is_empty() => Filter::Seen(HashSet::new()),
        _ => Filter::None,
    };
    if !query.spec.order_by.is_empty() || sort.is_empty() {
        return cut(source, &query, limit, &mut filter, visit);
    }
    if limit.shown().is_none() {
        for key in sort {
            let operand = ColumnExpression::Reference(key.column.clone());
            let term = OrderExpression::new(operand, false)?;
            query.spec.order_by.push(term);
        }
        if matches!(filter, Filter::Seen(_)) {
            filter = Filter::Last(Vec::new());
        }
        return cut(source, &query, limit, &mut filter, visit);
    }
    let mut rows: Vec<Vec<ResultValue>> = Vec::new();
    let shown = cut(source, &query, limit, &mut filter, &mut |row| {
        rows.push(row.to_vec());
        Ok(())
    })?;
    rows.sort_by(|a, b| compare_rows(a, b, sort));
    rows.iter().try_for_each(|row| visit(row))?;
    Ok(shown)
}

/// Finds rows that were there before.
enum Filter {
    /// There are none.
    None,
    /// The keys of the last row, where equal rows follow each other.
    Last(Vec<ResultValue>),
    /// The keys of all rows.
    Seen(HashSet<Vec<DataIdValue>>),
}

impl Filter {
    fn is_new(&mut self, row: &[ResultValue]) -> bool {
        match self {
            Filter::None => true,
            Filter::Last(last) if last.as_slice() == row => false,
            Filter::Last(last) => {
                *last = row.to_vec();
                true
            }
            Filter::Seen(seen) => {
                let none = || DataIdValue::Str(String::new());
                let keys = row.iter().map(|v| v.data_id_value().unwrap_or_else(none));
                seen.insert(keys.collect())
            }
        }
    }
}

/// The rows as they come, without the one that only tells that there are more.
fn cut(
    source: &mut Source,
    query: &RowQuery,
    limit: Limit,
    filter: &mut Filter,
    visit: &mut dyn FnMut(&[ResultValue]) -> Result<(), Failure>,
) -> Result<Shown, Failure> {
    let mut shown = Shown::default();
    engine::execute(source, query, &mut |row| {
        if !filter.is_new(row) {
            return Ok(());
        }
        if Some(shown.rows) == limit.shown() {
            shown.more = true;
            return Ok(());
        }
        shown.rows += 1;
        visit(row)
    })?;
    Ok(shown)
}
