//! A query as a statement: its text, its values, and how its rows are read.

use super::overlap_filter::{OverlapFilter, Pending, ambiguous};
use super::query_inputs::QueryInputs;
use super::result_row::{Reader, ResultRow, ResultValue};
use crate::database::{Row, Value};
use crate::error::RegistryError;
use crate::query::QueryError;
use crate::query::check::{Catalog, Postprocessing, with_default_data_id};
use crate::query::sql::{
    BuiltQuery, Fragment, SqlContext, VALIDITY_MATCH_COUNT, Wanted, build, missing_regions,
    order_by,
};
use crate::query::tree::{
    ColumnSet, DatasetKey, OrderExpression, QueryTree, ResultColumn, ResultSpec,
};
use crate::registry::Registry;

/// A statement with all that is needed to read its rows.
pub(super) struct Prepared {
    pub sql: String,
    pub values: Vec<Value>,
    columns: Vec<ResultColumn>,
    readers: Vec<Reader>,
    /// Positions of the regions that only postprocessing needs, by element; `None` where the region is a result column.
    regions: Vec<usize>,
    pairs: Vec<usize>,
    validity: Option<usize>,
    postprocessing: Postprocessing,
    /// It is plain without asking that there are no rows.
    pub is_doomed: bool,
}

/// What a statement shall give.
pub(super) struct Request<'a> {
    pub columns: &'a ColumnSet,
    pub order_by: &'a [OrderExpression],
    pub limit: Option<u64>,
    pub find_first: Option<DatasetKey>,
    pub allow_duplicate_overlaps: bool,
}

impl<'a> Request<'a> {
    /// The rows of a result specification with these columns.
    pub(super) fn of(spec: &'a ResultSpec, columns: &'a ColumnSet) -> Self {
        Self {
            columns,
            order_by: &spec.order_by,
            limit: spec.limit,
            find_first: spec.find_first_dataset(),
            allow_duplicate_overlaps: spec.allow_duplicate_overlaps,
        }
    }

    /// Their number: without order, limit and repetitions.
    pub(super) fn counting(spec: &'a ResultSpec, columns: &'a ColumnSet) -> Self {
        Self {
            order_by: &[],
            limit: None,
            allow_duplicate_overlaps: false,
            ..Self::of(spec, columns)
        }
    }
}

pub(super) fn context_of(
    registry: &mut Registry,
    tree: &QueryTree,
    inputs: &QueryInputs,
) -> Result<(SqlContext, Catalog), QueryError> {
    let catalog = Catalog::of(registry, std::iter::once(tree).chain(inputs.trees()))
        .or_else(|error| inputs.first_fault(registry).and(Err(error)))?;
    Ok((inputs.context(registry, &catalog)?, catalog))
}

pub(super) fn built(
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

pub(super) fn prepare(
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

/// The statement that counts rows, and its values.
pub(super) fn counting(
    context: &SqlContext,
    built: &BuiltQuery,
) -> Result<(String, Vec<Value>), QueryError> {
    let alias = context.alias("counted");
    let none = Postprocessing::default();
    let nested = built.select.nested(context.dialect, &alias, &none)?;
    let sql = Fragment::text("SELECT count(*)").append(nested.to_sql(context.dialect));
    Ok(sql.into_sql())
}

impl Prepared {
    /// Take rows as the database gives them, without comparing regions exactly.
    pub(super) fn ignore_regions(&mut self) {
        self.regions.clear();
        self.pairs.clear();
    }

    /// Hand all rows to `visit`, until it says `false`.
    pub(super) fn run(
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
