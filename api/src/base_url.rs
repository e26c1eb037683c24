//! The address by which a client reaches the server, for the links that it is given.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

use crate::listen::Peer;
use crate::refusal::Refusal;
use crate::server::Server;

/// Scheme and host, such as `https://butler.example.org:8443`, without a slash at its end.
///
/// It is what the request says: its `Host`, or `X-Forwarded-Host` and `X-Forwarded-Proto` if a trusted proxy sent it, as the
/// reference builds its links (`Request.base_url` in `handlers/_external.py`).
pub struct BaseUrl(pub String);

impl FromRequestParts<Arc<Server>> for BaseUrl {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let mut proxies = server.settings.trusted_proxies.iter();
        let is_trusted = peer.is_some_and(|peer| proxies.any(|proxy| proxy.contains(peer)));
        let authority = parts.uri.authority().map(Authority::as_str);
        let scheme = server.tls.as_ref().map_or("http", |_| "https");
        base_url(&parts.headers, authority, scheme, is_trusted).map(Self)
    }
}

fn base_url(
    headers: &HeaderMap,
    authority: Option<&str>,
    scheme: &str,
    is_trusted: bool,
) -> Result<String, Refusal> {
    let forwarded = |name| {
        let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        if !is_trusted {
            return None;
        }
        // Every proxy adds its own at the end; the one that is trusted spoke last.
        Some(value.rsplit(',').next().unwrap_or(value).trim())
    };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let host = forwarded("x-forwarded-host").or(host).or(authority);
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    // What stands before an @ would be a user's name.
    let host = host.filter(|host| !host.as_str().contains('@'));
    let host = host.ok_or_else(|| Refusal::Malformed {
        place: vec!["header".to_owned(), "host".to_owned()],
        detail: "Input should be a host name with an optional port".to_owned(),
    })?;
    let scheme = match forwarded("x-forwarded-proto") {
        Some(forwarded) if forwarded.eq_ignore_ascii_case("https") => "https",
        Some(_) => "http",
        None => scheme,
    };
    Ok(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn url(pairs: &[(&'static str, &str)], authority: Option<&str>, is_trusted: bool) -> String {
        let header = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let headers = pairs.iter().map(header).collect();
        base_url(&headers, authority, "http", is_trusted)
            .unwrap_or_else(|refusal| refusal.to_string())
    }

    #[test]
    fn only_trusted_proxies_speak_for_others() {
        let forwarded = [
            ("host", "inner:8080"),
            ("x-forwarded-host", "evil, butler.example.org"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(url(&forwarded, None, true), "https://butler.example.org");
        assert_eq!(url(&forwarded, None, false), "http://inner:8080");
        assert_eq!(url(&[("host", "[::1]:80")], None, true), "http://[::1]:80");
        // HTTP/2 has no Host.
        assert_eq!(url(&[], Some("a.b:1"), false), "http://a.b:1");
    }

    #[test]
    fn a_host_is_a_host() {
        let refused = "Input should be a host name with an optional port";
        for host in ["", "a/b", "user@host", "a b", "a?b", "a#b", "a\"b"] {
            assert_eq!(url(&[("host", host)], None, false), refused, "{host}");
        }
        assert_eq!(url(&[], None, false), refused);
    }
}
