//! Files by signed links.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use pantry_datastore::OpenFile;
use uuid::Uuid;

use super::answer::answer;
use super::link::{FileLink, LinkError, LinkQuery, seconds};
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;
use crate::server::Server;

/// `GET /v1/file/{file}/{name}` of a repo: the file, or the parts of it that are asked for. The link says who may read it, so
/// nobody needs to say who he is.
///
/// # Errors
/// [`Refusal::Forbidden`] for links that are not valid any more or never were; [`Refusal::NotFound`].
pub async fn get(
    State(server): State<Arc<Server>>,
    Path(names): Path<HashMap<String, String>>,
    query: Result<Query<LinkQuery>, QueryRejection>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let refuse = |error: LinkError| Refusal::Forbidden(error.to_string());
    let Query(query) = query.map_err(|_| refuse(LinkError::Signature))?;
    let path = ["label", "file", "name"].map(|name| names.get(name).map_or("", String::as_str));
    let now = seconds(SystemTime::now());
    let link = FileLink::verify(&server.links, path, query, now).map_err(refuse)?;
    let repo = server.repos.get(&link.label);
    let repo = repo.ok_or_else(|| Refusal::NotFound("The repository is gone.".to_owned()))?;
    let (file, name) = open(repo, link.id, link.component).await?;
    Ok(answer(&method, &headers, file, &name))
}

/// Open the file of a dataset that has this component, or of the whole dataset: what the records name now.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Forbidden`] and those of the registry.
async fn open(
    repo: &Arc<ServedRepo>,
    id: Uuid,
    component: Option<String>,
) -> Result<(OpenFile, String), Refusal> {
    let place = repo.connections().place().await?;
    let repo = Arc::clone(repo);
    let opened = tokio::task::spawn_blocking(move || {
        let store = repo.files()?;
        let records = repo
            .connections()
            .with(|registry| store.records(registry, &[id]));
        // Disks may be slow: others can have the connection.
        drop(place);
        let records = records?;
        let record = records.iter().find(|record| record.component == component);
        let record = record.ok_or_else(|| {
            Refusal::NotFound(format!("There is no such file of dataset '{id}'."))
        })?;
        let artifact = store.artifact(&record.path)?;
        Ok((store.open(&artifact)?, artifact.name))
    });
    opened
        .await
        .unwrap_or_else(|e| Err(Refusal::Fault(e.to_string())))
}
