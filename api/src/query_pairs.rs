//! The parameters behind the `?` of a request, as they were written.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::refusal::Refusal;

/// Names and values in the order in which they came.
///
/// # Errors
/// [`Refusal::Malformed`] for what is no list of them.
pub async fn query_pairs<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<Vec<(String, String)>, Refusal> {
    let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    let Query(pairs) = query.map_err(|e| Refusal::Malformed {
        place: vec!["query".to_owned()],
        detail: e.body_text(),
    })?;
    Ok(pairs)
}
