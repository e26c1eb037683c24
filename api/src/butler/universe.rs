//! `GET v1/universe`: the dimensions.

use axum::Json;
use serde_json::{Value, json};

use crate::asked::Asked;

/// The definition of the universe with its defaults filled in.
pub async fn get(asked: Asked) -> Json<Value> {
    Json(json!({"universe": asked.repo.universe.to_simple()}))
}
