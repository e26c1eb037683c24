//! A request and its answer, until the last byte.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::request_id::request_id;
use crate::client_address::client_address;
use crate::refusal::Refusal;
use crate::server::Server;

/// In place of a route, for paths that lead nowhere.
const NOWHERE: &str = "none";

/// What the handlers of a request find out about it, for the log; an extension of the request.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Who asks.
    pub user: Arc<OnceLock<String>>,
}

/// A request that is being answered. At its end it is written down.
pub struct Exchange {
    server: Arc<Server>,
    id: HeaderValue,
    method: Method,
    path: String,
    route: Option<MatchedPath>,
    peer: Option<IpAddr>,
    known: Known,
    began: Instant,
    /// `None` until there is an answer.
    status: Option<StatusCode>,
    sent: u64,
    /// Bytes of the whole answer, if that is known.
    length: Option<u64>,
    is_whole: bool,
}

impl Exchange {
    /// A request has come. What handlers find out about it is to be put into its [`Known`].
    pub fn begin(server: &Arc<Server>, request: &mut Request) -> Self {
        let known = Known::default();
        request.extensions_mut().insert(known.clone());
        server.metrics.begin();
        let peer = client_address(request.headers(), request.extensions(), &server.auth);
        Self {
            server: Arc::clone(server),
            id: request_id(request.headers()),
            method: request.method().clone(),
            // Without what is after the `?`: links to files have their signature there.
            path: request.uri().path().to_owned(),
            route: request.extensions().get().cloned(),
            peer,
            known,
            began: Instant::now(),
            status: None,
            sent: 0,
            length: None,
            is_whole: request.method() == Method::HEAD,
        }
    }

    /// The request's name.
    pub fn id(&self) -> &HeaderValue {
        &self.id
    }

    /// There is an answer, of which nothing is sent yet.
    pub fn answered(&mut self, response: &Response) {
        self.status = Some(response.status());
        if let Some(refusal) = response.extensions().get() {
            self.refused(refusal);
        }
    }

    /// The answer will have so many bytes, if that is known.
    pub fn sends(&mut self, length: Option<u64>) {
        self.length = length;
    }

    /// Some of the answer goes out.
    pub fn sent(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// All of the answer went out.
    pub fn ended(&mut self) {
        self.is_whole = true;
    }

    /// The answer cannot be ended.
    pub fn failed(&self, error: &axum::Error) {
        match error.source().and_then(|e| e.downcast_ref()) {
            Some(refusal) => self.refused(refusal),
            None => tracing::warn!(request = %self.name(), "an answer was broken off: {error}"),
        }
    }

    fn refused(&self, refusal: &Refusal) {
        if let Refusal::Fault(reason) = refusal {
            tracing::error!(request = %self.name(), "{reason}");
        }
        self.server.metrics.refused(refusal);
    }

    fn name(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }
}

/// A text, or a hyphen where there is none.
struct OrNone<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for OrNone<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("-"),
        }
    }
}

impl Drop for Exchange {
    /// Whatever ended it: the last byte, a client that went away, or a panic.
    fn drop(&mut self) {
        let is_whole = self.is_whole || self.length == Some(self.sent);
        // As other servers call it when the client did not wait for the answer.
        let status = self.status.map_or(499, |status| status.as_u16());
        let elapsed = self.began.elapsed();
        let route = self.route.as_ref().map_or(NOWHERE, MatchedPath::as_str);
        let metrics = &self.server.metrics;
        metrics.end(&self.method, route, status, elapsed, self.sent);
        tracing::info!(
            target: "pantry_api::access",
            status,
            bytes = self.sent,
            ms = %format_args!("{:.3}", elapsed.as_secs_f64() * 1e3),
            user = %OrNone(self.known.user.get().map(|user| user.escape_debug())),
            client = %OrNone(self.peer),
            request = %self.name(),
            "{} {}{}",
            self.method,
            self.path,
            if is_whole { "" } else { " broken off" },
        );
    }
}
