//! `GET v1/dataset/{id}/download`: a permanent address of a file, which leads to a link that expires.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pantry_registry::Registry;

use super::dataset::path_id;
use super::get_file::link;
use crate::asked::Asked;
use crate::base_url::BaseUrl;
use crate::refusal::Refusal;
use crate::server::Server;

/// Redirect to the file of a dataset, or of its component after the `?`.
pub async fn get(
    State(server): State<Arc<Server>>,
    asked: Asked,
    base: BaseUrl,
    Path((_, id)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let id = path_id("dataset_id", &id)?;
    let component = query.into_iter().rev().find(|(key, _)| key == "component");
    let component = component.map(|(_, component)| component);
    let repo = Arc::clone(&asked.repo);
    let answer = move |registry: &mut Registry| {
        let label = &repo.label;
        let missing = |what: String| Refusal::NotFound(format!("{what} in repository '{label}'"));
        let store = repo.files()?;
        let records = store.records(registry, &[id])?;
        if let Some(record) = records.iter().find(|r| r.component == component) {
            let artifact = store.artifact(&record.path)?;
            return Ok(link(&server, &repo, &base, record, &artifact));
        }
        if records.is_empty() {
            return Err(match registry.find_dataset(id)? {
                Some(_) => missing(format!("No files are available for dataset id '{id}'")),
                None => missing(format!("Dataset id '{id}' not found")),
            });
        }
        let found = records.iter().filter_map(|r| r.component.as_deref());
        let found = found.collect::<Vec<_>>().join(", ");
        Err(match component {
            Some(component) => missing(format!(
                "Component '{component}' for dataset '{id}' not found (it has: {found})"
            )),
            None => Refusal::Malformed {
                place: vec!["query".to_owned(), "component".to_owned()],
                detail: format!("Dataset '{id}' consists of several files; name one of: {found}"),
            },
        })
    };
    let link = asked.repo.ask(answer).await?;
    let location = HeaderValue::try_from(link).map_err(|e| Refusal::Fault(e.to_string()))?;
    Ok((
        StatusCode::TEMPORARY_REDIRECT,
        [(header::LOCATION, location)],
    )
        .into_response())
}
