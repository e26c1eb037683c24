//! Users of an OpenID provider: signed tokens (JWT), checked with the keys that the provider publishes (JWKS).

mod claims;
mod keys;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};

pub use claims::Claims;
use keys::Keys;
pub use keys::{KeySource, OidcError};

use crate::refusal::Refusal;

/// How far clocks may be apart, in seconds.
const CLOCKS: u64 = 60;

/// Characters of a token; longer ones are not looked at.
const LONGEST: usize = 16_384;

/// Algorithms by which only the provider can sign. Not those of shared secrets, and not `none`.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// An OpenID provider whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// Its keys.
    pub keys: KeySource,
    /// Itself: the claim `iss`.
    pub issuer: String,
    /// Whom its tokens must be for, one of these: the claim `aud`.
    pub audiences: Vec<String>,
    /// The claim that names the user.
    pub user_claim: String,
    /// The claim that names the user's groups.
    pub groups_claim: String,
}

/// Checks tokens of a provider.
pub struct Oidc {
    settings: OidcSettings,
    keys: Arc<Keys>,
}

/// What a presented text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// A valid token, with what it says.
    Valid(Claims),
    /// A token that is not valid, and why.
    Refused(&'static str),
    /// No token of this kind.
    Unknown,
}

impl Oidc {
    /// With the keys that are there now. Blocks.
    ///
    /// # Errors
    /// [`OidcError`]. That a provider cannot be reached now is none.
    pub fn open(settings: &OidcSettings) -> Result<Self, OidcError> {
        Ok(Self {
            keys: Arc::new(Keys::open(&settings.keys)?),
            settings: settings.clone(),
        })
    }

    /// What a presented text is.
    ///
    /// # Errors
    /// [`Refusal::Busy`] if there are no keys to check it with.
    pub async fn check(&self, presented: &str) -> Result<Checked, Refusal> {
        if presented.len() > LONGEST || presented.split('.').count() != 3 {
            return Ok(Checked::Unknown);
        }
        let Ok(header) = decode_header(presented) else {
            return Ok(Checked::Refused("The token has no valid header."));
        };
        if !ALGORITHMS.contains(&header.alg) {
            return Ok(Checked::Refused(
                "The token is signed in a way that is not accepted.",
            ));
        }
        let mut validation = Validation::new(header.alg);
        validation.leeway = CLOCKS;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&self.settings.audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        let keys = self.keys.fitting(&header, Instant::now()).await?;
        for key in &keys {
            match decode(presented, key, &validation) {
                Ok(token) => {
                    let claims = Claims::read(&token.claims, &self.settings);
                    return Ok(claims.map_or_else(Checked::Refused, Checked::Valid));
                }
                Err(e) => {
                    if let Some(reason) = in_words(e.kind()) {
                        return Ok(Checked::Refused(reason));
                    }
                    // Another key may have signed it.
                }
            }
        }
        Ok(Checked::Refused(
            "The token is not signed by a key of its provider.",
        ))
    }
}

/// What is wrong with a token that is signed as it should; `None` if it is not.
fn in_words(error: &ErrorKind) -> Option<&'static str> {
    Some(match error {
        ErrorKind::ExpiredSignature => "The token has expired.",
        ErrorKind::ImmatureSignature => "The token is not valid yet.",
        ErrorKind::InvalidAudience => "The token is for another audience.",
        ErrorKind::InvalidIssuer => "The token is of another provider.",
        ErrorKind::MissingRequiredClaim(_) => "The token lacks one of the claims exp, iss and aud.",
        ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => "The token has no valid claims.",
        _ => return None,
    })
}
