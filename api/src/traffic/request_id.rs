//! Names of requests, by which a user, a proxy and the log mean the same one.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that has it, in requests and answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header in which the reference's client names its requests (`remote_butler/server_models.py`).
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-butler-client-request-id");

/// Characters of a name that is taken over.
const MOST: usize = 128;

/// The name that a request has got already, by a proxy or by the client, else a new one. Names that would make a log hard to read are
/// not taken over.
pub fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte);
    let is_name = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=MOST).contains(&bytes.len()) && bytes.iter().all(is_fit)
    };
    let given = [REQUEST_ID, CLIENT_REQUEST_ID];
    let mut given = given.iter().filter_map(|name| headers.get(name));
    given.find(is_name).cloned().unwrap_or_else(|| {
        let new = Uuid::now_v7().to_string();
        // Digits and hyphens are always a value.
        HeaderValue::try_from(new).unwrap_or(HeaderValue::from_static("-"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &'static [u8]) -> HeaderValue {
        let id = HeaderValue::from_bytes(id).unwrap();
        request_id(&[(REQUEST_ID, id)].into_iter().collect())
    }

    #[test]
    fn good_names_stay_and_others_are_replaced() {
        for id in [
            "a",
            "Root=1-67891233-abcdef012345678912345678",
            "f4/x:y@z+1_2.3",
        ] {
            assert_eq!(named(id.as_bytes()), id);
        }
        let long = Box::leak(Box::new([b'a'; MOST + 1]));
        for id in [&b""[..], b"a b", b"a\"b", b"\xff", long] {
            let new = named(id).to_str().unwrap().to_owned();
            assert!(new.parse::<Uuid>().is_ok(), "{new}");
        }
        let both = [(CLIENT_REQUEST_ID, "client"), (REQUEST_ID, "proxy")];
        let both = both.map(|(name, id)| (name, HeaderValue::from_static(id)));
        let only: HeaderMap = both[..1].iter().cloned().collect();
        assert_eq!(request_id(&only), "client");
        assert_eq!(request_id(&both.into_iter().collect()), "proxy");
        let none = HeaderMap::new();
        assert_ne!(request_id(&none), request_id(&none));
    }
}
