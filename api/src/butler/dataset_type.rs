//! `GET v1/dataset_type/{name}`.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::query::lookup;

use super::answer::json;
use super::wire::push_dataset_type;
use crate::asked::Asked;
use crate::refusal::Refusal;

/// A dataset type, or a component of one.
pub async fn get(
    asked: Asked,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let repo = Arc::clone(&asked.repo);
    let answer = move |registry: &mut Registry| {
        let found = lookup::find_dataset_type(registry, &repo.storage_classes, &name)?;
        let mut out = b"{\"dataset_type\":".to_vec();
        push_dataset_type(&mut out, &found);
        out.push(b'}');
        Ok(out)
    };
    Ok(json(asked.repo.ask(answer).await?))
}
