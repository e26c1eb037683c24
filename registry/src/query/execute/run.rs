//! Executing, counting and explaining queries (`direct_query_driver/_driver.py`).

use std::collections::HashSet;
use std::sync::Arc;

use super::overlap_filter::{OverlapFilter, Pending, ambiguous};
use super::query_inputs::QueryInputs;
use super::result_row::{Reader, ResultRow, ResultValue};
use super::sphere_join::SphereJoin;
use crate::database::{Row, Value};
use crate::error::RegistryError;
use crate::model::data_coordinate::DataIdValue;
use crate::query::QueryError;
use crate::query::check::{Catalog, Postprocessing, analyze, with_default_data_id};
use crate::query::sql::{
    BuiltQuery, Fragment, SqlContext, VALIDITY_MATCH_COUNT, Wanted, build, missing_regions,
    order_by,
};
use crate::query::tree::{
    ColumnSet, OrderExpression, QueryTree, ResultColumn, ResultKind, ResultSpec,
};
use crate::registry::Registry;

/// A statement with all that is needed to read its rows.
struct Prepared {
    sql: String,
    values: Vec<Value>,
    columns: Vec<ResultColumn>,
    readers: Vec<Reader>,
    /// Positions of the regions that only postprocessing needs, by element; `None` where the region is a result column.
    regions: Vec<usize>,
    pairs: Vec<usize>,
    validity: Option<usize>,
    postprocessing: Postprocessing,
    is_doomed: bool,
}

/// What a statement shall give.
struct Request<'a> {
    columns: &'a ColumnSet,
    order_by: &'a [OrderExpression],
    limit: Option<u64>,
    find_first: Option<crate::query::tree::DatasetKey>,
    allow_duplicate_overlaps: bool,
}

/// Run `work` in one transaction, so that all it reads is of one moment.
fn in_snapshot<T>(
    registry: &mut Registry,
    work: impl FnOnce(&mut Registry) -> Result<T, QueryError>,
) -> Result<T, QueryError> {
    if registry.connection().in_transaction() {
        return work(registry);
    }
    registry.connection().begin_read()?;
    let result = work(registry);
    // Reading leaves nothing to undo; after a failure the first error says what is wrong.
    match (result, registry.connection().rollback()) {
        (Ok(_), Err(error)) => Err(error.into()),
        (result, _) => result,
    }
}

fn context_of(
    registry: &mut Registry,
    tree: &QueryTree,
    inputs: &QueryInputs,
) -> Result<(SqlContext, Catalog), QueryError> {
    let catalog = Catalog::of(registry, std::iter::once(tree).chain(inputs.trees()))?;
    let managers = registry.managers();
    let universe = Arc::clone(registry.universe());
    let connection = registry.connection();
    let mut context = SqlContext::new(
        connection.dialect(),
        connection.namespace(),
        managers,
        universe,
    );
    context.has_any_value = connection.has_any_value()?;
    inputs.add_to(&mut context, &catalog)?;
    Ok((context, catalog))
}

fn built(
    registry: &mut Registry,
    tree: &QueryTree,
    inputs: &QueryInputs,
    request: &Request<'_>,
) -> Result<(SqlContext, BuiltQuery), QueryError> {
    let tree = with_default_data_id(tree.clone(), &inputs.default_data_id)?;
    let (mut context, catalog) = context_of(registry, &tree, inputs)?;
    context.allow_duplicate_overlaps = request.allow_duplicate_overlaps;
    let wanted = Wanted {
        columns: request.columns,
        order_by: request.order_by,
        find_first: request.find_first.clone(),
    };
    let built = build(&context, &tree, &catalog, &wanted)?;
    Ok((context, built))
}

fn prepare(
    registry: &mut Registry,
    tree: &QueryTree,
    inputs: &QueryInputs,
    request: &Request<'_>,
) -> Result<Prepared, QueryError> {
    let (context, built) = built(registry, tree, inputs, request)?;
    let dialect = context.dialect;
    let mut sql = built.select.to_sql(dialect, &built.postprocessing)?;
    if !request.order_by.is_empty() {
        let terms = order_by(&context, &built, request.order_by)?;
        sql = sql.sql(" ORDER BY ").append(Fragment::join(", ", terms));
    }
    let filters = built.postprocessing.filters() || !built.region_pairs.is_empty();
    if let Some(limit) = request.limit.filter(|_| !filters) {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        sql = sql.sql(" LIMIT ").add_bind(limit);
    }
    let columns = request.columns.columns();
    let managers = registry.managers();
    let (readers, mut position) = Reader::all(&columns, &context.universe, managers, dialect);
    let missing = missing_regions(request.columns, &built.postprocessing);
    let mut regions = Vec::new();
    for element in built.postprocessing.elements() {
        let column = ResultColumn::DimensionField(element.to_owned(), "region".to_owned());
        let extra = missing.iter().position(|m| *m == column);
        let own = || columns.iter().position(|c| *c == column);
        regions.push(match extra {
            Some(i) => position + i,
            None => own()
                .and_then(|i| readers.get(i))
                .map_or(0, Reader::position),
        });
    }
    position += missing.len();
    let (mut pairs, mut validity) = (Vec::new(), None);
    for name in built.select.joins.columns.special.keys() {
        if name == VALIDITY_MATCH_COUNT {
            validity = Some(position);
        } else {
            pairs.push(position);
        }
        position += 1;
    }
    let (sql, values) = sql.into_sql();
    Ok(Prepared {
        sql,
        values,
        columns,
        readers,
        regions,
        pairs,
        validity,
        is_doomed: built.analysis.is_doomed(),
        postprocessing: built.postprocessing,
    })
}

