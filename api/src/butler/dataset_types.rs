//! `POST v1/query_dataset_types`: dataset types by names and patterns.

use axum::Json;
use axum::body::Bytes;
use pantry_registry::Registry;
use pantry_registry::listing::search_dataset_types;
use pantry_registry::model::glob::Wildcard;
use serde_json::{Value, json};

use super::request::{Fields, parse};
use super::wire::dataset_type_to_json;
use crate::asked::Asked;
use crate::refusal::Refusal;

/// Those that exist, and the names of those that do not.
pub async fn query(asked: Asked, body: Bytes) -> Result<Json<Value>, Refusal> {
    let body = parse(&body)?;
    let wildcard = Wildcard::parse_list(&Fields::of(&body)?.texts("search")?);
    let question = move |registry: &mut Registry| {
        registry.read(|registry| Ok(search_dataset_types(registry, &wildcard)?))
    };
    let search = asked.repo.ask(question).await?;
    let found = search.found.iter();
    let found: Vec<Value> = found
        .map(|t| dataset_type_to_json(&t.dataset_type))
        .collect();
    Ok(Json(
        json!({"dataset_types": found, "missing": search.missing}),
    ))
}
