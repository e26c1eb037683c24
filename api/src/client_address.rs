//! The address that a request comes from, through proxies that are trusted.

use std::net::IpAddr;

use axum::http::{Extensions, HeaderMap};

use crate::auth::Authenticator;
use crate::listen::Peer;

/// Where proxies write who asked them, each at the end of what it got.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The nearest address that is not that of a trusted proxy; `None` only if nobody is at the other end, as in tests.
pub fn client_address(
    headers: &HeaderMap,
    extensions: &Extensions,
    auth: &Authenticator,
) -> Option<IpAddr> {
    let mut nearest = extensions.get::<Peer>()?.0.ip().to_canonical();
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let texts = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for text in texts {
        if !auth.trusts(Some(nearest)) {
            break;
        }
        match text.trim().parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    Some(nearest)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::auth::AuthSettings;

    #[test]
    fn only_trusted_proxies_say_who_asked_them() {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::1".parse().unwrap()];
        let auth = Authenticator::new(&AuthSettings::default(), &proxies).unwrap();
        for (peer, lines, expected) in [
            ("192.0.2.7:1", &["198.51.100.1"][..], "192.0.2.7"),
            ("10.0.0.1:1", &[], "10.0.0.1"),
            ("10.0.0.1:1", &["198.51.100.1"], "198.51.100.1"),
            ("[::ffff:10.0.0.1]:1", &["198.51.100.1"], "198.51.100.1"),
            // What the client itself sent is before what proxies have added.
            ("10.0.0.1:1", &["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1:1",
                &["203.0.113.9", "198.51.100.1, fd00::1"],
                "198.51.100.1",
            ),
            ("10.0.0.1:1", &["10.0.0.3,10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1:1", &["203.0.113.9, unknown"], "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
            }
            let mut extensions = Extensions::new();
            extensions.insert(Peer(peer.parse().unwrap()));
            let found = client_address(&headers, &extensions, &auth);
            assert_eq!(found, Some(expected.parse().unwrap()), "{peer} {lines:?}");
        }
        let nobody = client_address(&HeaderMap::new(), &Extensions::new(), &auth);
        assert_eq!(nobody, None);
    }
}
