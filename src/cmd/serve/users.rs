//! Who is let in, and what they may read.
use std::net::SocketAddr;
use std::sync::Arc;

use pantry_api::auth::{Allowance, AuthSettings, HeaderName};
use pantry_registry::config::Environment;

use crate::failure::Failure;
use crate::state::StateArgs;

/// Arguments about users.
#[derive(Debug, clap::Args)]
pub struct UserArgs {
    /// Let those read who send no valid token. It is the default if only this machine can reach the server (--bind to a
    /// loopback address) and nothing was said about users of proxies
    #[arg(long, overrides_with = "no_anonymous_read")]
    anonymous_read: bool,

    /// Refuse all who send no valid token
    #[arg(long, overrides_with = "anonymous_read")]
    no_anonymous_read: bool,

    /// What those may read who have no token of ours: WHO is 'anonymous' for everybody, or a glob pattern of the users that
    /// a proxy names. Without any rule they may read everything, with rules nothing else. Tokens have their own
    /// rules. Repeatable
    #[arg(long, value_name = "WHO=REPO_GLOB[:COLLECTION_GLOB,...]")]
    allow: Vec<Allowance>,

    /// The header in which a proxy (--trusted-proxy) names the user, such as X-Auth-Request-User. The proxy must remove it
    /// from what it is sent
    #[arg(long, value_name = "NAME")]
    user_header: Option<String>,

    #[command(flatten)]
    state: StateArgs,
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
        let is_local = bind.ip().is_loopback() && !has_proxies;
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
                "users need a token; for one of 90 days:".to_owned(),
                format!("  export {variable}=$({token} | head -n 1)"),
            ],
        }
    }
}
