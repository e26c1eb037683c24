//! Percent-encoding of paths, as Python's `urllib.parse.quote` and `unquote`.

use std::borrow::Cow;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Encode everything but letters, digits and `_.-~/`.
pub(crate) fn quote(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    Cow::Owned(out)
}

/// Decode `%XX` (either case); bytes that are no UTF-8 become U+FFFD, and a lone `%` stays.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = (
            bytes.get(at + 1).copied().and_then(hex),
            bytes.get(at + 2).copied().and_then(hex),
        );
        if let (b'%', (Some(high), Some(low))) = (byte, pair) {
            out.push(high << 4 | low);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// Whether `text` has an upper-case escape, by which the reference takes it as already encoded.
pub(crate) fn has_escapes(text: &str) -> bool {
    let upper = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    text.as_bytes()
        .windows(3)
        .any(|w| w[0] == b'%' && upper(&w[1]) && upper(&w[2]))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte)
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Expected values: urllib.parse of CPython 3.11.
    #[test]
    fn agrees_with_urllib() {
        assert_eq!(quote("a b#ü/~%?"), "a%20b%23%C3%BC/~%25%3F");
        assert_eq!(unquote("%41%zz%2fb%C3%28%"), "A%zz/b\u{fffd}(%");
        assert!(has_escapes("a%20b") && !has_escapes("a%2fb"));
    }

    proptest! {
        #[test]
        fn unquoting_undoes_quoting(text in ".*") {
            let quoted = quote(&text);
            prop_assert_eq!(unquote(&quoted), text.as_str());
        }
    }
}
