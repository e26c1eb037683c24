//! Numbers as FITS writes them in headers and ASCII tables.

/// A number of a header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Number {
    /// Without point and exponent, of 64 bits.
    Integer(i64),
    /// Without point and exponent, in decimal, of more bits.
    Big(String),
    /// With point or exponent.
    Float(f64),
}

/// The number at the beginning of `text`, and what follows it. Blanks may follow the sign and stand around the exponent's
/// letter, which may be D; IEEE's special values do not exist here.
pub(crate) fn leading(text: &str) -> Option<(Number, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut written = String::new();
    if let Some(sign @ (b'+' | b'-')) = bytes.first() {
        written.extend((*sign == b'-').then_some('-'));
        at = skip_blanks(bytes, 1);
    }
    let whole = digits(bytes, at);
    written.push_str(&text[at..whole]);
    let (mut end, mut is_float) = (whole, false);
    if bytes.get(whole) == Some(&b'.') {
        let fraction = digits(bytes, whole + 1);
        if whole == at && fraction == whole + 1 {
            return None;
        }
        written.push_str(&text[whole..fraction]);
        (end, is_float) = (fraction, true);
    } else if whole == at {
        return None;
    }
    if let Some((exponent, after)) = exponent(text, end) {
        written.push('e');
        written.push_str(&exponent);
        (end, is_float) = (after, true);
    }
    let number = match is_float {
        true => Number::Float(written.parse().ok()?),
        false => written
            .parse()
            .map_or(Number::Big(written), Number::Integer),
    };
    Some((number, &text[end..]))
}

/// The exponent after a mantissa that ends at `at`, and where it ends.
fn exponent(text: &str, at: usize) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let letter = skip_blanks(bytes, at);
    if !matches!(bytes.get(letter)?, b'e' | b'E' | b'd' | b'D') {
        return None;
    }
    let mut first = skip_blanks(bytes, letter + 1);
    let mut exponent = String::new();
    if let Some(sign @ (b'+' | b'-')) = bytes.get(first) {
        exponent.extend((*sign == b'-').then_some('-'));
        first = skip_blanks(bytes, first + 1);
    }
    let end = digits(bytes, first);
    exponent.push_str(&text[first..end]);
    (end > first).then_some((exponent, end))
}

fn digits(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|b| **b == b' ').count()
}
