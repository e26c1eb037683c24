//! What a server is told about users.

use std::sync::Arc;

use axum::http::HeaderName;
use pantry_state::State;

use super::allowance::Allowance;
use super::oidc::OidcSettings;

/// How a server knows users, and what they may read.
#[derive(Debug, Clone, Default)]
pub struct AuthSettings {
    /// Pantry's own state with its tokens; without it none is valid.
    pub state: Option<Arc<State>>,
    /// Whether somebody may read who has not said who he is.
    pub anonymous_read: bool,
    /// Rules for everybody who has no token of ours. If there are none, all who are let in may read everything.
    pub allowances: Vec<Allowance>,
    /// An OpenID provider whose tokens are accepted.
    pub oidc: Option<OidcSettings>,
    /// The header in which a trusted proxy names the user.
    pub user_header: Option<HeaderName>,
}
