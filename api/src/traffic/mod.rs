//! What is asked of the server: a line of the access log for each request, and numbers for Prometheus.

mod counted_body;
mod exchange;
mod measured;
mod metrics;
mod request_id;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use counted_body::CountedBody;
use exchange::Exchange;
pub use exchange::Known;
pub use measured::get;
pub use metrics::Metrics;
use request_id::REQUEST_ID;

use crate::server::Server;

/// Around everything else: notes what is asked and what becomes of it, to the last byte.
pub async fn watch(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut exchange = Exchange::begin(&server, &mut request);
    let mut response = next.run(request).await;
    exchange.answered(&response);
    let id = exchange.id().clone();
    response.headers_mut().insert(REQUEST_ID, id);
    response.map(|body| Body::new(CountedBody::new(body, exchange)))
}
