//! The keys that a provider publishes, read again when it has new ones.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Header};
use ureq::Agent;
use ureq::http::Uri;

use crate::refusal::Refusal;
use crate::remote::agent;

/// Keys are read again when they are older than this, so that those that the provider has withdrawn do not stay.
const OLD: Duration = Duration::from_secs(3600);

/// How often they are read at most, whatever tokens are presented.
const PAUSE: Duration = Duration::from_secs(10);

/// How long the provider has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of all keys.
const LARGEST: u64 = 1 << 20;

/// Where keys are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// In a file.
    File(PathBuf),
    /// At an address.
    Url(String),
}

/// Why keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the keys of the OpenID provider from {place}: {reason}")]
pub struct OidcError {
    place: String,
    reason: String,
}

/// The keys of a provider.
pub struct Keys {
    source: KeySource,
    agent: Agent,
    current: RwLock<KeySet>,
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct KeySet {
    keys: Arc<[Key]>,
    /// When they were asked for last, and when they came last.
    asked: Option<Instant>,
    read: Option<Instant>,
}

struct Key {
    id: Option<String>,
    /// The only algorithm that it is for, if the provider says so.
    algorithm: Option<Algorithm>,
    family: AlgorithmFamily,
    key: DecodingKey,
}

impl FromStr for KeySource {
    type Err = String;

    /// A URL or a file. Keys that came unencrypted over a network could be anybody's.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((scheme, _)) = text.split_once("://") else {
            return Ok(Self::File(text.into()));
        };
        let uri: Option<Uri> = text.parse().ok();
        let host = uri.as_ref().and_then(Uri::host);
        let is_near = host.is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
        match scheme {
            "https" if host.is_some() => Ok(Self::Url(text.to_owned())),
            "http" if is_near => Ok(Self::Url(text.to_owned())),
            _ => Err(format!("'{text}' is no https URL and no file")),
        }
    }
}

impl Keys {
    /// With the keys that are there now. Blocks.
    ///
    /// # Errors
    /// [`OidcError`] for a file without keys. A provider that does not answer now may do so later.
    pub fn open(source: &KeySource) -> Result<Self, OidcError> {
        let keys = Self {
            source: source.clone(),
            agent: agent(Some(PATIENCE)),
            current: RwLock::default(),
            reading: tokio::sync::Mutex::default(),
        };
        match (keys.read(Instant::now()), source) {
            (Err(e), KeySource::File(_)) => return Err(e),
            (Err(e), KeySource::Url(_)) => tracing::warn!("{e}"),
            (Ok(()), _) => {}
        }
        Ok(keys)
    }

    /// The keys that a token with this header may be signed with. They are read again if there is none of its name.
    ///
    /// # Errors
    /// [`Refusal::Busy`] if none were ever read.
    pub async fn fitting(
        self: &Arc<Self>,
        header: &Header,
        now: Instant,
    ) -> Result<Vec<DecodingKey>, Refusal> {
        let mut known = self.current();
        let is_new = |known: &KeySet| {
            let is_old = known
                .read
                .is_none_or(|read| now.saturating_duration_since(read) > OLD);
            let may_ask = known
                .asked
                .is_none_or(|asked| now.saturating_duration_since(asked) > PAUSE);
            (is_old || known.fitting(header).is_empty()) && may_ask
        };
        if is_new(&known) {
            // One asks for all who wait.
            let one = self.reading.lock().await;
            known = self.current();
            if is_new(&known) {
                let keys = Arc::clone(self);
                let read = tokio::task::spawn_blocking(move || keys.read(now)).await;
                if let Ok(Err(e)) = read {
                    tracing::warn!("{e}");
                }
                known = self.current();
            }
            drop(one);
        }
        match known.read {
            Some(_) => Ok(known.fitting(header)),
            None => Err(Refusal::Busy(
                "The OpenID provider cannot be asked for its keys now; try again later.".to_owned(),
            )),
        }
    }

    fn current(&self) -> KeySet {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Read them. Those that were read before stay if that fails.
    fn read(&self, now: Instant) -> Result<(), OidcError> {
        let read = match &self.source {
            KeySource::File(path) => std::fs::read_to_string(path).map_err(|e| e.to_string()),
            KeySource::Url(url) => self.fetch(url),
        };
        let keys = read.and_then(|text| parse(&text));
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.asked = Some(now);
        match keys {
            Ok(keys) => {
                current.read = Some(now);
                current.keys = keys.into();
                Ok(())
            }
            Err(reason) => Err(OidcError {
                place: match &self.source {
                    KeySource::File(path) => path.display().to_string(),
                    KeySource::Url(url) => url.clone(),
                },
                reason,
            }),
        }
    }

    fn fetch(&self, url: &str) -> Result<String, String> {
        let mut answer = self.agent.get(url).call().map_err(|e| e.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("the answer is {}", answer.status()));
        }
        let body = answer.body_mut().with_config().limit(LARGEST);
        body.read_to_string().map_err(|e| e.to_string())
    }
}

impl KeySet {
    fn fitting(&self, header: &Header) -> Vec<DecodingKey> {
        let fits = |key: &&Key| {
            let is_named = header.kid.is_none() || key.id == header.kid;
            let is_for = key
                .algorithm
                .is_none_or(|algorithm| algorithm == header.alg);
            is_named && is_for && key.family == header.alg.family()
        };
        self.keys
            .iter()
            .filter(fits)
            .map(|key| key.key.clone())
            .collect()
    }
}

/// The keys that signatures are checked with. Those of kinds that are not known, and secrets, are left out.
fn parse(text: &str) -> Result<Vec<Key>, String> {
    let set: JwkSet = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let keys: Vec<Key> = set.keys.iter().filter_map(key).collect();
    match keys.is_empty() {
        true => Err("there is none that a signature can be checked with".to_owned()),
        false => Ok(keys),
    }
}

fn key(jwk: &Jwk) -> Option<Key> {
    use jsonwebtoken::jwk::PublicKeyUse;
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
        return None;
    }
    let algorithm = match jwk.common.key_algorithm {
        // One that is not for signatures.
        Some(algorithm) => Some(Algorithm::try_from(algorithm).ok()?),
        None => None,
    };
    let key = DecodingKey::from_jwk(jwk).ok()?;
    let family = key.family();
    (family != AlgorithmFamily::Hmac).then(|| Key {
        id: jwk.common.key_id.clone(),
        algorithm,
        family,
        key,
    })
}
