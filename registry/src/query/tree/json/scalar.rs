//! Numbers, texts and truth values as pydantic's lax mode takes them.

use serde_json::Value;
use uuid::Uuid;

use super::node::Node;
use crate::query::QueryError;

impl<'a> Node<'a> {
    /// A text.
    pub(super) fn text(&self) -> Result<&'a str, QueryError> {
        self.value.as_str().ok_or_else(|| self.expected("a text"))
    }

    /// An integer; also a float without fraction, a truth value, or a text of digits.
    pub(super) fn int(&self) -> Result<i64, QueryError> {
        let found = match self.value {
            Value::Number(n) => n.as_i64().or_else(|| n.as_f64().and_then(whole)),
            Value::Bool(b) => Some(i64::from(*b)),
            Value::String(text) => int_of_text(text),
            _ => None,
        };
        found.ok_or_else(|| self.expected("an integer of 64 bits"))
    }

    /// An integer or null.
    pub(super) fn int_or_null(&self) -> Result<Option<i64>, QueryError> {
        match self.value {
            Value::Null => Ok(None),
            _ => self.int().map(Some),
        }
    }

    /// A number; also a truth value or a text of one.
    pub(super) fn float(&self) -> Result<f64, QueryError> {
        let found = match self.value {
            Value::Number(n) => n.as_f64(),
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        found.ok_or_else(|| self.expected("a number"))
    }

    /// A truth value; also 0, 1 and words for them.
    pub(super) fn bool(&self) -> Result<bool, QueryError> {
        let found = match self.value {
            Value::Bool(b) => Some(*b),
            Value::Number(n) => match n.as_f64() {
                Some(0.0) => Some(false),
                Some(1.0) => Some(true),
                _ => None,
            },
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "0" | "off" | "f" | "false" | "n" | "no" => Some(false),
                "1" | "on" | "t" | "true" | "y" | "yes" => Some(true),
                _ => None,
            },
            _ => None,
        };
        found.ok_or_else(|| self.expected("a truth value"))
    }

    /// A UUID in any of its usual notations.
    pub(super) fn uuid(&self) -> Result<Uuid, QueryError> {
        uuid(self, self.text()?)
    }
}

/// A UUID in a text; `node` is for the message.
pub(super) fn uuid(node: &Node<'_>, text: &str) -> Result<Uuid, QueryError> {
    Uuid::parse_str(text).map_err(|e| node.fail(format!("'{text}' is no UUID: {e}")))
}

/// A float as an integer, if it is one of 64 bits.
fn whole(float: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    // The cast is exact: no fraction, and in range.
    (float.fract() == 0.0 && (-BEYOND..BEYOND).contains(&float)).then_some(float as i64)
}

/// Digits with single underscores between them and zeros after a point.
fn int_of_text(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => digits,
        Some(_) => return None,
        None => text,
    };
    let unsigned = digits.trim_start_matches(['+', '-']);
    let edges = unsigned.starts_with('_') || unsigned.ends_with('_') || unsigned.contains("__");
    match edges {
        true => None,
        false => digits.replace('_', "").parse().ok(),
    }
}
