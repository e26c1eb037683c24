//! `GET v1/get_file/{id}` and `POST v1/get_file_by_data_id`: a dataset, and links to its files.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::FileOfDataset;
use pantry_registry::model::dataset_ref::DatasetRef;
use uuid::Uuid;

use super::answer::json;
use super::dataset::path_id;
use super::find_dataset::DatasetSought;
use super::request::{Fields, parse};
use super::wire::{push_dataset_ref, push_file_record, push_text};
use crate::asked::Asked;
use crate::base_url::BaseUrl;
use crate::files::{Artifact, FileLink, seconds};
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;
use crate::server::Server;

/// The files of a dataset by its id.
pub async fn by_id(
    State(server): State<Arc<Server>>,
    asked: Asked,
    base: BaseUrl,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let id = path_id("dataset_id", &id)?;
    let find = move |registry: &mut Registry, _: &ServedRepo| {
        registry.find_dataset(id)?.ok_or_else(|| Refusal::User {
            error_type: "dataset_not_found",
            detail: format!("Dataset ID {id} not found"),
        })
    };
    answer(server, asked, base, find).await
}

/// The files of a dataset by its data ID.
pub async fn by_data_id(
    State(server): State<Arc<Server>>,
    asked: Asked,
    base: BaseUrl,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = parse(&body)?;
    let sought = DatasetSought::read(&Fields::of(&body)?)?;
    let find = move |registry: &mut Registry, repo: &ServedRepo| sought.find_to_get(registry, repo);
    answer(server, asked, base, find).await
}

async fn answer(
    server: Arc<Server>,
    asked: Asked,
    base: BaseUrl,
    find: impl FnOnce(&mut Registry, &ServedRepo) -> Result<DatasetRef, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let repo = Arc::clone(&asked.repo);
    let answer = move |registry: &mut Registry| {
        let found = find(registry, &repo)?;
        let store = repo.files()?;
        let records = store.records(registry, &[found.id])?;
        let mut out = b"{\"dataset_ref\":".to_vec();
        push_dataset_ref(&mut out, &found, None);
        if records.is_empty() {
            // Known to the registry, but not stored.
            out.extend_from_slice(b",\"artifact\":null}");
            return Ok(out);
        }
        out.extend_from_slice(b",\"artifact\":{\"datastore_type\":\"file\",\"file_info\":[");
        for (i, record) in records.iter().enumerate() {
            let artifact = store.artifact(&record.path)?;
            out.extend_from_slice(if i == 0 { b"" } else { b"," });
            out.extend_from_slice(b"{\"url\":");
            push_text(&mut out, &link(&server, &repo, &base, record, &artifact));
            out.extend_from_slice(b",\"datastoreRecords\":");
            push_file_record(&mut out, record, &artifact.client_path);
            out.extend_from_slice(b",\"auth\":\"none\"}");
        }
        out.extend_from_slice(b"]}}");
        Ok(out)
    };
    Ok(json(asked.repo.ask(answer).await?))
}

/// A signed link to a file, with the place in it that its record names.
pub fn link(
    server: &Server,
    repo: &ServedRepo,
    base: &BaseUrl,
    record: &FileOfDataset,
    artifact: &Artifact,
) -> String {
    let (id, component): (Uuid, _) = (record.dataset_id, record.component.as_deref());
    let expires =
        seconds(SystemTime::now()).saturating_add(server.settings.files.link_time.as_secs());
    let link = FileLink::new(&server.links, &repo.label, artifact, id, component, expires);
    let path = link.path_and_query(&server.links);
    format!("{}{path}{}", base.0, artifact.url_fragment())
}
