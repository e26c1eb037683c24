//! Tokens of Pantry's own state, remembered for some seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_lc_rs::digest::{SHA256, digest};
use pantry_state::{LookUp, State, Token};

use crate::refusal::Refusal;

/// How long a token may still be used after it was revoked.
pub const REVOKED_AFTER: Duration = Duration::from_secs(5);

/// Tokens that are remembered.
const KNOWN: usize = 10_000;

/// What all tokens of ours begin with.
const PREFIX: &str = "pantry_";

/// Valid tokens that were presented lately, by their hashes: secrets are kept nowhere.
type Known = HashMap<[u8; 32], (Arc<Token>, Instant)>;

/// The tokens of a server.
pub struct Tokens {
    state: Arc<State>,
    known: Mutex<Known>,
}

/// What a presented text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A token that is valid.
    Valid(Arc<Token>),
    /// One that is not valid any more, and why.
    Ended(&'static str),
    /// No token of ours.
    Unknown,
}

impl Tokens {
    /// The tokens of a state.
    pub fn new(state: Arc<State>) -> Self {
        Self {
            state,
            known: Mutex::default(),
        }
    }

    /// What a presented text is.
    ///
    /// # Errors
    /// [`Refusal::Busy`] if the state cannot be asked.
    pub async fn find(&self, presented: &str) -> Result<Found, Refusal> {
        if !presented.starts_with(PREFIX) {
            return Ok(Found::Unknown);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, presented.as_bytes()).as_ref());
        if let Some(token) = self.known(&hash) {
            return Ok(Found::Valid(token));
        }
        let (state, text) = (Arc::clone(&self.state), presented.to_owned());
        let asked = Instant::now();
        let found = tokio::task::spawn_blocking(move || state.look_up(&text, now())).await;
        let found = found.map_err(|e| Refusal::Fault(e.to_string()))?;
        let found = found.map_err(|e| {
            tracing::warn!("{e}");
            Refusal::Busy("Tokens cannot be looked up now; try again later.".to_owned())
        })?;
        Ok(match found {
            LookUp::Valid(token) => {
                let token = Arc::new(token);
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                if known.len() >= KNOWN {
                    known.clear();
                }
                known.insert(hash, (Arc::clone(&token), asked));
                Found::Valid(token)
            }
            LookUp::Expired(_) => Found::Ended("The token has expired."),
            LookUp::Revoked(_) => Found::Ended("The token was revoked."),
            LookUp::Unknown => Found::Unknown,
        })
    }

    fn known(&self, hash: &[u8; 32]) -> Option<Arc<Token>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, asked) = known.get(hash)?;
        if asked.elapsed() < REVOKED_AFTER && !token.has_expired(now()) {
            return Some(Arc::clone(token));
        }
        known.remove(hash);
        None
    }
}

fn now() -> chrono::DateTime<chrono::Utc> {
    SystemTime::now().into()
}
