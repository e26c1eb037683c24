//! Whether the server lives, and whether it can answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pantry_registry::RegistryError;
use serde_json::{Map, Value, json};

use crate::auth::{Caller, Reach};
use crate::refusal::Refusal;
use crate::server::Server;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /readyz`: 200 if the registry of every repo answers, else 503. Anybody may ask, but is told only of repos that he may
/// read.
pub async fn readyz(
    State(server): State<Arc<Server>>,
    caller: Result<Caller, Refusal>,
) -> Response {
    let is_told = |label: &str| {
        let caller = caller.as_ref();
        caller.is_ok_and(|caller| caller.reach(label) != Reach::Nothing)
    };
    let mut repos = Map::new();
    let mut status = StatusCode::OK;
    for repo in server.repos.values() {
        let asked = repo.ask(|registry| {
            let connection = registry.connection();
            match connection.is_alive() {
                true => Ok(()),
                false => Err(Refusal::from(RegistryError::Lost {
                    doing: "ask the database anything".to_owned(),
                    reason: "it does not answer".to_owned(),
                })),
            }
        });
        let state = match asked.await {
            Ok(()) => "ok",
            Err(refusal) => {
                status = StatusCode::SERVICE_UNAVAILABLE;
                tracing::warn!("repo '{}' is not ready: {}", repo.label, refusal.detail());
                "unavailable"
            }
        };
        if is_told(&repo.label) {
            repos.insert(repo.label.clone(), state.into());
        }
    }
    (status, Json(Value::Object(repos))).into_response()
}
