//! Answers that are written as JSON text.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// An answer of JSON.
pub fn json(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
