//! The rows of a query, page by page: in a total order, each once.

use std::collections::HashSet;
use std::io;

use pantry_registry::Registry;
use pantry_registry::listing::{RowQuery, SortKey};
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::query::execute::{self, QueryInputs, ResultValue};
use pantry_registry::query::tree::{ColumnExpression, OrderExpression};

use super::cursor::{Place, after, key_of};
use super::parameters::{Parameters, fail};
use crate::refusal::Refusal;

/// How many rows are wanted, from the parameter `limit`; `None` is all.
///
/// # Errors
/// [`Refusal::Malformed`] for what is no number, and for 0, which would be a page without an end.
pub fn limit(parameters: &Parameters) -> Result<Option<u64>, Refusal> {
    match parameters.number::<i64>("limit")?.map(u64::try_from) {
        None => Ok(None),
        Some(Ok(limit @ 1..)) => Ok(Some(limit)),
        Some(_) => Err(fail(
            "limit",
            "it is at least 1; without it there are all rows",
        )),
    }
}

/// A query and the columns that tell its rows apart.
pub struct Paged {
    /// The query; its order is that of the caller, or none.
    pub query: RowQuery,
    /// What rows are sorted by after that. Rows that are equal in these are one row.
    pub keys: Vec<SortKey>,
    /// Whether the database may give a row more than once.
    pub may_repeat: bool,
    /// Where to begin.
    pub place: Option<Place>,
    /// The most rows; `None` is all.
    pub limit: Option<u64>,
}

/// How a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageEnd {
    /// Rows that were handed on.
    pub rows: u64,
    /// Where the rows after it begin; `None` if there are none.
    pub next: Option<Place>,
}

impl Paged {
    /// Hand the rows to `visit`.
    ///
    /// # Errors
    /// Those of the query, and of `visit`.
    pub fn each(
        mut self,
        registry: &mut Registry,
        visit: &mut dyn FnMut(&[ResultValue]) -> io::Result<()>,
    ) -> Result<PageEnd, Refusal> {
        let is_ordered = !self.query.spec.order_by.is_empty();
        for key in &self.keys {
            let operand = ColumnExpression::Reference(key.column.clone());
            let term = OrderExpression::new(operand, false)?;
            self.query.spec.order_by.push(term);
        }
        let skip = match (self.place.take(), is_ordered) {
            (None, _) => 0,
            (Some(Place::Skip(skip)), true) => skip,
            (Some(Place::After(values)), false) if values.is_empty() => 0,
            (Some(Place::After(values)), false) => {
                let predicate = after(&self.keys, &values)?;
                self.query.tree = self.query.tree.filter(predicate)?;
                0
            }
            _ => return Err(fail("cursor", "it is of a query with another order_by")),
        };
        if !self.may_repeat {
            let last = self.limit.map(|limit| skip.saturating_add(limit));
            self.query.spec.limit = last.map(|last| last.saturating_add(1));
        }
        let mut page = Page {
            keys: &self.keys,
            known: match (self.may_repeat, is_ordered) {
                (false, _) => Known::Nothing,
                // Equal rows follow each other.
                (true, false) => Known::Last,
                (true, true) => Known::All(HashSet::new()),
            },
            last: None,
            skip,
            limit: self.limit,
            end: PageEnd {
                rows: 0,
                next: None,
            },
        };
        let (tree, spec) = (&self.query.tree, &self.query.spec);
        let mut failed = None;
        execute::execute(
            registry,
            tree,
            spec,
            &QueryInputs::default(),
            |row| match page.take(row.values(), visit) {
                Ok(is_open) => Ok(is_open),
                Err(error) => {
                    failed = Some(error);
                    Ok(false)
                }
            },
        )?;
        match failed {
            Some(error) => Err(lost(error)),
            None => Ok(page.finish(is_ordered, skip)),
        }
    }
}

/// A row that could not be handed on.
pub fn lost(error: io::Error) -> Refusal {
    // Nobody reads what is said to a reader who has gone.
    if error.kind() != io::ErrorKind::BrokenPipe {
        tracing::error!("an answer was broken off: {error}");
    }
    Refusal::Fault(error.to_string())
}

/// How rows that were there before are known.
enum Known {
    Nothing,
    Last,
    All(HashSet<Vec<DataIdValue>>),
}

struct Page<'a> {
    keys: &'a [SortKey],
    known: Known,
    last: Option<Vec<DataIdValue>>,
    skip: u64,
    limit: Option<u64>,
    end: PageEnd,
}

impl Page<'_> {
    /// Take a row; `false` if the page is full.
    fn take(
        &mut self,
        row: &[ResultValue],
        visit: &mut dyn FnMut(&[ResultValue]) -> io::Result<()>,
    ) -> io::Result<bool> {
        let is_last = self.limit == Some(self.end.rows);
        let key = match (&self.known, self.limit) {
            (Known::Nothing, None) => None,
            _ => key_of(row, self.keys),
        };
        let is_new = match (&mut self.known, &key) {
            (Known::Nothing, _) | (_, None) => true,
            (Known::Last, key) => *key != self.last,
            (Known::All(seen), Some(key)) => seen.insert(key.clone()),
        };
        if !is_new {
            return Ok(true);
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(true);
        }
        if is_last {
            self.end.next = Some(Place::After(self.last.take().unwrap_or_default()));
            return Ok(false);
        }
        self.last = key;
        self.end.rows += 1;
        visit(row)?;
        Ok(true)
    }

    fn finish(mut self, is_ordered: bool, skipped: u64) -> PageEnd {
        if is_ordered && self.end.next.is_some() {
            self.end.next = Some(Place::Skip(skipped + self.end.rows));
        }
        self.end
    }
}
