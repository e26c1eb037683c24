//! The file of a dataset, for who may read it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pantry_datastore::DatastoreError;
use pantry_datastore::store::Stored;
use uuid::Uuid;

use super::answer::answer;
use super::content::Content;
use super::file_store::{Opened, refusal};
use super::member::member;
use super::named_file::NamedFile;
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;

/// How long an address in another store is valid: long enough to follow it, and to read a large file by ranges.
const VALID: Duration = Duration::from_secs(3600);

/// Where the bytes of a dataset are.
pub(super) enum Found {
    /// We send them.
    Here(Arc<NamedFile>),
    /// Another store does, at this address.
    At(String),
}

/// What of a zip is sent if the bytes of a dataset are in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The bytes of the dataset.
    Dataset,
    /// The zip, in which the client finds them itself: it was given a link that says where.
    Zip,
}

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
    open(repo, id, component, Wanted::Dataset)
        .await?
        .answer(method, headers)
}

impl Found {
    /// The file, or the way to it.
    pub(super) fn answer(&self, method: &Method, headers: &HeaderMap) -> Result<Response, Refusal> {
        let address = match self {
            Self::Here(file) => return Ok(answer(method, headers, file)),
            Self::At(address) => HeaderValue::try_from(address),
        };
        let address = address.map_err(|e| Refusal::Fault(e.to_string()))?;
        let redirect = StatusCode::TEMPORARY_REDIRECT;
        Ok((redirect, [(header::LOCATION, address)]).into_response())
    }
}

/// Open what the records name now.
pub(super) async fn open(
    repo: &Arc<ServedRepo>,
    id: Uuid,
    component: Option<String>,
    wanted: Wanted,
) -> Result<Found, Refusal> {
    let place = repo.connections().place().await?;
    let asked = Arc::clone(repo);
    let opened = tokio::task::spawn_blocking(move || {
        let store = asked.files()?;
        let records = asked
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
        Ok((store.open(&artifact)?, artifact))
    });
    let opened = opened.await;
    let (opened, artifact) = opened.unwrap_or_else(|e| Err(Refusal::Fault(e.to_string())))?;
    if let (Wanted::Dataset, Some(name)) = (wanted, artifact.member()) {
        let zip = match opened {
            Opened::File(file) => Stored::opened(Arc::new(file), artifact.uri.to_string()),
            Opened::Elsewhere(stored) => stored,
        };
        // A store has no address for a part of a file.
        let content = member(repo.files()?.zips(), zip, &name).await;
        let content = content.map_err(|e| refusal(&e))?;
        let name = name.rsplit('/').next().unwrap_or_default();
        return Ok(Found::Here(Arc::new(NamedFile::new(content, name))));
    }
    let name = artifact.name;
    let content = match opened {
        Opened::File(file) => Content::File(Arc::new(file)),
        Opened::Elsewhere(stored) => {
            let pass_on = repo.files()?.passes_on();
            match elsewhere(&stored, pass_on).await.map_err(|e| refusal(&e))? {
                Ok(address) => return Ok(Found::At(address)),
                Err(content) => content,
            }
        }
    };
    Ok(Found::Here(Arc::new(NamedFile::new(content, &name))))
}

/// The address of an object in its own store; if there is none, or clients are not sent there, the object.
async fn elsewhere(
    stored: &Stored,
    pass_on: bool,
) -> Result<Result<String, Content>, DatastoreError> {
    if !pass_on && let Some(address) = stored.store.presign(&stored.key, VALID).await? {
        return Ok(Ok(address));
    }
    let object = stored.store.stat(&stored.key).await?;
    let object = object.ok_or_else(|| DatastoreError::Missing {
        path: stored.uri().into(),
    })?;
    Ok(Err(Content::Object(stored.clone(), Arc::new(object))))
}
