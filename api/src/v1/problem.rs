//! Errors as RFC 9457 has them.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Value, json};

use crate::refusal::Refusal;

/// The media type of a problem.
pub const PROBLEM: &str = "application/problem+json";

/// Gives refusals, and errors that the router makes by itself, the form of a problem.
pub async fn problems(request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let refusal = response.extensions().get::<Refusal>();
    let problem = problem(status, refusal).to_string();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let content_type = HeaderValue::from_static(PROBLEM);
    parts.headers.insert(header::CONTENT_TYPE, content_type);
    let body = if is_head {
        Body::empty()
    } else {
        problem.into()
    };
    Response::from_parts(parts, body)
}

fn problem(status: StatusCode, refusal: Option<&Refusal>) -> Value {
    let title = status.canonical_reason().unwrap_or("Error");
    let mut problem = json!({"type": "about:blank", "title": title, "status": status.as_u16()});
    match refusal {
        Some(Refusal::User { error_type, .. }) => problem["error_type"] = json!(error_type),
        Some(Refusal::Malformed { place, .. }) => {
            if let [_, parameter] = &place[..] {
                problem["parameter"] = json!(parameter);
            }
        }
        _ => {}
    }
    if let Some(refusal) = refusal {
        problem["detail"] = json!(refusal.detail());
    }
    problem
}
