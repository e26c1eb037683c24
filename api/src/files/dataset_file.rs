//! The file of a dataset, for who may read it.

use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use axum::response::Response;
use uuid::Uuid;

use super::answer::answer;
use super::recent_files::NamedFile;
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;

/// Send the file of a dataset that has this component, or of the whole dataset, or the parts of it that are asked for.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Forbidden`] and those of the registry.
pub async fn send(
    repo: &Arc<ServedRepo>,
    id: Uuid,
    component: Option<String>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let file = open(repo, id, component).await?;
    Ok(answer(method, headers, &file))
}

/// Open what the records name now.
pub(super) async fn open(
    repo: &Arc<ServedRepo>,
    id: Uuid,
    component: Option<String>,
) -> Result<NamedFile, Refusal> {
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
        Ok(NamedFile {
            file: Arc::new(store.open(&artifact)?),
            name: artifact.name.into(),
        })
    });
    opened
        .await
        .unwrap_or_else(|e| Err(Refusal::Fault(e.to_string())))
}
