//! Finds out who sent a request.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName};
use pantry_state::Role;

use super::allowance::{Allowance, Identity, Reach};
use super::caller::Caller;
use super::oidc::{Checked, Oidc, OidcError};
use super::presented::{bearer, proxied_user};
use super::settings::AuthSettings;
use super::tokens::{Found, Tokens};
use crate::network::Network;
use crate::refusal::Refusal;

/// What a server knows users by.
pub struct Authenticator {
    tokens: Option<Tokens>,
    oidc: Option<Oidc>,
    user_header: Option<HeaderName>,
    proxies: Vec<Network>,
    allowances: Vec<Allowance>,
    /// `None` if nobody unknown may read.
    anonymous: Option<Caller>,
}

impl Authenticator {
    /// As it was told. Users of a proxy are known only if it is in one of these networks. Blocks.
    ///
    /// # Errors
    /// [`OidcError`].
    pub fn new(settings: &AuthSettings, proxies: &[Network]) -> Result<Self, OidcError> {
        let allowances = match settings.allowances.as_slice() {
            [] => vec![Allowance::everything()],
            rules => rules.to_vec(),
        };
        let anonymous = || caller(&Identity::default(), &allowances);
        let anonymous = settings.anonymous_read.then(anonymous);
        let oidc = settings.oidc.as_ref().map(Oidc::open).transpose()?;
        Ok(Self {
            tokens: settings.state.clone().map(Tokens::new),
            oidc,
            user_header: settings.user_header.clone(),
            proxies: proxies.to_vec(),
            allowances,
            anonymous,
        })
    }

    /// Who sent a request with these headers from this address: the holder of a token of ours or of an OpenID provider, else
    /// the user that a trusted proxy names, else somebody unknown.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] for somebody unknown who may not read, [`Refusal::Busy`] if tokens cannot be looked up.
    pub async fn identify(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
    ) -> Result<Caller, Refusal> {
        let presented = bearer(headers);
        let mut why = match presented {
            Some(_) => "The token is not valid.",
            None => "A token is needed: send 'Authorization: Bearer ...'.",
        };
        if let (Some(presented), Some(tokens)) = (presented, &self.tokens) {
            match tokens.find(presented).await? {
                Found::Valid(token) => {
                    return Ok(Caller {
                        user: Some(token.user().to_owned()),
                        role: token.role,
                        allowances: Arc::new([Allowance::of_token(&token)]),
                    });
                }
                Found::Ended(reason) => why = reason,
                Found::Unknown => {}
            }
        }
        if let (Some(presented), Some(oidc)) = (presented, &self.oidc) {
            match oidc.check(presented).await? {
                Checked::Valid(claims) => {
                    let identity = Identity {
                        user: Some(&claims.user),
                        groups: &claims.groups,
                        scopes: &claims.scopes,
                    };
                    return Ok(caller(&identity, &self.allowances));
                }
                Checked::Refused(reason) => why = reason,
                Checked::Unknown => {}
            }
        }
        if let Some(name) = self.user_header.as_ref().filter(|_| self.trusts(peer))
            && let Some(user) = proxied_user(headers, name)?
        {
            let identity = Identity {
                user: Some(user),
                ..Identity::default()
            };
            return Ok(caller(&identity, &self.allowances));
        }
        let unknown = || Refusal::Unauthenticated(why.to_owned());
        self.anonymous.clone().ok_or_else(unknown)
    }

    /// Whether somebody unknown may read something of the repo with this label, whether there is one or not.
    pub fn is_open(&self, label: &str) -> bool {
        let anonymous = self.anonymous.as_ref();
        anonymous.is_some_and(|caller| caller.reach(label) != Reach::Nothing)
    }

    /// The OpenID provider whose tokens are accepted.
    #[cfg(test)]
    pub(super) fn oidc(&self) -> Option<&Oidc> {
        self.oidc.as_ref()
    }

    /// Whether an address is that of a proxy that is believed.
    pub fn trusts(&self, peer: Option<IpAddr>) -> bool {
        peer.is_some_and(|peer| self.proxies.iter().any(|proxy| proxy.contains(peer)))
    }
}

/// Somebody who has no token of ours.
fn caller(identity: &Identity<'_>, allowances: &[Allowance]) -> Caller {
    let allowances = allowances.iter().filter(|rule| rule.is_for(identity));
    Caller {
        user: identity.user.map(str::to_owned),
        role: Role::Read,
        allowances: allowances.cloned().collect(),
    }
}
