//! Executing, counting and explaining queries (`direct_query_driver/_driver.py`).

use std::collections::HashSet;

use super::prepared::{Request, built, context_of, counting, prepare};
use super::query_inputs::QueryInputs;
use super::result_row::ResultRow;
use super::sphere_join::SphereJoin;
use crate::database::Value;
use crate::error::RegistryError;
use crate::model::data_coordinate::DataIdValue;
use crate::query::QueryError;
use crate::query::check::{analyze, with_default_data_id};
use crate::query::tree::{ColumnSet, QueryTree, ResultColumn, ResultKind, ResultSpec};
use crate::registry::Registry;

/// How many statements give the rows of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statements {
    /// One, after others that look up names.
    One,
    /// More than one, which must see the same.
    Several,
}

/// Run `work` so that all rows are of one moment.
///
/// # Errors
/// Those of `work`.
pub fn in_snapshot<T, E: From<RegistryError>>(
    registry: &mut Registry,
    statements: Statements,
    work: impl FnOnce(&mut Registry) -> Result<T, E>,
) -> Result<T, E> {
    if registry.connection().in_transaction() {
        return work(registry);
    }
    match statements {
        Statements::One => registry.connection().begin_query()?,
        Statements::Several => registry.connection().begin_read()?,
    }
    let result = work(registry);
    // Reading leaves nothing to undo; after a failure the first error says what is wrong.
    match (result, registry.connection().end_query()) {
        (Ok(_), Err(error)) => Err(error.into()),
        (result, _) => result,
    }
}

