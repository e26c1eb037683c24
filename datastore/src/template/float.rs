//! Floating-point values in templates, written as Python writes them.

use super::format_spec::FormatSpec;

/// Python's `repr(float)`: the shortest digits that read back, exponent form outside 1e-4..1e16.
pub(crate) fn repr(number: f64) -> String {
    if let Some(word) = not_finite(number) {
        return if number < 0.0 {
            format!("-{word}")
        } else {
            word.to_owned()
        };
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (digits, exponent) = split_scientific(&format!("{:e}", number.abs()));
    if !(-4..16).contains(&exponent) {
        return format!("{sign}{}", scientific(&digits, exponent));
    }
    let text = positional(&digits, exponent);
    let point = if text.contains('.') { "" } else { ".0" };
    format!("{sign}{text}{point}")
}

/// Python's `format(float, spec)` for a parsed, non-empty specification.
pub(crate) fn format(number: f64, spec: &FormatSpec) -> Result<String, String> {
    if spec.alternate {
        return Err("'#' in the format for a floating-point value".to_owned());
    }
    let upper = spec.kind.is_ascii_uppercase();
    let kind = if spec.kind == 'n' {
        'g'
    } else {
        spec.kind.to_ascii_lowercase()
    };
    if !"efg%\0".contains(kind) {
        return Err(format!(
            "format type '{}' for a floating-point value",
            spec.kind
        ));
    }
    let scaled = if kind == '%' { number * 100.0 } else { number };
    let mut body = match not_finite(scaled) {
        Some(word) => word.to_owned(),
        None => finite(scaled.abs(), kind, spec.precision),
    };
    let zero =
        !body.contains(|c: char| c.is_ascii_digit() && c != '0') && not_finite(scaled).is_none();
    if kind == '%' {
        body.push('%');
    }
    if upper {
        body.make_ascii_uppercase();
    }
    let negative =
        scaled.is_sign_negative() && !scaled.is_nan() && !(zero && spec.no_negative_zero);
    let lead = spec.sign_text(negative);
    let digits_end = body
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(body.len());
    let (whole, rest) = body.split_at(digits_end);
    let others = lead.len() + rest.len();
    let grouped = if whole.is_empty() {
        String::new()
    } else {
        spec.group(whole, others)
    };
    Ok(spec.pad(lead, &format!("{grouped}{rest}")))
}

fn not_finite(number: f64) -> Option<&'static str> {
    match number {
        n if n.is_nan() => Some("nan"),
        n if n.is_infinite() => Some("inf"),
        _ => None,
    }
}

fn finite(number: f64, kind: char, precision: Option<usize>) -> String {
    match (kind, precision) {
        ('f' | '%', _) => format!("{number:.*}", precision.unwrap_or(6)),
        ('e', _) => {
            let text = format!("{number:.*e}", precision.unwrap_or(6));
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            format!("{mantissa}{}", exponent_text(exponent.parse().unwrap_or(0)))
        }
        ('\0', None) => repr(number),
        (_, precision) => general(number, precision.unwrap_or(6).max(1), kind == '\0'),
    }
}

/// Form `g`: `significant` digits, trailing zeros removed. Without a type character (`dot`) there is always a
/// digit after the point, and the exponent form begins one digit earlier.
fn general(number: f64, significant: usize, dot: bool) -> String {
    let (digits, exponent) = split_scientific(&format!("{number:.*e}", significant - 1));
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        kept => kept,
    };
    let limit = i32::try_from(significant).unwrap_or(i32::MAX) - i32::from(dot);
    if exponent < -4 || exponent >= limit {
        return scientific(digits, exponent);
    }
    let text = positional(digits, exponent);
    if dot && !text.contains('.') {
        format!("{text}.0")
    } else {
        text
    }
}

fn split_scientific(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}{}", exponent_text(exponent))
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:02}", exponent.unsigned_abs())
}

fn positional(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    }
    let whole = usize::try_from(exponent).unwrap_or(0) + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}
