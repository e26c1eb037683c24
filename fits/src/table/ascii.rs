//! Values of ASCII tables.

use super::column::{Cells, Scaling};
use crate::number::{self, Number};

/// The values of a column from the bytes of its fields; `Err` is a field that holds no number.
pub(super) fn cells<'a>(
    fields: impl Iterator<Item = &'a [u8]>,
    code: u8,
    decimals: u32,
    scaling: &Scaling,
) -> Result<Cells, String> {
    let null = scaling.null_text.as_deref().map(str::trim);
    let is_null = |text: &str| null == Some(text.trim());
    let texts = fields.map(|field| String::from_utf8_lossy(field).into_owned());
    if code == b'A' {
        return Ok(Cells::Text(
            texts.map(|t| t.trim_end_matches(' ').to_owned()).collect(),
        ));
    }
    let zero = scaling.integer_zero().filter(|_| code == b'I');
    if let Some(zero) = zero {
        let value = |text: String| match is_null(&text) {
            true => Ok(None),
            false => integer(&text).map(|v| Some(i128::from(v) + zero)),
        };
        return texts
            .map(value)
            .collect::<Result<_, _>>()
            .map(Cells::Integer);
    }
    let value = |text: String| match is_null(&text) {
        true => Ok(f64::NAN),
        false => float(&text, if code == b'I' { 0 } else { decimals })
            .map(|v| v * scaling.scale + scaling.zero),
    };
    texts.map(value).collect::<Result<_, _>>().map(Cells::Float)
}

/// A blank field is zero.
fn integer(text: &str) -> Result<i64, String> {
    match number::leading(text.trim()) {
        None if text.trim().is_empty() => Ok(0),
        Some((Number::Integer(value), "")) => Ok(value),
        _ => Err(text.to_owned()),
    }
}

/// A number; if no point is written, `decimals` digits follow it.
fn float(text: &str, decimals: u32) -> Result<f64, String> {
    match number::leading(text.trim()) {
        None if text.trim().is_empty() => Ok(0.0),
        Some((Number::Float(value), "")) if text.contains('.') => Ok(value),
        Some((number, "")) => {
            let value = match number {
                Number::Integer(value) => value as f64,
                Number::Big(digits) => digits.parse().map_err(|_| text.to_owned())?,
                Number::Float(value) => value,
            };
            Ok(value / 10_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX)))
        }
        _ => Err(text.to_owned()),
    }
}
