//! Formatting one field value: conversion character, then format specification.

use super::fields::FieldValue;
use super::float::{self, repr};
use super::format_spec::FormatSpec;

/// Write `value` as Python's `format(value, spec)` does; the error says what does not fit.
pub(crate) fn format_value(value: &FieldValue<'_>, spec: &str) -> Result<String, String> {
    if spec.is_empty() {
        return Ok(plain(value));
    }
    match value {
        FieldValue::Text(text) => format_text(text, spec),
        FieldValue::Int(number) => format_int(*number, spec),
        FieldValue::Bool(flag) => format_int(i64::from(*flag), spec),
        FieldValue::Float(number) => {
            let parsed = FormatSpec::parse(spec, '>', '\0')?;
            float::format(*number, &parsed)
        }
        FieldValue::Object(_) => Err(format!(
            "a value without number or text takes no format '{spec}'"
        )),
    }
}

/// Apply `!s`, `!r` or `!a`; the result is text whatever the value was.
pub(crate) fn convert_value(
    value: &FieldValue<'_>,
    conversion: char,
) -> Result<FieldValue<'static>, String> {
    let text = match (conversion, value) {
        ('s', _) => plain(value),
        ('r' | 'a', FieldValue::Text(text)) => quoted(text)?,
        ('r' | 'a', FieldValue::Object(_)) => {
            return Err(format!("conversion '!{conversion}' of this value"));
        }
        ('r' | 'a', _) => plain(value),
        _ => return Err(format!("unknown conversion '!{conversion}'")),
    };
    Ok(FieldValue::Text(text.into()))
}

fn plain(value: &FieldValue<'_>) -> String {
    match value {
        FieldValue::Int(number) => number.to_string(),
        FieldValue::Text(text) | FieldValue::Object(text) => text.to_string(),
        FieldValue::Float(number) => repr(*number),
        FieldValue::Bool(true) => "True".to_owned(),
        FieldValue::Bool(false) => "False".to_owned(),
    }
}

/// Python's `repr` of a printable ASCII string. Which other characters it escapes depends on its Unicode
/// tables, so those are refused.
fn quoted(text: &str) -> Result<String, String> {
    if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return Err("conversion '!r' of text outside printable ASCII".to_owned());
    }
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        if c == '\\' || c == quote {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(quote);
    Ok(out)
}

fn format_text(text: &str, spec: &str) -> Result<String, String> {
    let spec = FormatSpec::parse(spec, '<', 's')?;
    if spec.kind != 's' || spec.align == '=' {
        return Err("a number format for text".to_owned());
    }
    if spec.sign.is_some() || spec.no_negative_zero || spec.alternate {
        return Err("a sign or '#' in the format for text".to_owned());
    }
    let kept: String = match spec.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    Ok(spec.pad("", &kept))
}

fn format_int(number: i64, spec: &str) -> Result<String, String> {
    let spec = FormatSpec::parse(spec, '>', 'd')?;
    if "eEfFgG%".contains(spec.kind) {
        // Python converts to a double here as well, so digits beyond 2^53 are lost in both.
        return float::format(number as f64, &spec);
    }
    if spec.precision.is_some() || spec.no_negative_zero {
        return Err("a precision in the format for an integer".to_owned());
    }
    let magnitude = number.unsigned_abs();
    let (digits, prefix) = match spec.kind {
        'd' | 'n' => (magnitude.to_string(), ""),
        'b' => (format!("{magnitude:b}"), "0b"),
        'o' => (format!("{magnitude:o}"), "0o"),
        'x' => (format!("{magnitude:x}"), "0x"),
        'X' => (format!("{magnitude:X}"), "0X"),
        'c' => return format_character(number, &spec),
        other => return Err(format!("format type '{other}' for an integer")),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let lead = format!("{}{prefix}", spec.sign_text(number < 0));
    let digits = spec.group(&digits, lead.chars().count());
    Ok(spec.pad(&lead, &digits))
}

fn format_character(number: i64, spec: &FormatSpec) -> Result<String, String> {
    let character = u32::try_from(number).ok().and_then(char::from_u32);
    match character {
        Some(c) if spec.sign.is_none() && !spec.alternate => Ok(spec.pad("", &c.to_string())),
        _ => Err("format type 'c' for this integer".to_owned()),
    }
}
