//! `Content-Disposition`: the name under which a file is saved (RFC 6266).

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 8187 lets stand as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The value for a file of this name.
pub fn disposition(name: &str) -> HeaderValue {
    let is_plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%');
    let plain: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        let encoded = utf8_percent_encode(name, ENCODED);
        value.push_str(&format!("; filename*=UTF-8''{encoded}"));
    }
    // Only printable ASCII is left, which is always a value.
    HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_quoted_or_encoded() {
        for (name, expected) in [
            ("a b.fits", "attachment; filename=\"a b.fits\""),
            // RFC 8187, 3.2.3.
            (
                "€ rates",
                "attachment; filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates",
            ),
            (
                "a\"\r\n.fits",
                "attachment; filename=\"a___.fits\"; filename*=UTF-8''a%22%0D%0A.fits",
            ),
        ] {
            assert_eq!(disposition(name), expected);
        }
    }

    proptest! {
        #[test]
        fn every_name_has_a_value(name in ".*") {
            prop_assert!(disposition(&name).to_str().is_ok_and(|v| v.starts_with("attachment; ")));
        }
    }
}
