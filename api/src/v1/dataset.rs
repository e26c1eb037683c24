//! `GET datasets/{id}`: one dataset, with links to its files. Where they are stored is not told.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::FileOfDataset;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dataset_ref::DatasetRef;
use pantry_registry::query::execute::{Statements, in_snapshot};
use pantry_registry::query::lookup::expand_data_id;
use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::parameters::Parameters;
use crate::asked::Asked;
use crate::files::{UNRESERVED, send};
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;

/// The dataset.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/datasets/{id}",
    operation_id = "dataset",
    tag = "datasets",
    summary = "One dataset, with links to its files.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("id" = String, Path, format = "uuid", description = "The dataset")
    ),
    responses((status = 200, description = "The dataset: id, type, run, data_id, dimensions, storage_class, is_calibration, and files with component, url, size and checksum each; url is null for a file that this server cannot send", body = Object))
)]
pub async fn get(
    asked: Asked,
    Path((_, id)): Path<(String, String)>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    parameters.check_names(&[])?;
    let id = read_id(&id)?;
    let repo = Arc::clone(&asked.repo);
    let question = move |registry: &mut Registry| {
        in_snapshot(registry, Statements::Several, |registry| {
            let mut found = find(registry, id)?;
            found.data_id = expand_data_id(registry, &found.data_id)?.data_id;
            let files = files(registry, &repo, id)?;
            Ok::<_, Refusal>(to_json(&found, &files))
        })
    };
    Ok(Json(asked.repo.ask(question).await?))
}

/// `GET datasets/{id}/file`: the file itself.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/datasets/{id}/file",
    operation_id = "dataset_file",
    tag = "datasets",
    summary = "The file of a dataset, or the ranges of it that are asked for.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("id" = String, Path, format = "uuid", description = "The dataset"),
        ("component" = Option<String>, Query, description = "The component, if the dataset is stored in several files")
    ),
    responses(
        (status = 200, description = "The file"),
        (status = 206, description = "Ranges of the file")
    )
)]
pub async fn file(
    asked: Asked,
    Path((_, id)): Path<(String, String)>,
    parameters: Parameters,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    parameters.check_names(&["component"])?;
    let component = parameters.text("component")?.map(str::to_owned);
    send(&asked.repo, read_id(&id)?, component, &method, &headers).await
}

fn read_id(text: &str) -> Result<Uuid, Refusal> {
    text.parse().map_err(|_| Refusal::Malformed {
        place: vec!["path".to_owned(), "id".to_owned()],
        detail: format!("'{text}' is no UUID"),
    })
}

fn find(registry: &mut Registry, id: Uuid) -> Result<DatasetRef, Refusal> {
    let found = registry.find_dataset(id)?;
    found.ok_or_else(|| Refusal::NotFound(format!("there is no dataset {id}")))
}

/// The file records; none if the server cannot read the repo's datastore.
fn files(registry: &mut Registry, repo: &ServedRepo, id: Uuid) -> Result<Vec<Value>, Refusal> {
    let Ok(store) = repo.files() else {
        return Ok(Vec::new());
    };
    let label = utf8_percent_encode(&repo.label, UNRESERVED);
    let records = store.records(registry, &[id])?;
    let file = |record: &FileOfDataset| {
        let component = record.component.as_deref();
        let query = component.map_or_else(String::new, |component| {
            let component = utf8_percent_encode(component, UNRESERVED);
            format!("?component={component}")
        });
        // A record that names no file of this machine has no link.
        let artifact = store.artifact(&record.path).ok();
        let url = artifact.map(|artifact| {
            // Of a zip the member is sent; other places in a file are for the client to find.
            let fragment = artifact
                .member()
                .map_or_else(|| artifact.url_fragment(), |_| String::new());
            format!("/api/v1/repos/{label}/datasets/{id}/file{query}{fragment}")
        });
        let size = u64::try_from(record.file_size).ok();
        json!({"component": component, "url": url, "size": size, "checksum": record.checksum})
    };
    Ok(records.iter().map(file).collect())
}

fn to_json(found: &DatasetRef, files: &[Value]) -> Value {
    let dataset_type = &found.dataset_type;
    let value = |value: &DataIdValue| match value {
        DataIdValue::Int(number) => json!(number),
        DataIdValue::Str(text) => json!(text),
    };
    let data_id: Map<String, Value> = found
        .data_id
        .iter()
        .map(|(dimension, v)| (dimension.to_owned(), value(v)))
        .collect();
    json!({
        "id": found.id.to_string(),
        "type": dataset_type.name,
        "run": found.run,
        "data_id": data_id,
        "dimensions": dataset_type.dimensions.names().collect::<Vec<_>>(),
        "storage_class": dataset_type.storage_class,
        "is_calibration": dataset_type.is_calibration,
        "files": files,
    })
}
