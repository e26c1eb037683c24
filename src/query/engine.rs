//! The calls to the query engine, ours or that of a server: nothing else in this crate knows either.
use pantry_registry::Registry;
use pantry_registry::RegistryError;
use pantry_registry::database::Value;
use pantry_registry::listing::RowQuery;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{self, QueryInputs, ResultValue};
use pantry_registry::query::tree::json::{spec_to_json, tree_to_json};
use pantry_registry::schema::dialect::Dialect;

use super::source::Source;
use crate::failure::Failure;

/// Hand the rows of a query to `visit`, in the order of `query.spec.result_columns().columns()`, as they come.
///
/// # Errors
/// Those of the query, and of `visit`.
pub fn execute(
    source: &mut Source,
    query: &RowQuery,
    visit: &mut dyn FnMut(&[ResultValue]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut failed = None;
    let mut visit = |row: &[ResultValue]| match visit(row) {
        Ok(()) => true,
        Err(failure) => {
            failed = Some(failure);
            false
        }
    };
    let (tree, spec) = (&query.tree, &query.spec);
    match source {
        Source::Repo(repo) => {
            let inputs = QueryInputs::default();
            let registry = &mut repo.registry;
            execute::execute(registry, tree, spec, &inputs, |row| Ok(visit(row.values())))
                .map_err(ended)?;
        }
        Source::Server(server) => server.execute(tree, spec, &mut visit)?,
    }
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
pub fn any(source: &mut Source, query: &RowQuery) -> Result<bool, Failure> {
    let inputs = QueryInputs::default();
    match source {
        Source::Repo(repo) => {
            execute::any(&mut repo.registry, &query.tree, &inputs, true, false).map_err(ended)
        }
        Source::Server(server) => Ok(server.any(&query.tree)?),
    }
}

/// Why there are no rows, as far as that is known (`explain_no_results`).
///
/// # Errors
/// Those of the query.
pub fn reasons(source: &mut Source, query: &RowQuery) -> Result<Vec<String>, Failure> {
    let inputs = QueryInputs::default();
    Ok(match source {
        Source::Repo(repo) => {
            execute::explain_no_results(&mut repo.registry, &query.tree, &inputs)?
        }
        Source::Server(server) => server.explain_no_results(&query.tree)?,
    })
}

/// The query tree, the SQL with its values, and the plan of the database, for people. A server shows nothing of the latter.
///
/// # Errors
/// Those of the query.
pub fn explain(source: &mut Source, query: &RowQuery) -> Result<String, Failure> {
    let mut text = format!(
        "tree: {:#}\nresult: {:#}\n",
        tree_to_json(&query.tree),
        spec_to_json(&query.spec)
    );
    let Source::Repo(repo) = source else {
        text += "sql: the server's own";
        return Ok(text);
    };
    let registry = &mut repo.registry;
    let inputs = QueryInputs::default();
    let (sql, values) = execute::to_sql(registry, &query.tree, &query.spec, &inputs)?;
    text += &format!("sql: {sql}\n");
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