impl Prepared {
    /// Hand all rows to `visit`, until it says `false`.
    fn run(
        &self,
        registry: &mut Registry,
        limit: Option<u64>,
        mut visit: impl FnMut(ResultRow<'_>) -> Result<bool, QueryError>,
    ) -> Result<(), QueryError> {
        let mut left = limit.unwrap_or(u64::MAX);
        if left == 0 || self.is_doomed {
            return Ok(());
        }
        let mut filter = (!self.regions.is_empty() || !self.pairs.is_empty())
            .then(|| OverlapFilter::new(&self.postprocessing));
        let mut give = |values: &[ResultValue]| -> Result<(), Stop> {
            let goes_on = visit(ResultRow::new(&self.columns, values)).map_err(Stop::Failed)?;
            left -= 1;
            match goes_on && left > 0 {
                true => Ok(()),
                false => Err(Stop::Enough),
            }
        };
        let mut values = Vec::with_capacity(self.readers.len());
        let connection = registry.connection();
        let ended = connection.query(&self.sql, &self.values, |row| {
            values.clear();
            for reader in &self.readers {
                values.push(reader.read(row)?);
            }
            if let Some(filter) = &mut filter {
                let pending = self.pending(row, filter, std::mem::take(&mut values))?;
                for through in filter.push(pending)? {
                    give(&through)?;
                }
                return Ok(());
            }
            if self.is_ambiguous(row)? {
                return Err(Stop::Failed(ambiguous()));
            }
            give(&values)
        });
        let ended = ended.and_then(|()| {
            for through in filter.map_or(Ok(Vec::new()), |mut f| f.flush())? {
                give(&through)?;
            }
            Ok(())
        });
        match ended {
            Ok(()) | Err(Stop::Enough) => Ok(()),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    fn pending(
        &self,
        row: &Row<'_>,
        filter: &mut OverlapFilter,
        values: Vec<ResultValue>,
    ) -> Result<Pending, QueryError> {
        let mut regions = Vec::with_capacity(self.regions.len());
        for &position in &self.regions {
            let text = row.get_opt_str(position)?;
            regions.push(text.map(|t| filter.region(t)).transpose()?);
        }
        let mut pairs = Vec::with_capacity(self.pairs.len());
        for &position in &self.pairs {
            pairs.push(row.get_opt_str(position)?.unwrap_or_default().to_owned());
        }
        Ok(Pending {
            values,
            regions,
            is_ambiguous: self.is_ambiguous(row)?,
            pairs,
        })
    }

    /// Whether a row stands for more than one validity range.
    fn is_ambiguous(&self, row: &Row<'_>) -> Result<bool, QueryError> {
        match self.validity {
            Some(position) => Ok(row.get_i64(position)? > 1),
            None => Ok(false),
        }
    }
}

/// Why rows are not read to the end.
enum Stop {
    Enough,
    Failed(QueryError),
}

impl From<RegistryError> for Stop {
    fn from(error: RegistryError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<QueryError> for Stop {
    fn from(error: QueryError) -> Self {
        Self::Failed(error)
    }
}

/// Hand the rows of a query to `visit` one by one, as the database gives them, until it says `false`.
///
/// Memory does not grow with the number of rows. All that is read is of one moment.
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
    in_snapshot(registry, |registry| {
        if matches!(spec.kind, ResultKind::DataCoordinate { .. }) && tree.datasets.is_empty() {
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
    let request = Request {
        columns: &columns,
        order_by: &spec.order_by,
        limit: spec.limit,
        find_first: spec.find_first_dataset(),
        allow_duplicate_overlaps: spec.allow_duplicate_overlaps,
    };
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
    let request = Request {
        columns: &columns,
        order_by: &[],
        limit: None,
        find_first: spec.find_first_dataset(),
        allow_duplicate_overlaps: false,
    };
    in_snapshot(registry, |registry| {
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

/// The statement that counts rows, and its values.
fn counting(context: &SqlContext, built: &BuiltQuery) -> Result<(String, Vec<Value>), QueryError> {
    let alias = context.alias("counted");
    let none = Postprocessing::default();
    let nested = built.select.nested(context.dialect, &alias, &none)?;
    let sql = Fragment::text("SELECT count(*)").append(nested.to_sql(context.dialect));
    Ok(sql.into_sql())
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
        limit: None,
        find_first: None,
        allow_duplicate_overlaps: true,
    };
    in_snapshot(registry, |registry| {
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
            prepared.regions.clear();
            prepared.pairs.clear();
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
    in_snapshot(registry, |registry| {
        let tree = with_default_data_id(tree.clone(), &inputs.default_data_id)?;
        let (_, catalog) = context_of(registry, &tree, inputs)?;
        Ok(analyze(&tree, &catalog)?.messages)
    })
}

/// The statement that [`execute`] would run, and its values; for people to read.
pub fn to_sql(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
) -> Result<(String, Vec<Value>), QueryError> {
    spec.validate_tree(tree)?;
    let columns = spec.result_columns();
    let request = Request {
        columns: &columns,
        order_by: &spec.order_by,
        limit: spec.limit,
        find_first: spec.find_first_dataset(),
        allow_duplicate_overlaps: spec.allow_duplicate_overlaps,
    };
    in_snapshot(registry, |registry| {
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
    let request = Request {
        columns: &columns,
        order_by: &[],
        limit: None,
        find_first: spec.find_first_dataset(),
        allow_duplicate_overlaps: false,
    };
    in_snapshot(registry, |registry| {
        let (context, built) = built(registry, tree, inputs, &request)?;
        counting(&context, &built)
    })
}
