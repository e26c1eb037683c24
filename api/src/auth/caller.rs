//! Who sent a request.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use pantry_state::Role;

use super::allowance::{Allowance, Reach};
use crate::listen::Peer;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::traffic::Known;

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name; `None` for somebody who has not said who he is.
    pub user: Option<String>,
    /// Reading, or writing too.
    pub role: Role,
    /// What may be read.
    pub(super) allowances: Arc<[Allowance]>,
}

impl Caller {
    /// What may be read of the repo with this label, whether there is one or not.
    pub fn reach(&self, label: &str) -> Reach {
        Reach::of(self.allowances.iter(), label)
    }

    /// Why a repo may not be read. To who has not logged in it looks as if there could be none.
    pub fn refuse(&self, label: &str) -> Refusal {
        match &self.user {
            None => Refusal::Unauthenticated(format!(
                "Repository '{label}' needs a token: send 'Authorization: Bearer ...'."
            )),
            Some(user) => {
                Refusal::Forbidden(format!("User '{user}' may not read repository '{label}'."))
            }
        }
    }

    /// By whom limits count: the user, or the address of somebody without a name.
    pub fn payer(&self, address: Option<IpAddr>) -> String {
        match (&self.user, address) {
            (Some(user), _) => format!("user {user}"),
            (None, Some(address)) => format!("address {address}"),
            (None, None) => String::new(),
        }
    }
}

impl FromRequestParts<Arc<Server>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let caller = server.auth.identify(&parts.headers, peer).await?;
        if let (Some(user), Some(known)) = (&caller.user, parts.extensions.get::<Known>()) {
            // Said once already if two parts of a handler ask who it is.
            let _ = known.user.set(user.clone());
        }
        Ok(caller)
    }
}
