//! The calls to the query engine of the registry: nothing else in this crate knows it.
use pantry_registry::Registry;
use pantry_registry::RegistryError;
use pantry_registry::database::Value;
use pantry_registry::listing::RowQuery;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{self, QueryInputs, ResultValue};
use pantry_registry::query::tree::json::{spec_to_json, tree_to_json};
use pantry_registry::schema::dialect::Dialect;

use crate::failure::Failure;

/// Hand the rows of a query to `visit`, in the order of `query.spec.result_columns().columns()`, as they come.
///
/// # Errors
/// Those of the query, and of `visit`.
pub fn execute(
    registry: &mut Registry,
    query: &RowQuery,
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
pub fn any(registry: &mut Registry, query: &RowQuery) -> Result<bool, Failure> {
    let inputs = QueryInputs::default();
    execute::any(registry, &query.tree, &inputs, true, false).map_err(ended)
}

/// Why there are no rows, as far as that is known (`explain_no_results`).
///
/// # Errors
/// Those of the query.
pub fn reasons(registry: &mut Registry, query: &RowQuery) -> Result<Vec<String>, Failure> {
    let inputs = QueryInputs::default();
    Ok(execute::explain_no_results(registry, &query.tree, &inputs)?)
}

/// The query tree, the SQL with its values, and the plan of the database, for people.
///
/// # Errors
/// Those of the query.
pub fn explain(registry: &mut Registry, query: &RowQuery) -> Result<String, Failure> {
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
