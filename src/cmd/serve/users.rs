//! Who is let in, and what they may read.
use std::net::SocketAddr;
use std::sync::Arc;

use pantry_api::auth::{Allowance, AuthSettings, HeaderName, KeySource, OidcSettings};
use pantry_registry::config::Environment;

use crate::failure::Failure;
use crate::state::StateArgs;

/// Arguments about users.
#[derive(Debug, clap::Args)]
pub struct UserArgs {
    /// Let those read who send no valid token. It is the default if only this machine can reach the server (--bind to a
    /// loopback address) and nothing was said about users of proxies or an OpenID provider
    #[arg(long, overrides_with = "no_anonymous_read")]
    anonymous_read: bool,

    /// Refuse all who send no valid token
    #[arg(long, overrides_with = "anonymous_read")]
    no_anonymous_read: bool,

    /// What those may read who have no token of ours: WHO is 'anonymous' for everybody, a glob pattern of users that a proxy
    /// or an OpenID provider names, or 'group:GLOB' or 'scope:GLOB' of what the provider says of them. Without any rule they
    /// may read everything, with rules nothing else. Tokens have their own rules. Repeatable
    #[arg(long, value_name = "WHO=REPO_GLOB[:COLLECTION_GLOB,...]")]
    allow: Vec<Allowance>,

    /// The header in which a proxy (--trusted-proxy) names the user, such as X-Auth-Request-User. The proxy must remove it
    /// from what it is sent
    #[arg(long, value_name = "NAME")]
    user_header: Option<String>,

    #[command(flatten)]
    state: StateArgs,

    #[command(flatten)]
    provider: ProviderArgs,
}

/// Arguments about an OpenID provider.
#[derive(Debug, clap::Args)]
struct ProviderArgs {
    /// Keys (JWKS) of an OpenID provider whose tokens (JWT) are accepted: an https URL, or a file
    #[arg(
        long,
        value_name = "URL|FILE",
        requires = "issuer",
        requires = "audience"
    )]
    jwks: Option<KeySource>,

    /// The provider: the claim 'iss' of its tokens
    #[arg(long, value_name = "TEXT", requires = "jwks")]
    issuer: Option<String>,

    /// Whom its tokens must be for: the claim 'aud'. Repeatable: one of them will do
    #[arg(long, value_name = "TEXT", requires = "jwks")]
    audience: Vec<String>,

    /// The claim that names the user
    #[arg(long, value_name = "CLAIM", default_value = "sub")]
    user_claim: String,

    /// The claim that names the user's groups
    #[arg(long, value_name = "CLAIM", default_value = "groups")]
    groups_claim: String,
}

impl ProviderArgs {
    fn settings(&self) -> Option<OidcSettings> {
        let (keys, issuer) = self.jwks.clone().zip(self.issuer.clone())?;
        Some(OidcSettings {
            keys,
            issuer,
            audiences: self.audience.clone(),
            user_claim: self.user_claim.clone(),
            groups_claim: self.groups_claim.clone(),
        })
    }
}

impl UserArgs {
    /// What the server is told.
    ///
    /// # Errors
    /// Usage errors, and what keeps the state from being opened; the latter is only a warning if nobody needs a token.
    pub fn settings(
        &self,
        bind: SocketAddr,
        has_proxies: bool,
        environment: &Environment,
    ) -> Result<AuthSettings, Failure> {
        let user_header = self.user_header.as_ref().map(|name| {
            let header = HeaderName::try_from(name);
            header.map_err(|_| {
                Failure::Usage(format!("--user-header '{name}' is no name of a header"))
            })
        });
        if user_header.is_some() && !has_proxies {
            return Err(Failure::Usage(
                "--user-header needs --trusted-proxy: anybody can send a header".to_owned(),
            ));
        }
        // A proxy on the same machine brings users from everywhere.
        let oidc = self.provider.settings();
        let is_local = bind.ip().is_loopback() && !has_proxies && oidc.is_none();
        let anonymous_read = self.anonymous_read || (is_local && !self.no_anonymous_read);
        let state = match self.state.open(environment) {
            Ok(state) => Some(Arc::new(state)),
            Err(failure) if anonymous_read && !self.state.is_given(environment) => {
                let reason = failure.message().unwrap_or_default();
                tracing::warn!("there are no tokens: {reason}");
                None
            }
            Err(failure) => return Err(failure),
        };
        Ok(AuthSettings {
            state,
            anonymous_read,
            allowances: self.allow.clone(),
            oidc,
            user_header: user_header.transpose()?,
        })
    }

    /// Lines that tell users how they are let in.
    pub fn start_lines(&self, settings: &AuthSettings, label: &str) -> Vec<String> {
        let variable = crate::cmd::token::CLIENT_VARIABLE;
        let state = self.state.words();
        let token = format!("pantry token create --repo {label}{state}");
        match (settings.anonymous_read, self.anonymous_read) {
            (true, is_told) => vec![
                match is_told {
                    true => "anybody may read, as --anonymous-read says".to_owned(),
                    false => {
                        "anybody on this machine may read; --no-anonymous-read ends that".to_owned()
                    }
                },
                "the Python client wants to send a token all the same; any word will do:"
                    .to_owned(),
                format!("  export {variable}=anonymous"),
            ],
            (false, _) => vec![
                match &settings.oidc {
                    Some(provider) => {
                        let issuer = &provider.issuer;
                        format!(
                            "users need a token of {issuer}, or one of ours; for one of 90 days:"
                        )
                    }
                    None => "users need a token; for one of 90 days:".to_owned(),
                },
                format!("  export {variable}=$({token} | head -n 1)"),
            ],
        }
    }
}
