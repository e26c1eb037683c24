//! Files by signed links.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawPathParams, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;

use super::answer::answer;
use super::dataset_file::{Found, Wanted, open};
use super::link::{FileLink, LinkError, LinkQuery, seconds};
use crate::refusal::Refusal;
use crate::server::Server;

/// `GET /v1/file/{file}/{name}` of a repo: the file, or the parts of it that are asked for. The link says who may read it, so
/// nobody needs to say who he is.
///
/// # Errors
/// [`Refusal::Forbidden`] for links that are not valid any more or never were; [`Refusal::NotFound`].
pub async fn get(
    State(server): State<Arc<Server>>,
    names: RawPathParams,
    query: Result<Query<LinkQuery>, QueryRejection>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let refuse = |error: LinkError| Refusal::Forbidden(error.to_string());
    let Query(query) = query.map_err(|_| refuse(LinkError::Signature))?;
    let path = ["label", "file", "name"].map(|name| {
        let found = names.iter().find(|(key, _)| *key == name);
        found.map_or("", |(_, value)| value)
    });
    let now = seconds(SystemTime::now());
    let link = FileLink::verify(&server.links, path, query, now).map_err(refuse)?;
    let repo = server.repos.get(&link.label);
    let repo = repo.ok_or_else(|| Refusal::NotFound("The repository is gone.".to_owned()))?;
    let recent = repo.recent_files();
    if let Some(file) = recent.get(link.id, link.component.as_ref()) {
        return Ok(answer(&method, &headers, &file));
    }
    let found = open(repo, link.id, link.component.clone(), Wanted::Zip).await?;
    if let Found::Here(file) = &found {
        recent.keep(link.id, link.component, file);
    }
    found.answer(&method, &headers)
}
