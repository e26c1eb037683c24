//! Bytes written as text.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64 as Python's `base64.decodebytes` reads it: characters outside the alphabet do not count.
pub(super) fn decode(text: &str) -> Result<Box<[u8]>, String> {
    if !text.is_ascii() {
        return Err("!!binary must be base64, which is ASCII".to_owned());
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let clean: Vec<u8> = text.bytes().filter(is_base64).collect();
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    GeneralPurpose::new(&base64::alphabet::STANDARD, config)
        .decode(clean)
        .map(Vec::into_boxed_slice)
        .map_err(|error| format!("!!binary is not base64: {error}"))
}

/// Marks bytes that are no hexadecimal digit.
const NO_DIGIT: u8 = 0xff;

/// Value of each hexadecimal digit.
const DIGITS: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        let lower = b"0123456789abcdef"[value];
        table[lower as usize] = value as u8;
        table[lower.to_ascii_uppercase() as usize] = value as u8;
        value += 1;
    }
    table
};

/// Hexadecimal as Python's `bytes.fromhex` reads it: pairs of digits, blanks between pairs.
pub(super) fn decode_hex(text: &str) -> Result<Box<[u8]>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    let mut bad = !odd.is_empty();
    for [high, low] in pairs {
        let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
        bad |= (high | low) > 0xf;
        bytes.push(high << 4 | low);
    }
    if bad {
        decode_spaced_hex(text)
    } else {
        Ok(bytes.into_boxed_slice())
    }
}

fn decode_spaced_hex(text: &str) -> Result<Box<[u8]>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for run in text.split([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']) {
        let (pairs, odd) = run.as_bytes().as_chunks::<2>();
        for [high, low] in pairs {
            let (high, low) = (DIGITS[usize::from(*high)], DIGITS[usize::from(*low)]);
            if (high | low) > 0xf {
                return Err("`encoded` is not hexadecimal".to_owned());
            }
            bytes.push(high << 4 | low);
        }
        if !odd.is_empty() {
            return Err("`encoded` ends in the middle of a byte; is the file damaged?".to_owned());
        }
    }
    Ok(bytes.into_boxed_slice())
}
