//! Who asks, and what they may read.
//!
//! [`Authenticator`] finds out who sent a request (a token of Pantry's own state, a user named by a trusted proxy, a token of
//! an OpenID provider, or nobody); the result is a [`Caller`], who has a [`Reach`] in each repo. What is beyond it is not
//! there: the registry hides the collections ([`CollectionRule`](pantry_registry::CollectionRule)), so no handler has to ask.

mod allowance;
mod authenticator;
mod caller;
mod oidc;
mod presented;
mod settings;
mod tokens;

#[cfg(test)]
mod tests;

pub use axum::http::HeaderName;

pub use allowance::{Allowance, Identity, Reach};
pub use authenticator::Authenticator;
pub use caller::Caller;
pub use oidc::{KeySource, OidcError, OidcSettings};
pub use settings::AuthSettings;
pub use tokens::REVOKED_AFTER;
