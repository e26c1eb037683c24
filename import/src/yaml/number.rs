//! Numbers as YAML 1.1 writes them, with PyYAML's patterns and conversions.

use compact_str::CompactString;

use super::node::Node;

/// Python refuses decimal integers with more digits.
const PYTHON_DIGITS: usize = 4300;

/// Whether a plain scalar is an integer (`0b101`, `0777`, `1_000`, `0xff`, `1:30`).
pub(super) fn looks_like_int(text: &str) -> bool {
    let digits = unsigned(text).as_bytes();
    let all = |tail: &[u8], fits: fn(u8) -> bool| {
        !tail.is_empty() && tail.iter().all(|b| *b == b'_' || fits(*b))
    };
    match digits {
        [b'0', b'b', tail @ ..] if all(tail, |b| matches!(b, b'0' | b'1')) => true,
        [b'0', b'x', tail @ ..] if all(tail, |b| b.is_ascii_hexdigit()) => true,
        [b'0'] => true,
        [b'0', tail @ ..] => all(tail, |b| matches!(b, b'0'..=b'7')),
        [b'1'..=b'9', ..] => {
            let end = decimal_length(digits);
            end == digits.len() || is_sexagesimal(&digits[end..])
        }
        _ => false,
    }
}

/// Whether a plain scalar is a floating point number (`1.5e+3`, `.5`, `1:30.5`, `-.inf`); `1e5` is not.
pub(super) fn looks_like_float(text: &str) -> bool {
    let body = unsigned(text);
    let signed = body.len() < text.len();
    let digits = body.as_bytes();
    if matches!(body, ".inf" | ".Inf" | ".INF")
        || (!signed && matches!(body, ".nan" | ".NaN" | ".NAN"))
    {
        return true;
    }
    match digits {
        [b'.', b'0'..=b'9', ..] if !signed => {
            is_exponent_or_end(&digits[1 + decimal_length(&digits[1..])..])
        }
        [b'0'..=b'9', ..] => {
            let end = decimal_length(digits);
            match digits.get(end) {
                Some(b'.') => {
                    is_exponent_or_end(&digits[end + 1 + decimal_length(&digits[end + 1..])..])
                }
                Some(b':') => {
                    let minutes = digits[end..]
                        .iter()
                        .position(|b| *b == b'.')
                        .map(|dot| (end, end + dot));
                    minutes.is_some_and(|(from, dot)| {
                        let tail = &digits[dot + 1..];
                        is_sexagesimal(&digits[from..dot]) && decimal_length(tail) == tail.len()
                    })
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// The integer of a text that looks like one or is tagged `!!int`.
pub(super) fn int(text: &str) -> Result<Node, String> {
    // By far the most: a few plain digits.
    if text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
    {
        return text
            .parse()
            .map(Node::Int)
            .map_err(|_| invalid("an integer", text));
    }
    let cleaned = text.replace('_', "");
    let negative = cleaned.starts_with('-');
    let digits = cleaned.strip_prefix(['+', '-']).unwrap_or(&cleaned);
    if let Some(binary) = digits.strip_prefix("0b") {
        return from_radix(text, binary, 2, negative);
    }
    if let Some(hexadecimal) = digits.strip_prefix("0x") {
        return from_radix(text, hexadecimal, 16, negative);
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return from_radix(text, digits, 8, negative);
    }
    if digits.contains(':') {
        return sexagesimal_int(text, digits, negative);
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid("an integer", text));
    }
    if digits.len() > PYTHON_DIGITS {
        return Err(format!("an integer has more than {PYTHON_DIGITS} digits"));
    }
    let sign = if negative { "-" } else { "" };
    let decimal = format!("{sign}{digits}");
    Ok(decimal
        .parse()
        .map_or_else(|_| Node::BigInt(CompactString::from(&decimal)), Node::Int))
}

/// The number of a text that looks like one or is tagged `!!float`.
pub(super) fn float(text: &str) -> Result<f64, String> {
    let cleaned = text.replace('_', "").to_ascii_lowercase();
    let (sign, digits) = match cleaned.as_bytes().first() {
        Some(b'-') => (-1.0, &cleaned[1..]),
        Some(b'+') => (1.0, &cleaned[1..]),
        _ => (1.0, cleaned.as_str()),
    };
    let parse = |part: &str| {
        part.parse::<f64>()
            .map_err(|_| invalid("a floating point number", text))
    };
    let value = match digits {
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ if digits.contains(':') => {
            let mut value = 0.0;
            let mut base = 1.0;
            for part in digits.rsplit(':') {
                value += parse(part)? * base;
                base *= 60.0;
            }
            value
        }
        _ => parse(digits)?,
    };
    Ok(sign * value)
}

fn from_radix(text: &str, digits: &str, radix: u32, negative: bool) -> Result<Node, String> {
    let value = i128::from_str_radix(digits, radix)
        .ok()
        .filter(|_| !digits.starts_with(['+', '-']));
    value
        .map(|value| integer(if negative { -value } else { value }))
        .ok_or_else(|| invalid("an integer", text))
}

fn sexagesimal_int(text: &str, digits: &str, negative: bool) -> Result<Node, String> {
    let mut value: i128 = 0;
    for part in digits.split(':') {
        let digit = part.parse::<u64>().ok().filter(|_| !part.starts_with('+'));
        let sum = digit.and_then(|digit| value.checked_mul(60)?.checked_add(i128::from(digit)));
        value = sum.ok_or_else(|| invalid("an integer", text))?;
    }
    Ok(integer(if negative { -value } else { value }))
}

fn integer(value: i128) -> Node {
    i64::try_from(value).map_or_else(
        |_| Node::BigInt(CompactString::from(value.to_string())),
        Node::Int,
    )
}

fn invalid(wanted: &str, text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("{short:?} is not {wanted}, or is too large")
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Number of digits and underscores at the start.
fn decimal_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'_')
        .count()
}

/// One or more of `:`, then one digit or two digits under 60.
fn is_sexagesimal(bytes: &[u8]) -> bool {
    bytes.starts_with(b":")
        && bytes[1..]
            .split(|byte| *byte == b':')
            .all(|part| match part {
                [digit] => digit.is_ascii_digit(),
                [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
                _ => false,
            })
}

/// Nothing, or an exponent with its sign.
fn is_exponent_or_end(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [b'e' | b'E', b'+' | b'-', digits @ ..] => {
            !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}
