//! The calls to the query engine of the registry: nothing else in this crate knows it.
use pantry_registry::Registry;
use pantry_registry::RegistryError;
use pantry_registry::database::Value;
use pantry_registry::listing::TypeSearch;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{self, QueryInputs, ResultValue};
use pantry_registry::query::expression::{
    Binds, IdentifierContext, bind_literal, order_by, where_predicate,
};
use pantry_registry::query::tree::json::{spec_to_json, tree_to_json};
use pantry_registry::query::tree::{QueryTree, ResultKind, ResultSpec};
use pantry_registry::schema::dialect::Dialect;

use super::filter::Filter;
use crate::failure::Failure;

/// A query: what rows there are, and what they become.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is joined and filtered.
    pub tree: QueryTree,
    /// What each row holds, and the order.
    pub spec: ResultSpec,
}

impl Query {
    /// Rows of a kind; dimensions that the tree does not have yet are joined (`Query.data_ids` and its like,
    /// `lsst/daf/butler/queries/_query.py`).
    pub fn new(tree: QueryTree, kind: ResultKind) -> Self {
        let spec = ResultSpec::new(kind);
        Self {
            tree: tree.join_dimensions(spec.dimensions()),
            spec,
        }
    }

    /// Data IDs of these dimensions.
    pub fn data_ids(tree: QueryTree, dimensions: DimensionGroup) -> Self {
        let kind = ResultKind::DataCoordinate {
            dimensions,
            include_dimension_records: false,
        };
        Self::new(tree, kind)
    }

    /// The datasets of a search.
    ///
    /// # Errors
    /// What is wrong with the search.
    pub fn datasets(search: &TypeSearch) -> Result<Self, Failure> {
        let (tree, kind) = search.query(false)?;
        Ok(Self::new(tree, kind))
    }

    /// The query with `--where` and `--order-by` worked in.
    ///
    /// # Errors
    /// What is wrong with their texts, or how they contradict the query.
    pub fn filter(mut self, filter: &Filter) -> Result<Self, Failure> {
        let binds: Binds = filter
            .binds()?
            .into_iter()
            .map(|(name, text)| (name, bind_literal(text)))
            .collect();
        let datasets: Vec<String> = match &self.spec.kind {
            ResultKind::DatasetRef {
                dataset_type_name, ..
            } => vec![dataset_type_name.clone()],
            _ => Vec::new(),
        };
        let dimensions = self.spec.dimensions().clone();
        let context = IdentifierContext {
            dimensions: &dimensions,
            datasets: &datasets,
            binds: &binds,
        };
        if let Some(text) = filter.expression() {
            self.tree = self.tree.filter(where_predicate(text, &context)?)?;
        }
        self.spec.order_by = order_by(&filter.order_by(), &context)?;
        Ok(self)
    }
}

/// Hand the rows of a query to `visit`, in the order of `query.spec.result_columns().columns()`, as they come.
///
/// # Errors
/// Those of the query, and of `visit`.
pub fn execute(
    registry: &mut Registry,
    query: &Query,
    visit: &mut dyn FnMut(&[ResultValue]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut failed = None;
    let inputs = QueryInputs::default();
    execute::execute(
        registry,
        &query.tree,
        &query.spec,
        &inputs,
        |row| match visit(row.values()) {
            Ok(()) => Ok(true),
            Err(failure) => {
                failed = Some(failure);
                Ok(false)
            }
        },
    )
    .map_err(ended)?;
    failed.map_or(Ok(()), Err)
}

/// The end of a query that failed.
fn ended(error: QueryError) -> Failure {
    match error {
        QueryError::Registry(RegistryError::Cancelled { .. }) => {
            Failure::Interrupted("interrupted: the answer is not complete".to_owned())
        }
        other => other.into(),
    }
}

/// Whether the database finds a row, before regions are compared exactly (`any(exact=False)`).
///
/// # Errors
/// Those of the query.
pub fn any(registry: &mut Registry, query: &Query) -> Result<bool, Failure> {
    let inputs = QueryInputs::default();
    execute::any(registry, &query.tree, &inputs, true, false).map_err(ended)
}

/// Why there are no rows, as far as that is known (`explain_no_results`).
///
/// # Errors
/// Those of the query.
pub fn reasons(registry: &mut Registry, query: &Query) -> Result<Vec<String>, Failure> {
    let inputs = QueryInputs::default();
    Ok(execute::explain_no_results(registry, &query.tree, &inputs)?)
}

/// The query tree, the SQL with its values, and the plan of the database, for people.
///
/// # Errors
/// Those of the query.
pub fn explain(registry: &mut Registry, query: &Query) -> Result<String, Failure> {
    let inputs = QueryInputs::default();
    let (sql, values) = execute::to_sql(registry, &query.tree, &query.spec, &inputs)?;
    let mut text = format!(
        "tree: {:#}\nresult: {:#}\nsql: {sql}\n",
        tree_to_json(&query.tree),
        spec_to_json(&query.spec)
    );
    for (at, value) in values.iter().enumerate() {
        text += &format!("${} = {value:?}\n", at + 1);
    }
    text += "plan:";
    for line in plan(registry, &sql, &values)? {
        text += &format!("\n  {line}");
    }
    Ok(text)
}

/// How the database would run a statement, a line for each step.
fn plan(registry: &mut Registry, sql: &str, values: &[Value]) -> Result<Vec<String>, QueryError> {
    let (prefix, column) = match registry.connection().dialect() {
        Dialect::Sqlite => ("EXPLAIN QUERY PLAN ", 3),
        Dialect::Postgresql => ("EXPLAIN ", 0),
    };
    let mut lines = Vec::new();
    let sql = format!("{prefix}{sql}");
    registry.connection().query(&sql, values, |row| {
        lines.push(row.get_str(column)?.to_owned());
        Ok::<(), QueryError>(())
    })?;
    Ok(lines)
}
