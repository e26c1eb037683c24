//! Requests to one server (`lsst/daf/butler/remote_butler/_http_connection.py`).

use std::fmt::Display;
use std::io::{BufRead, BufReader, Read as _};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use pantry_registry::config::{Config, Environment};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::{Response, StatusCode, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};
use uuid::Uuid;

use super::error::RemoteError;
use super::token::token_for;

/// Seconds without a byte after which a server counts as gone; one at work sends keep-alives every 15 seconds.
const SILENCE: Duration = Duration::from_secs(120);
/// How long a server that is busy (503, 429 with Retry-After) is asked again.
const BUSY: Duration = Duration::from_secs(120);
/// Bytes of an answer that is no stream.
const ANSWER: u64 = 1 << 28;
/// Bytes of what a server says beside an unexpected status that are shown.
const SHOWN: usize = 300;
/// Where a `butler.yaml` says that the server is where it was found itself.
const ROOT: &str = "<butlerRoot>";

/// One server, and how it wants to be asked.
pub struct ServerConnection {
    agent: Agent,
    url: String,
    token: Option<String>,
    patience: Option<Duration>,
}

impl ServerConnection {
    /// Read the server's `butler.yaml`, which names the address of its requests.
    ///
    /// # Errors
    /// [`RemoteError`]; [`RemoteError::NotUnderstood`] for a configuration that is not of a Butler server.
    pub fn open(
        url: &str,
        environment: &Environment,
        patience: Option<Duration>,
    ) -> Result<Self, RemoteError> {
        let is_file = |end: &&str| url.ends_with(end);
        let file = [".yaml", ".json"].iter().any(is_file);
        let folder = match url.rsplit_once('/') {
            Some((folder, _)) if file => folder,
            _ => url.trim_end_matches('/'),
        };
        let file = match file {
            true => url.to_owned(),
            false => format!("{folder}/butler.yaml"),
        };
        let mut connection = Self {
            agent: agent(patience),
            url: folder.to_owned(),
            token: token(folder, environment),
            patience,
        };
        let answer = connection.checked(&file, || connection.request_get(&file))?;
        let text = connection.text(&file, answer)?;
        let wrong = |reason: &dyn Display| RemoteError::NotUnderstood {
            url: file.clone(),
            reason: reason.to_string(),
        };
        let config = Config::from_yaml(&text, environment).map_err(|e| wrong(&e))?;
        let root = config.text(".remote_butler.url").map_err(|e| wrong(&e))?;
        let root = root.ok_or_else(|| wrong(&"it has no remote_butler.url"))?;
        let root = root.replace(ROOT, folder).trim_end_matches('/').to_owned();
        let mode = config
            .text("remote_butler.authentication")
            .map_err(|e| wrong(&e))?;
        connection.token = match mode.as_deref() {
            None | Some("rubin_science_platform") => token(&root, environment),
            // Its server wants no token; those of its files are for the stores.
            Some("cadc") => None,
            Some(other) => return Err(wrong(&format!("authentication '{other}' is not known"))),
        };
        connection.url = root;
        Ok(connection)
    }

