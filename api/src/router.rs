//! Which path is answered by whom.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::cors::cors;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::{butler, health, traffic, v1};

/// All paths.
pub fn router(server: &Arc<Server>) -> Router {
    let router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(traffic::get))
        .merge(butler::router())
        .merge(v1::router())
        .fallback(|| async { Refusal::NotFound("Not Found".to_owned()) });
    // All in one, the first outermost: each layer that is put around a router alone costs every request a box.
    let watch = from_fn_with_state(Arc::clone(server), traffic::watch);
    let limit = DefaultBodyLimit::max(server.settings.limits.body);
    let router = match server.settings.cors.as_slice() {
        [] => router.layer((watch, CatchPanicLayer::new(), limit)),
        origins => router.layer((watch, cors(origins), CatchPanicLayer::new(), limit)),
    };
    router.with_state(Arc::clone(server))
}
