//! `GET /metrics`.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::listen::Peer;
use crate::refusal::Refusal;
use crate::server::Server;

/// As the text format is called.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Headers that say that a proxy passed a request on.
const PASSED_ON: [&str; 3] = ["forwarded", "x-forwarded-for", "via"];

/// The numbers, for whoever may have them.
///
/// # Errors
/// [`Refusal::Forbidden`] if it comes from elsewhere.
pub async fn get(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Refusal> {
    let peer = extensions
        .get::<Peer>()
        .map(|peer| peer.0.ip().to_canonical());
    let is_passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
    let networks = &server.settings.metrics_from;
    let is_near = |ip: IpAddr| match networks.as_slice() {
        // A proxy on this machine brings requests from everywhere.
        [] => ip.is_loopback() && !is_passed_on && !server.auth.trusts(Some(ip)),
        networks => networks.iter().any(|network| network.contains(ip)),
    };
    if !peer.is_some_and(is_near) {
        return Err(Refusal::Forbidden(
            "The metrics are not for this address; --metrics-from says for which they are."
                .to_owned(),
        ));
    }
    let text = server.metrics.text(&server);
    let text = text.map_err(|e| Refusal::Fault(format!("cannot write the metrics: {e}")))?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}
