//! What a request says about who sent it.

use axum::http::{HeaderMap, HeaderName, header};

use crate::refusal::Refusal;

/// Characters of a user's name.
const NAME: usize = 256;

/// The bearer token of a request; `None` if it has none.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The user that a trusted proxy names.
///
/// # Errors
/// [`Refusal::Unauthenticated`] if it names several, or none that could be one: somebody may have added to its headers.
pub fn proxied_user<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let user = value.to_str().ok().map(str::trim);
    let is_name = |user: &&str| !user.is_empty() && user.chars().count() <= NAME;
    match user.filter(is_name).filter(|_| values.next().is_none()) {
        Some(user) => Ok(Some(user)),
        None => Err(Refusal::Unauthenticated(format!(
            "The proxy sent no single user in {name}."
        ))),
    }
}
