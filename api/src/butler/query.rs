//! `POST v1/query/...` (`remote_butler/server/handlers/_external_query.py`).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::query::execute::{self, QueryInputs};
use pantry_registry::query::tree::{QueryTree, ResultSpec};
use serde_json::{Value, json};

use super::query_request::{QueryRequest, check_query, result_spec};
use super::request::{Fields, parse};
use super::wire::RowTemplate;
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::streaming::{Lines, Pages, stream};

/// Pages of results are JSON lines; so is an error after them.
pub const PAGES: Lines = Lines {
    content_type: "application/jsonlines",
    keep_alive: b"{\"type\":\"keep-alive\"}\n",
    error: |refusal| {
        let error = refusal.to_json();
        format!("{}\n", json!({"type": "error", "error": error})).into_bytes()
    },
};

/// `query/execute`: all rows, page by page.
pub async fn execute(
    State(server): State<Arc<Server>>,
    asked: Asked,
    body: Bytes,
) -> Result<Response, Refusal> {
    let universe = Arc::clone(&asked.repo.universe);
    let body = parse(&body)?;
    check_query(&Fields::of(&body)?, &["result_spec"], &[])?;
    let work = move |registry: &mut Registry, pages: &Pages| {
        let request = Fields::of(&body)?;
        let query = QueryRequest::of(&request, &universe)?;
        let spec = result_spec(&request, &universe)?;
        send_rows(registry, &query.tree, &spec, &query.inputs, pages, |_| {}).map(|_| ())
    };
    stream(&server, &asked, PAGES, work).await
}

/// Send the rows of one query; `false` if nobody wants more. Each row is shown to `count`.
///
/// # Errors
/// Those of the query.
pub fn send_rows(
    registry: &mut Registry,
    tree: &QueryTree,
    spec: &ResultSpec,
    inputs: &QueryInputs,
    pages: &Pages,
    mut count: impl FnMut(u64),
) -> Result<bool, Refusal> {
    // One snapshot for the rows and what is written of dataset types and cached records.
    registry.connection().begin_read()?;
    let sent = RowTemplate::new(registry, spec).and_then(|mut template| {
        let mut is_wanted = true;
        execute::execute(registry, tree, spec, inputs, |row| {
            count(1);
            if let Some(page) = template.push(row.values())? {
                is_wanted = pages.send(page);
            }
            Ok(is_wanted)
        })?;
        Ok(is_wanted && template.end().is_none_or(|page| pages.send(page)))
    });
    let ended = registry.connection().rollback();
    let sent = sent?;
    ended?;
    Ok(sent)
}

/// `query/count`.
pub async fn count(asked: Asked, body: Bytes) -> Result<Json<Value>, Refusal> {
    let universe = Arc::clone(&asked.repo.universe);
    let body = parse(&body)?;
    check_query(&Fields::of(&body)?, &["result_spec"], &["exact", "discard"])?;
    let answer = move |registry: &mut Registry| {
        let request = Fields::of(&body)?;
        let query = QueryRequest::of(&request, &universe)?;
        let spec = result_spec(&request, &universe)?;
        let (exact, discard) = (request.flag("exact")?, request.flag("discard")?);
        let (tree, inputs) = (&query.tree, &query.inputs);
        Ok(execute::count(
            registry, tree, &spec, inputs, exact, discard,
        )?)
    };
    Ok(Json(json!({"count": asked.repo.ask(answer).await?})))
}

/// `query/any`.
pub async fn any(asked: Asked, body: Bytes) -> Result<Json<Value>, Refusal> {
    let universe = Arc::clone(&asked.repo.universe);
    let body = parse(&body)?;
    check_query(&Fields::of(&body)?, &[], &["execute", "exact"])?;
    let answer = move |registry: &mut Registry| {
        let request = Fields::of(&body)?;
        let query = QueryRequest::of(&request, &universe)?;
        let (does_execute, exact) = (request.flag("execute")?, request.flag("exact")?);
        let (tree, inputs) = (&query.tree, &query.inputs);
        Ok(execute::any(registry, tree, inputs, does_execute, exact)?)
    };
    Ok(Json(json!({"found_rows": asked.repo.ask(answer).await?})))
}

/// `query/explain`: why there are no rows.
pub async fn explain(asked: Asked, body: Bytes) -> Result<Json<Value>, Refusal> {
    let universe = Arc::clone(&asked.repo.universe);
    let body = parse(&body)?;
    check_query(&Fields::of(&body)?, &[], &["execute"])?;
    let answer = move |registry: &mut Registry| {
        let request = Fields::of(&body)?;
        let query = QueryRequest::of(&request, &universe)?;
        Ok(execute::explain_no_results(
            registry,
            &query.tree,
            &query.inputs,
        )?)
    };
    Ok(Json(json!({"messages": asked.repo.ask(answer).await?})))
}
