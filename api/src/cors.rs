//! Pages of other origins that may ask this server from a browser (CORS).

use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser remembers what is allowed.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// Where pages come from that may ask this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// From anywhere.
    Any,
    /// From one scheme, host and port.
    One(HeaderValue),
}

impl FromStr for Origin {
    type Err = String;

    /// `*`, or as browsers write it: `https://portal.example.org`, `http://localhost:8888`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let is_origin = |uri: &Uri| {
            let whole = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
            (whole == text && !text.contains('@') && text == text.to_ascii_lowercase())
                .then_some(())
        };
        let uri = text.parse().ok();
        match (
            uri.as_ref().and_then(is_origin),
            HeaderValue::from_str(text),
        ) {
            (Some(()), Ok(value)) => Ok(Self::One(value)),
            _ => Err(format!(
                "'{text}' is no origin; write one like https://portal.example.org or http://localhost:8888 (without a \
                 slash at its end, in lower case), or '*' for all"
            )),
        }
    }
}

/// What tells browsers that pages of these origins may ask, and see what they are answered. Nothing that a browser keeps, such
/// as cookies, counts here: who asks sends a token.
pub fn cors(origins: &[Origin]) -> CorsLayer {
    let one = |origin: &Origin| match origin {
        Origin::Any => None,
        Origin::One(value) => Some(value.clone()),
    };
    let named: Option<Vec<HeaderValue>> = origins.iter().map(one).collect();
    let allowed = named.map_or_else(AllowOrigin::any, AllowOrigin::list);
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::RANGE,
            header::IF_RANGE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_UNMODIFIED_SINCE,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-butler-client-request-id"),
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(REMEMBERED)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderMap, Request};

    use super::*;
    use crate::test_site::{OTHER, Site};

    #[test]
    fn origins_are_as_browsers_write_them() {
        for text in [
            "https://portal.example.org",
            "http://localhost:8888",
            "http://[::1]:80",
        ] {
            let origin = Origin::One(HeaderValue::from_static(text));
            assert_eq!(text.parse(), Ok(origin));
        }
        assert_eq!("*".parse(), Ok(Origin::Any));
        for text in [
            "",
            "portal.example.org",
            "https://",
            "https://a/",
            "https://a/b",
            "https://a b",
            "https://A",
            "https://u@a",
            "https://a?b",
            "null",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    /// The headers of the answer to a question from a page of an origin.
    fn answered(origins: &[&str], method: &str, origin: &str) -> (u16, HeaderMap) {
        let site = Site::with(|settings| {
            settings.cors = origins.iter().map(|o| o.parse().unwrap()).collect();
        });
        let request = Request::builder().method(method);
        let request = request.uri("/api/butler/repo/survey/v1/universe");
        let request = request.header("origin", origin);
        let request = request.header("access-control-request-method", "GET");
        let request = request.header("access-control-request-headers", "authorization");
        let response = site.respond(OTHER, request.body(Body::empty()).unwrap());
        (response.status().as_u16(), response.headers().clone())
    }

    #[test]
    fn browsers_are_told_who_may_ask() {
        let (here, there) = ("https://portal.example.org", "https://evil.example.org");
        let allowed = |headers: &HeaderMap| {
            let allowed = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
            Some(allowed.to_str().unwrap().to_owned())
        };
        // The browser asks first without a token, and then the page.
        let (status, headers) = answered(&[here, "http://localhost:1"], "OPTIONS", here);
        assert_eq!((status, allowed(&headers).as_deref()), (200, Some(here)));
        let may_send = headers[header::ACCESS_CONTROL_ALLOW_HEADERS]
            .to_str()
            .unwrap();
        assert!(
            may_send.split(',').any(|name| name == "authorization"),
            "{may_send}"
        );
        let (status, headers) = answered(&[here], "GET", here);
        assert_eq!((status, allowed(&headers).as_deref()), (401, Some(here)));
        assert!(headers.contains_key(header::ACCESS_CONTROL_EXPOSE_HEADERS));
        for method in ["OPTIONS", "GET"] {
            assert_eq!(allowed(&answered(&[here], method, there).1), None);
            assert_eq!(allowed(&answered(&[], method, here).1), None);
            let (_, headers) = answered(&[here, "*"], method, there);
            assert_eq!(allowed(&headers).as_deref(), Some("*"));
        }
    }
}
