//! Plain scalars as PyYAML reads them (YAML 1.1): which text is a number, a boolean, a date.

use std::sync::Arc;

use super::super::timestamp::Timestamp;
use super::super::value::Value;

/// Why a scalar has no value.
pub(super) type ScalarError = String;

/// The value of an unquoted, untagged scalar.
pub(super) fn resolve(text: &str) -> Result<Value, ScalarError> {
    if matches!(text, "=" | "<<") {
        return Err(format!(
            "'{text}' has a meaning of its own; quote it if it is text"
        ));
    }
    if is_null(text) {
        return Ok(Value::Null);
    }
    if let Some(b) = boolean(text) {
        return Ok(Value::Bool(b));
    }
    if is_float(text) {
        return Ok(Value::Float(float(text)));
    }
    if is_int(text) {
        return int(text).map(Value::Int);
    }
    if let Some(timestamp) = Timestamp::parse(text) {
        return timestamp.map(|t| Value::Timestamp(Arc::new(t)));
    }
    Ok(Value::str(text))
}

/// The value of a scalar with an explicit core tag (`!!int "3"`), by the tag's last part.
pub(super) fn tagged(tag: &str, text: &str) -> Result<Value, ScalarError> {
    let wrong = || format!("'{text}' cannot be read as !!{tag}");
    match tag {
        "str" => Ok(Value::str(text)),
        "null" => Ok(Value::Null),
        "bool" => boolean(text).map(Value::Bool).ok_or_else(wrong),
        "int" if is_int(text) => int(text).map(Value::Int),
        "float" if is_float(text) || is_int(text) => Ok(Value::Float(float(text))),
        "timestamp" => match Timestamp::parse(text) {
            Some(timestamp) => timestamp.map(|t| Value::Timestamp(Arc::new(t))),
            None => Err(wrong()),
        },
        "int" | "float" => Err(wrong()),
        _ => Err(format!(
            "the tag !!{tag} is not supported in a configuration"
        )),
    }
}

/// Whether a text, written plain, would be read as something else than text.
pub(super) fn is_plain_text(text: &str) -> bool {
    !(text == "="
        || text == "<<"
        || is_null(text)
        || boolean(text).is_some()
        || is_float(text)
        || is_int(text)
        || Timestamp::parse(text).is_some())
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(allowed)
}

fn digits_or_underscores(text: &str) -> bool {
    all(text, |b| b.is_ascii_digit() || b == b'_')
}

fn starts_with_digit(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_digit())
}

/// Parts after the first of a base-60 number: one or two digits below 60.
fn is_sexagesimal_part(part: &str) -> bool {
    match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [ten, digit] => (b'0'..=b'5').contains(ten) && digit.is_ascii_digit(),
        _ => false,
    }
}

fn is_int(text: &str) -> bool {
    let body = unsigned(text);
    if let Some(binary) = body.strip_prefix("0b") {
        return !binary.is_empty() && all(binary, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = body.strip_prefix("0x") {
        return !hex.is_empty() && all(hex, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    if let Some(octal) = body.strip_prefix('0') {
        return all(octal, |b| (b'0'..=b'7').contains(&b) || b == b'_');
    }
    let mut parts = body.split(':');
    let head = parts.next().unwrap_or("");
    starts_with_digit(head) && digits_or_underscores(head) && parts.all(is_sexagesimal_part)
}

fn int(text: &str) -> Result<i128, ScalarError> {
    let clean = text.replace('_', "");
    let negative = clean.starts_with('-');
    let body = unsigned(&clean);
    let magnitude = if let Some(binary) = body.strip_prefix("0b") {
        i128::from_str_radix(binary, 2).ok()
    } else if let Some(hex) = body.strip_prefix("0x") {
        i128::from_str_radix(hex, 16).ok()
    } else if body.len() > 1 && body.starts_with('0') {
        i128::from_str_radix(body, 8).ok()
    } else {
        body.split(':').try_fold(0i128, |total, part| {
            total.checked_mul(60)?.checked_add(part.parse().ok()?)
        })
    };
    let magnitude = magnitude.ok_or_else(|| format!("'{text}' is not a number that fits"))?;
    Ok(if negative { -magnitude } else { magnitude })
}

fn is_exponent(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return false;
    };
    // YAML 1.1 wants a sign: `1.5e3` is text.
    rest.strip_prefix(['-', '+'])
        .is_some_and(|d| !d.is_empty() && all(d, |b| b.is_ascii_digit()))
}

/// `digits[exponent]`, the digits possibly empty.
fn is_fraction(text: &str) -> bool {
    let end = text.find(['e', 'E']).unwrap_or(text.len());
    let (digits, exponent) = text.split_at(end);
    digits_or_underscores(digits) && (exponent.is_empty() || is_exponent(exponent))
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let Some((whole, fraction)) = body.split_once('.') else {
        return false;
    };
    if whole.is_empty() {
        // No sign before a bare point.
        return text.starts_with('.') && starts_with_digit(fraction) && is_fraction(fraction);
    }
    if whole.contains(':') {
        let mut parts = whole.split(':');
        let head = parts.next().unwrap_or("");
        return starts_with_digit(head)
            && digits_or_underscores(head)
            && parts.all(is_sexagesimal_part)
            && digits_or_underscores(fraction);
    }
    starts_with_digit(whole) && digits_or_underscores(whole) && is_fraction(fraction)
}

fn float(text: &str) -> f64 {
    let clean = text.replace('_', "").to_lowercase();
    let sign = if clean.starts_with('-') { -1.0 } else { 1.0 };
    let body = unsigned(&clean);
    match body {
        ".inf" => sign * f64::INFINITY,
        ".nan" => f64::NAN,
        _ => {
            let parts = body.split(':').map(|p| p.parse::<f64>().unwrap_or(0.0));
            sign * parts.fold(0.0, |total, part| total * 60.0 + part)
        }
    }
}
