//! Parameters behind the `?` of a request, read as the reference's server reads them.

use std::collections::HashMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::request::flag_of_text;
use crate::query_pairs::query_pairs;
use crate::refusal::Refusal;

/// The parameters by name; of one that comes several times, the last.
pub struct Parameters(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let pairs = query_pairs(parts, state).await?;
        Ok(Self(pairs.into_iter().collect()))
    }
}

impl Parameters {
    /// A text that must be there.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn text(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.0.get(name).map(String::as_str);
        text.ok_or_else(|| fail(name, "Field required"))
    }

    /// A truth value; no if it is missing.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let Some(text) = self.0.get(name) else {
            return Ok(false);
        };
        flag_of_text(text).ok_or_else(|| fail(name, "Input should be a valid boolean"))
    }
}

fn fail(name: &str, detail: &str) -> Refusal {
    Refusal::Malformed {
        place: vec!["query".to_owned(), name.to_owned()],
        detail: detail.to_owned(),
    }
}
