//! Numbers about the server, in the text format of Prometheus (OpenMetrics).

use std::fmt;
use std::time::Duration;

use axum::http::Method;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::refusal::Refusal;
use crate::server::Server;

/// Upper bounds of times that requests take, in seconds: from a look-up to a long stream.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0,
];

/// What is counted. No label has a user's, dataset's or collection's name in it.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    sent: Family<RouteLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    open: Gauge,
    streams: Gauge,
    streams_limit: Gauge,
    connections: Family<ConnectionLabels, Gauge>,
    connections_limit: Family<RepoLabels, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RepoLabels {
    repo: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionLabels {
    repo: String,
    state: &'static str,
}

impl Metrics {
    /// All zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("pantry"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            sent: Family::default(),
            refusals: Family::default(),
            open: Gauge::default(),
            streams: Gauge::default(),
            streams_limit: Gauge::default(),
            connections: Family::default(),
            connections_limit: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        let requests = self.requests.clone();
        registry.register("http_requests", "Requests that were answered", requests);
        let text = "Time from a request's head to the last byte of its answer";
        let seconds = self.seconds.clone();
        registry.register_with_unit("http_request_duration", text, Unit::Seconds, seconds);
        let text = "Bytes of answers' bodies";
        registry.register_with_unit("http_response", text, Unit::Bytes, self.sent.clone());
        let text = "Requests that were refused: who asks, too much at a time, or no database";
        registry.register("refusals", text, self.refusals.clone());
        let text = "Requests that are being answered";
        registry.register("http_requests_open", text, self.open.clone());
        let text = "Streaming queries that run";
        registry.register("streams", text, self.streams.clone());
        let text = "Streaming queries that may run at a time";
        registry.register("streams_limit", text, self.streams_limit.clone());
        let text = "Connections to the registry, at work and idle";
        registry.register("connections", text, self.connections.clone());
        let text = "Connections to the registry that may be at work at a time";
        registry.register("connections_limit", text, self.connections_limit.clone());
    }

    /// A request has come.
    pub fn begin(&self) {
        self.open.inc();
    }

    /// A request has ended.
    pub fn end(&self, method: &Method, route: &str, status: u16, took: Duration, sent: u64) {
        self.open.dec();
        let labels = RequestLabels {
            method: known_method(method),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        let labels = RouteLabels {
            route: labels.route,
        };
        let seconds = self.seconds.get_or_create(&labels);
        seconds.observe(took.as_secs_f64());
        drop(seconds);
        self.sent.get_or_create(&labels).inc_by(sent);
    }

    /// A request is refused. Mistakes of users are no refusals.
    pub fn refused(&self, refusal: &Refusal) {
        let reason = match refusal {
            Refusal::Unauthenticated(_) => "unauthenticated",
            Refusal::Forbidden(_) => "forbidden",
            Refusal::TooMany(_) => "too_many",
            Refusal::Busy(_) => "busy",
            _ => return,
        };
        self.refusals.get_or_create(&RefusalLabels { reason }).inc();
    }

    /// Everything as text.
    ///
    /// # Errors
    /// None that is known: it is written to memory.
    pub fn text(&self, server: &Server) -> Result<String, fmt::Error> {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.streams.set(count(server.streams.count()));
        self.streams_limit
            .set(count(server.settings.limits.streams));
        for repo in server.repos.values() {
            let (busy, idle) = repo.connections().used();
            for (state, connections) in [("busy", busy), ("idle", idle)] {
                let repo = repo.label.clone();
                let labels = ConnectionLabels { repo, state };
                self.connections
                    .get_or_create(&labels)
                    .set(count(connections));
            }
            let repo = repo.label.clone();
            let limit = self.connections_limit.get_or_create(&RepoLabels { repo });
            limit.set(count(server.settings.limits.connections));
        }
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

/// A method by a name that is one of few, whatever a client sends.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
