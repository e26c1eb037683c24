//! Who asks, and which repo.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::auth::{Caller, Reach};
use crate::client_address::client_address;
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;
use crate::server::Server;

/// The repo that a path names, if who asks may read it.
pub struct Asked {
    /// The repo, with the collections that who asks may read.
    pub repo: Arc<ServedRepo>,
    /// By whom limits count.
    pub payer: String,
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
        let caller = Caller::from_request_parts(parts, server).await?;
        let repo = server.repo(&caller, label)?;
        let address = client_address(&parts.headers, &parts.extensions, &server.auth);
        Ok(Self {
            repo,
            payer: caller.payer(address),
        })
    }
}

impl Server {
    /// The repo of a label as somebody may read it.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] and [`Refusal::Forbidden`], both also where there is no such repo, and
    /// [`Refusal::NotFound`].
    pub fn repo(&self, caller: &Caller, label: &str) -> Result<Arc<ServedRepo>, Refusal> {
        let reach = caller.reach(label);
        if reach == Reach::Nothing {
            return Err(caller.refuse(label));
        }
        let repo = self.repos.get(label);
        let repo =
            repo.ok_or_else(|| Refusal::NotFound(format!("Unknown repository '{label}'")))?;
        Ok(match reach {
            Reach::Collections(rule) => Arc::new(repo.restricted(rule)),
            _ => Arc::clone(repo),
        })
    }
}
