//! One cell of a result, with its native type.
use std::borrow::Cow;

use pantry_registry::model::time::TaiNs;
use serde_json::{Number, Value as Json};

/// A cell. Texts may be borrowed from where the row was read, so that rows can be streamed without copies.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// No value: Python's `None`, JSON's `null`, an empty CSV field.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A real number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes: lower-case hex in the text formats.
    Bytes(Cow<'a, [u8]>),
    /// A time: in the text formats TAI to the nanosecond, as `2014-03-25T05:30:00.000000000`.
    Time(TaiNs),
    /// A list, such as the dimensions of a dataset type: an array in JSON, in CSV the text of that array.
    List(Vec<Value<'a>>),
}

impl Value<'_> {
    /// The value without what it borrows.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Int(value) => Value::Int(value),
            Value::Float(value) => Value::Float(value),
            Value::Text(value) => Value::Text(Cow::Owned(value.into_owned())),
            Value::Bytes(value) => Value::Bytes(Cow::Owned(value.into_owned())),
            Value::Time(value) => Value::Time(value),
            Value::List(values) => Value::List(values.into_iter().map(Value::into_owned).collect()),
        }
    }

    /// Python's `repr` of the value, as it is in lists.
    pub fn repr(&self) -> String {
        python_repr(self)
    }

    /// The value in JSON. NaN and the infinities, which JSON lacks, become null.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::from(*value),
            Value::Int(value) => Json::from(*value),
            Value::Float(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
            Value::Text(value) => Json::from(value.as_ref()),
            Value::Bytes(value) => Json::from(hex(value)),
            Value::Time(value) => Json::from(value.written('T', 9)),
            Value::List(values) => Json::Array(values.iter().map(Value::to_json).collect()),
        }
    }

    /// The text of a CSV field.
    pub fn to_csv(&self) -> Cow<'_, str> {
        match self {
            Value::Null => Cow::Borrowed(""),
            Value::Text(value) => Cow::Borrowed(value),
            Value::Bytes(value) => Cow::Owned(hex(value)),
            Value::Time(value) => Cow::Owned(value.written('T', 9)),
            Value::Float(value) => Cow::Owned(python_float(*value)),
            Value::Bool(_) | Value::Int(_) | Value::List(_) => {
                Cow::Owned(self.to_json().to_string())
            }
        }
    }

    /// The text in a table: what Python's `str` makes of the value in an astropy column.
    pub fn to_cell(&self) -> Cow<'_, str> {
        match self {
            Value::Null => Cow::Borrowed("None"),
            Value::Bool(true) => Cow::Borrowed("True"),
            Value::Bool(false) => Cow::Borrowed("False"),
            Value::Int(value) => Cow::Owned(value.to_string()),
            Value::Float(value) => Cow::Owned(python_float(*value)),
            Value::Text(value) => Cow::Borrowed(value),
            Value::Bytes(value) => String::from_utf8_lossy(value),
            Value::Time(value) => Cow::Owned(value.written('T', 9)),
            Value::List(values) => {
                let items: Vec<_> = values.iter().map(python_repr).collect();
                Cow::Owned(format!("[{}]", items.join(", ")))
            }
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Value::Text(Cow::Owned(value))
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Float(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<'a, T: Into<Value<'a>>> FromIterator<T> for Value<'a> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Python's `repr` of a float: shortest digits that read back, exponent below 1e-4 and from 1e16.
fn python_float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if value != 0.0 && !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{value:?}"),
    }
}

/// Python's `repr` of an item of a list. Unprintable characters outside ASCII are left as they are.
fn python_repr(value: &Value<'_>) -> String {
    let Value::Text(text) = value else {
        return value.to_cell().into_owned();
    };
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut repr = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => repr.push_str("\\\\"),
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            c if c == quote => repr.extend(['\\', c]),
            c if c.is_ascii_control() => repr.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => repr.push(c),
        }
    }
    repr.push(quote);
    repr
}
