//! `GET v1/dataset/{id}` and `POST v1/datasets`: datasets by their ids.

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::query::lookup::expand_data_id;
use uuid::Uuid;

use super::answer::json;
use super::request::{Fields, flag_of_text, parse};
use super::wire::{found_dataset, push_dataset_ref};
use crate::asked::Asked;
use crate::refusal::Refusal;

/// Ids of one request (`GetManyDatasetsRequestModel`).
pub const IDS: usize = 10_000;

/// One dataset, or `null`.
pub async fn get(
    asked: Asked,
    Path((_, id)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    let id = path_id("id", &id)?;
    let is_expanded = query_flag(&query, "dimension_records")?;
    let answer = move |registry: &mut Registry| {
        let found = registry.find_dataset(id)?;
        let expanded = match &found {
            Some(found) if is_expanded => Some(expand_data_id(registry, &found.data_id)?),
            _ => None,
        };
        Ok(found_dataset(found.as_ref(), expanded.as_ref()))
    };
    Ok(json(asked.repo.ask(answer).await?))
}

/// Those of many that there are.
pub async fn get_many(asked: Asked, body: Bytes) -> Result<Response, Refusal> {
    let body = parse(&body)?;
    let ids = Fields::of(&body)?.uuids("dataset_ids", IDS)?;
    let answer = move |registry: &mut Registry| {
        let mut out = b"{\"type\":\"dataset_ref\",\"rows\":[".to_vec();
        for (i, found) in registry.datasets(&ids)?.iter().enumerate() {
            out.extend_from_slice(if i == 0 { b"" } else { b"," });
            push_dataset_ref(&mut out, found, None);
        }
        out.extend_from_slice(b"]}");
        Ok(out)
    };
    Ok(json(asked.repo.ask(answer).await?))
}

/// The id in a path.
///
/// # Errors
/// [`Refusal::Malformed`].
pub fn path_id(name: &str, text: &str) -> Result<Uuid, Refusal> {
    text.parse().map_err(|e| Refusal::Malformed {
        place: vec!["path".to_owned(), name.to_owned()],
        detail: format!("Input should be a valid UUID, {e}"),
    })
}

/// A flag after the `?`; the last one counts.
fn query_flag(query: &[(String, String)], name: &str) -> Result<bool, Refusal> {
    let Some((_, text)) = query.iter().rev().find(|(key, _)| key == name) else {
        return Ok(false);
    };
    flag_of_text(text).ok_or_else(|| Refusal::Malformed {
        place: vec!["query".to_owned(), name.to_owned()],
        detail: "Input should be a valid boolean".to_owned(),
    })
}
