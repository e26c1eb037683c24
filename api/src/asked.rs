//! Who asks, and which repo.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;
use crate::server::Server;

/// The repo that a path names, if who asks may read it.
pub struct Asked {
    /// The repo.
    pub repo: Arc<ServedRepo>,
}

impl FromRequestParts<Arc<Server>> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        let Path(names) = Path::<HashMap<String, String>>::from_request_parts(parts, server)
            .await
            .map_err(|e| Refusal::NotFound(e.body_text()))?;
        let label = names.get("label").map_or("", String::as_str);
        match server.repos.get(label) {
            Some(repo) => Ok(Self {
                repo: Arc::clone(repo),
            }),
            None => Err(Refusal::NotFound(format!("Unknown repository '{label}'"))),
        }
    }
}
