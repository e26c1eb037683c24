//! `GET collections/summary?name=`: all about one collection. Its name is a parameter because names have slashes, which would
//! have to be encoded in a path and need not be in a query.

use axum::Json;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::{Registry, RegistryError};
use serde_json::{Value, json};

use super::parameters::Parameters;
use crate::asked::Asked;
use crate::refusal::Refusal;

/// The collection.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/collections/summary",
    operation_id = "collection_summary",
    tag = "collection summary",
    summary = "All about one collection.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("name" = String, Query, description = "The collection; its slashes need not be encoded")
    ),
    responses((status = 200, description = "The collection", body = Object))
)]
pub async fn get(asked: Asked, parameters: Parameters) -> Result<Json<Value>, Refusal> {
    parameters.check_names(&["name"])?;
    let name = parameters.required("name")?.to_owned();
    let question = move |registry: &mut Registry| {
        let catalog = registry.read(CollectionCatalog::read)?;
        let collection = match catalog.get(&name) {
            Err(RegistryError::Missing { .. }) => {
                let detail = format!("there is no collection '{name}'");
                return Err(Refusal::NotFound(detail));
            }
            found => found?,
        };
        let summary = catalog.summary(&name);
        let is_chain = collection.collection_type == CollectionType::Chained;
        Ok(json!({
            "name": collection.name,
            "type": collection.collection_type.name(),
            "doc": collection.doc.as_deref().unwrap_or(""),
            "children": if is_chain { catalog.children(&name) } else { &[] },
            "parents": catalog.parents(&name),
            "dataset_types": summary.dataset_types,
            "governors": summary.governors,
        }))
    };
    Ok(Json(asked.repo.ask(question).await?))
}
