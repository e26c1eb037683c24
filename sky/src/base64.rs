//! Base64 with the standard alphabet and padding.

use crate::error::SkyError;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = ALPHABET[(group >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { digit.into() } else { '=' });
        }
    }
    out
}

/// Decodes padded base64. Unused bits in the last group are ignored, as in the reference (`sphgeom/base64.hpp`).
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, SkyError> {
    let (groups, rest) = text.as_bytes().as_chunks::<4>();
    if !rest.is_empty() {
        return Err(SkyError::Text(format!(
            "base64 text has {} characters, not a multiple of 4",
            text.len()
        )));
    }
    let mut out = Vec::with_capacity(groups.len() * 3);
    for (i, group) in groups.iter().enumerate() {
        let digits = match group {
            [_, _, b'=', b'='] if i + 1 == groups.len() => &group[..2],
            [_, _, _, b'='] if i + 1 == groups.len() => &group[..3],
            _ => &group[..],
        };
        let mut value = 0u32;
        for c in digits {
            value = value << 6 | digit(*c)?;
        }
        value <<= 6 * (4 - digits.len());
        out.extend_from_slice(&value.to_be_bytes()[1..digits.len()]);
    }
    Ok(out)
}

fn digit(c: u8) -> Result<u32, SkyError> {
    Ok(u32::from(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => {
            return Err(SkyError::Text(format!(
                "invalid base64 character {:?}",
                c as char
            )));
        }
    }))
}
