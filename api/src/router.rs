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
        .nest("/api/butler/repo/{label}", butler::router())
        .merge(v1::router())
        .fallback(|| async { Refusal::NotFound("Not Found".to_owned()) })
        .layer(DefaultBodyLimit::max(server.settings.limits.body))
        .layer(CatchPanicLayer::new());
    let router = match server.settings.cors.as_slice() {
        [] => router,
        origins => router.layer(cors(origins)),
    };
    router
        .layer(from_fn_with_state(Arc::clone(server), traffic::watch))
        .with_state(Arc::clone(server))
}
