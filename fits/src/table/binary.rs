//! Values of binary tables.

use super::column::{Cells, Scaling};
use super::format::BinaryFormat;

/// The values of a column from the bytes of its fields.
pub(super) fn cells<'a>(
    fields: impl Iterator<Item = &'a [u8]>,
    format: BinaryFormat,
    scaling: &Scaling,
) -> Cells {
    match format.code {
        b'L' => Cells::Logical(fields.map(logical).collect()),
        b'A' => Cells::Text(fields.map(text).collect()),
        b'E' | b'D' => {
            let scaled = |field| float(field) * scaling.scale + scaling.zero;
            Cells::Float(fields.map(scaled).collect())
        }
        code => integers(fields.map(|field| integer(field, code)), scaling),
    }
}

/// Whether there is one value in a field of this format.
pub(super) fn is_scalar(format: BinaryFormat) -> bool {
    format.code == b'A' || (format.repeat == 1 && b"LBIJKED".contains(&format.code))
}

fn integers(values: impl Iterator<Item = i64>, scaling: &Scaling) -> Cells {
    let is_null = |value: i64| scaling.null == Some(value);
    match scaling.integer_zero() {
        Some(zero) => {
            let shifted = |v: i64| (!is_null(v)).then_some(i128::from(v) + zero);
            Cells::Integer(values.map(shifted).collect())
        }
        None => {
            let scaled = |v: i64| match is_null(v) {
                true => f64::NAN,
                false => v as f64 * scaling.scale + scaling.zero,
            };
            Cells::Float(values.map(scaled).collect())
        }
    }
}

fn logical(field: &[u8]) -> Option<bool> {
    match field.first() {
        Some(b'T') => Some(true),
        Some(b'F') => Some(false),
        _ => None,
    }
}

/// Up to the first NUL, without the blanks at the end.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    let text = String::from_utf8_lossy(&field[..end]);
    text.trim_end_matches(' ').to_owned()
}

fn float(field: &[u8]) -> f64 {
    match field {
        [a, b, c, d] => f64::from(f32::from_be_bytes([*a, *b, *c, *d])),
        _ => f64::from_bits(bits(field)),
    }
}

fn integer(field: &[u8], code: u8) -> i64 {
    let bits = bits(field);
    match code {
        // The only integer without a sign.
        b'B' => (bits & 0xff) as i64,
        b'I' => i64::from(bits as u16 as i16),
        b'J' => i64::from(bits as u32 as i32),
        _ => bits as i64,
    }
}

/// Up to eight bytes, the most significant first.
fn bits(field: &[u8]) -> u64 {
    field
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