    /// `GET v1/PATH`.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RemoteError> {
        let url = self.address(path);
        let answer = self.checked(&url, || self.request_get(&url))?;
        self.parsed(path, &self.text(&url, answer)?)
    }

    /// `POST v1/PATH` with a JSON body.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, RemoteError> {
        let url = self.address(path);
        let answer = self.checked(&url, || self.request_post(&url, body))?;
        self.parsed(path, &self.text(&url, answer)?)
    }

    /// `POST v1/PATH` whose answer comes in lines.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn post_for_lines(&self, path: &str, body: &Value) -> Result<impl BufRead, RemoteError> {
        let url = self.address(path);
        let answer = self.checked(&url, || self.request_post(&url, body))?;
        let body = answer.into_body().into_with_config().limit(u64::MAX);
        Ok(BufReader::with_capacity(1 << 16, body.reader()))
    }

    /// The error of a user that an answer tells of.
    pub fn user_error(&self, path: &str, error: Option<&Value>) -> RemoteError {
        let text = |name| error.and_then(|e| e.get(name)).and_then(Value::as_str);
        match (text("error_type"), text("detail")) {
            (Some(error_type), Some(detail)) => RemoteError::User {
                error_type: error_type.to_owned(),
                detail: detail.to_owned(),
            },
            _ => self.not_understood(path, &"an error without error_type and detail"),
        }
    }

    /// An answer that is not of the protocol.
    pub fn not_understood(&self, path: &str, reason: &dyn Display) -> RemoteError {
        RemoteError::NotUnderstood {
            url: self.address(path),
            reason: reason.to_string(),
        }
    }

    /// A connection that broke before the end of an answer.
    pub fn broken(&self, path: &str, reason: &dyn Display) -> RemoteError {
        RemoteError::Unreachable {
            url: self.address(path),
            reason: format!("the answer broke off: {reason}"),
        }
    }

    fn address(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.url)
    }

    fn request_get(&self, url: &str) -> Result<Response<Body>, ureq::Error> {
        let mut request = self
            .agent
            .get(url)
            .header(REQUEST_ID, Uuid::now_v7().to_string());
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request.call()
    }

    fn request_post(&self, url: &str, body: &Value) -> Result<Response<Body>, ureq::Error> {
        let mut request = self
            .agent
            .post(url)
            .header(REQUEST_ID, Uuid::now_v7().to_string());
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request
            .header("Content-Type", "application/json")
            .send(body.to_string())
    }

    /// The answer to a request, asked again while the server is busy, if its status says that it is one.
    fn checked(
        &self,
        url: &str,
        request: impl Fn() -> Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, RemoteError> {
        let start = Instant::now();
        let longest = self.patience.map_or(BUSY, |patience| patience.min(BUSY));
        let answer = loop {
            let answer = request().map_err(|e| self.unreachable(url, &e))?;
            match retry_after(&answer).filter(|_| start.elapsed() < longest) {
                Some(wait) => sleep(wait.min(longest.saturating_sub(start.elapsed()))),
                None => break answer,
            }
        };
        match answer.status() {
            StatusCode::OK => Ok(answer),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                Err(RemoteError::Refused {
                    url: url.to_owned(),
                    status: status.as_u16(),
                    has_token: self.token.is_some(),
                })
            }
            status => {
                let text = self.text(url, answer)?;
                let error: Option<Value> = serde_json::from_str(&text).ok();
                let path = url.rsplit_once("/v1/").map_or("", |(_, path)| path);
                match self.user_error(path, error.as_ref()) {
                    error @ RemoteError::User { .. }
                        if status == StatusCode::UNPROCESSABLE_ENTITY =>
                    {
                        Err(error)
                    }
                    _ => Err(RemoteError::Status {
                        url: url.to_owned(),
                        status: status.as_u16(),
                        body: text.chars().take(SHOWN).collect(),
                    }),
                }
            }
        }
    }

    fn text(&self, url: &str, answer: Response<Body>) -> Result<String, RemoteError> {
        let mut text = String::new();
        let read = answer
            .into_body()
            .into_with_config()
            .limit(ANSWER)
            .reader()
            .read_to_string(&mut text);
        read.map(|_| text).map_err(|e| RemoteError::Unreachable {
            url: url.to_owned(),
            reason: e.to_string(),
        })
    }

    fn parsed<T: DeserializeOwned>(&self, path: &str, text: &str) -> Result<T, RemoteError> {
        serde_json::from_str(text).map_err(|e| self.not_understood(path, &e))
    }

    fn unreachable(&self, url: &str, reason: &ureq::Error) -> RemoteError {
        RemoteError::Unreachable {
            url: url.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// Servers write it to their logs.
const REQUEST_ID: &str = "X-Butler-Client-Request-Id";

/// What asks servers, with the certificates of the system.
pub fn agent(patience: Option<Duration>) -> Agent {
    let native = rustls_native_certs::load_native_certs();
    native
        .errors
        .iter()
        .for_each(|e| tracing::debug!("certificates of the system: {e}"));
    let roots: Vec<Certificate<'static>> = native
        .certs
        .iter()
        .map(|c| Certificate::from_der(c.as_ref()).to_owned())
        .collect();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(provider)
        .build();
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(patience.unwrap_or(SILENCE)))
        .timeout_recv_body(patience)
        .user_agent(concat!("pantry/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
        .build()
        .into()
}

/// The token for the server at this address; a password in an address that is no address is sent nowhere.
fn token(url: &str, environment: &Environment) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    token_for(uri.host()?, environment)
}

/// When a busy server wants to be asked again.
fn retry_after(answer: &Response<Body>) -> Option<Duration> {
    let is_busy = [
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::TOO_MANY_REQUESTS,
    ]
    .contains(&answer.status());
    let wait = answer.headers().get("Retry-After")?.to_str().ok()?;
    is_busy.then(|| wait.parse().ok().map(Duration::from_secs))?
}
