//! Values of results as JSON text.

use std::io::Write as _;

use pantry_registry::query::execute::ResultValue;

/// Append a text in quotes.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    // Writing into memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// Append a value: bytes and regions are hexadecimal, times TAI nanoseconds, timespans pairs of them
/// (`lsst/daf/butler/pydantic_utils.py`, `column_spec.py`).
pub fn push_value(out: &mut Vec<u8>, value: &ResultValue) {
    // Writing into memory does not fail.
    let _ = match value {
        ResultValue::Null => out.write_all(b"null"),
        ResultValue::Int(v) => return push_int(out, *v),
        ResultValue::Float(v) => return push_float(out, *v),
        ResultValue::Bool(v) => write!(out, "{v}"),
        ResultValue::Text(v) => return push_text(out, v),
        ResultValue::Bytes(v) => return push_hex(out, v),
        ResultValue::Uuid(v) => {
            let mut buffer = uuid::Uuid::encode_buffer();
            let text = v.hyphenated().encode_lower(&mut buffer);
            out.push(b'"');
            out.extend_from_slice(text.as_bytes());
            out.write_all(b"\"")
        }
        ResultValue::Time(v) => return push_int(out, v.0),
        ResultValue::Timespan(v) => {
            let (begin, end) = v.ns();
            write!(out, "[{begin},{end}]")
        }
    };
}

/// Append an integer.
pub fn push_int(out: &mut Vec<u8>, value: i64) {
    let _ = serde_json::to_writer(out, &value);
}

/// What is not a finite number is `null`, as pydantic writes it.
fn push_float(out: &mut Vec<u8>, value: f64) {
    let _ = serde_json::to_writer(out, &value);
}

/// Append bytes as hexadecimal digits in quotes.
pub fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.reserve(2 * bytes.len() + 2);
    out.push(b'"');
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.extend(DIGITS.get(usize::from(digit)));
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: ResultValue) -> String {
        let mut out = Vec::new();
        push_value(&mut out, &value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_written_as_pydantic_writes_them() {
        // `pydantic_core.to_json` of the same Python values.
        assert_eq!(written(ResultValue::Float(300.0)), "300.0");
        assert_eq!(written(ResultValue::Float(f64::INFINITY)), "null");
        assert_eq!(written(ResultValue::Int(-5)), "-5");
        assert_eq!(written(ResultValue::Bool(true)), "true");
        assert_eq!(
            written(ResultValue::Text("a\"é\n".to_owned())),
            "\"a\\\"é\\n\""
        );
        assert_eq!(written(ResultValue::Bytes(vec![0x00, 0xaf])), "\"00af\"");
    }
}