/// Hand the rows of a query to `visit` one by one, as the database gives them, until it says `false`.
///
/// Memory does not grow with the number of rows. All rows are of one moment; so are, on SQLite, the collections and dataset
/// types that the query names, which on PostgreSQL are looked up just before.
///
/// # Errors
/// What is wrong with the query, before any row; what `visit` gives; and [`QueryError::CalibrationLookup`] at a row that
/// stands for more than one validity range.
pub fn execute(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
    visit: impl FnMut(ResultRow<'_>) -> Result<bool, QueryError>,
) -> Result<(), QueryError> {
    spec.validate_tree(tree)?;
    let statements = match SphereJoin::is_candidate(tree, spec) {
        true => Statements::Several,
        false => Statements::One,
    };
    in_snapshot(registry, statements, |registry| {
        if statements == Statements::Several {
            let tree = with_default_data_id(tree.clone(), &inputs.default_data_id)?;
            let (_, catalog) = context_of(registry, &tree, inputs)?;
            let analysis = analyze(&tree, &catalog)?;
            if let Some(join) = SphereJoin::of(registry, &tree, spec, &analysis)? {
                return join.run(registry, spec.limit, visit);
            }
        }
        execute_in_sql(registry, tree, spec, inputs, visit)
    })
}

/// As [`execute`], with all joins in the database.
pub(super) fn execute_in_sql(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
    mut visit: impl FnMut(ResultRow<'_>) -> Result<bool, QueryError>,
) -> Result<(), QueryError> {
    let columns = spec.result_columns();
    let request = Request::of(spec, &columns);
    let is_record = matches!(spec.kind, ResultKind::DimensionRecord { .. });
    let mut repeated = Repeated::default();
    let prepared = prepare(registry, tree, inputs, &request)?;
    prepared.run(registry, spec.limit, |row| match is_record {
        true if repeated.has(row) => Ok(true),
        _ => visit(row),
    })
}

/// Records that came already. An old PostgreSQL server gives a record once for each value that rows are sorted by; the
/// reference drops repetitions within a page of its results, and so do we, which needs no more memory than a page.
#[derive(Default)]
struct Repeated {
    seen: HashSet<Vec<DataIdValue>>,
    rows: usize,
}

/// Rows of a page (`raw_page_size` of the reference).
const PAGE: usize = 2000;

impl Repeated {
    fn has(&mut self, row: ResultRow<'_>) -> bool {
        if self.rows.is_multiple_of(PAGE) {
            self.seen.clear();
        }
        self.rows += 1;
        let keys = row.columns().iter().zip(row.values());
        let keys = keys.filter(|(c, _)| matches!(c, ResultColumn::DimensionKey(_)));
        !self
            .seen
            .insert(keys.filter_map(|(_, v)| v.data_id_value()).collect())
    }
}

/// Number of rows of a query.
///
/// # Errors
/// [`QueryError::Invalid`] if an `exact` number needs the rows themselves, which the caller does not allow by `discard`.
pub fn count(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
    exact: bool,
    discard: bool,
) -> Result<u64, QueryError> {
    spec.validate_tree(tree)?;
    let columns = spec.result_columns();
    let request = Request::counting(spec, &columns);
    in_snapshot(registry, Statements::One, |registry| {
        let (context, built) = built(registry, tree, inputs, &request)?;
        if built.analysis.is_doomed() {
            return Ok(0);
        }
        let filters = built.postprocessing.filters() || !built.region_pairs.is_empty();
        if filters && exact {
            if !discard {
                return Err(QueryError::invalid(
                    "Cannot count query rows exactly without discarding them.",
                ));
            }
            let mut rows = 0;
            let prepared = prepare(registry, tree, inputs, &request)?;
            prepared.run(registry, spec.limit, |_| {
                rows += 1;
                Ok(true)
            })?;
            return Ok(rows);
        }
        let (sql, values) = counting(&context, &built)?;
        let mut rows = 0;
        registry.connection().query(&sql, &values, |row| {
            rows = u64::try_from(row.get_i64(0)?).unwrap_or_default();
            Ok::<(), QueryError>(())
        })?;
        Ok(spec.limit.map_or(rows, |limit| rows.min(limit)))
    })
}

/// Whether a query has rows. Without `execute` only plain reasons against it count; without `exact` regions are not compared.
pub fn any(
    registry: &mut Registry,
    tree: &QueryTree,
    inputs: &QueryInputs,
    execute: bool,
    exact: bool,
) -> Result<bool, QueryError> {
    let columns = ColumnSet::new(&tree.dimensions);
    let request = Request {
        columns: &columns,
        order_by: &[],
        // Not applied where regions are compared.
        limit: Some(1),
        find_first: None,
        allow_duplicate_overlaps: true,
    };
    in_snapshot(registry, Statements::One, |registry| {
        let mut prepared = prepare(registry, tree, inputs, &request)?;
        if prepared.is_doomed {
            return Ok(false);
        }
        if !execute {
            return match exact {
                true => Err(QueryError::invalid(
                    "Cannot obtain exact result for 'any' without executing.",
                )),
                false => Ok(true),
            };
        }
        if !exact {
            prepared.ignore_regions();
        }
        let mut found = false;
        prepared.run(registry, Some(1), |_| {
            found = true;
            Ok(false)
        })?;
        Ok(found)
    })
}

/// Why a query has no rows, as far as that is plain without running it.
pub fn explain_no_results(
    registry: &mut Registry,
    tree: &QueryTree,
    inputs: &QueryInputs,
) -> Result<Vec<String>, QueryError> {
    in_snapshot(registry, Statements::One, |registry| {
        let tree = with_default_data_id(tree.clone(), &inputs.default_data_id)?;
        let (_, catalog) = context_of(registry, &tree, inputs)?;
        Ok(analyze(&tree, &catalog)?.messages)
    })
}

/// The statement that answers a query, and its values; for people to read.
///
/// [`execute`] runs it, except for pairs of data IDs of a whole sky map, which it finds without the database's joins.
pub fn to_sql(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
) -> Result<(String, Vec<Value>), QueryError> {
    spec.validate_tree(tree)?;
    let columns = spec.result_columns();
    let request = Request::of(spec, &columns);
    in_snapshot(registry, Statements::One, |registry| {
        let prepared = prepare(registry, tree, inputs, &request)?;
        Ok((prepared.sql, prepared.values))
    })
}

/// The statement by which [`count`] counts where regions need not be compared, and its values; for people to read.
pub fn count_to_sql(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
) -> Result<(String, Vec<Value>), QueryError> {
    spec.validate_tree(tree)?;
    let columns = spec.result_columns();
    let request = Request::counting(spec, &columns);
    in_snapshot(registry, Statements::One, |registry| {
        let (context, built) = built(registry, tree, inputs, &request)?;
        counting(&context, &built)
    })
}
