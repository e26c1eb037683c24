//! One card of a header: keyword, value, comment.

use crate::limits::CARD;
use crate::number::{self, Number};

/// What a card says about its keyword.
#[derive(Debug, Clone, PartialEq)]
pub enum CardValue {
    /// The card has no value but text: COMMENT, HISTORY, a blank keyword, or no value indicator.
    Commentary(String),
    /// The card has a value indicator and no value.
    Undefined,
    /// `T` or `F`.
    Logical(bool),
    /// An integer of 64 bits.
    Integer(i64),
    /// An integer of more bits, in decimal.
    BigInteger(String),
    /// A number with point or exponent.
    Float(f64),
    /// A pair of numbers.
    Complex(f64, f64),
    /// A string, without the blanks at its end.
    Text(String),
    /// Something that FITS does not know, as it stands there.
    Invalid(String),
}

/// One card, or several that CONTINUE a string.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Keyword in capitals; of a HIERARCH card what stands between that word and the equals sign.
    pub keyword: String,
    /// Value.
    pub value: CardValue,
    /// What follows the slash.
    pub comment: String,
}

impl Card {
    /// Read 80 bytes; fewer count as followed by blanks. Bytes outside of ASCII become U+FFFD and make a value invalid.
    pub fn parse(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(CARD)];
        let mut text: String = bytes
            .iter()
            .map(|b| {
                if b.is_ascii() {
                    char::from(*b)
                } else {
                    char::REPLACEMENT_CHARACTER
                }
            })
            .collect();
        if !text.is_ascii() {
            return Self::damaged(&text);
        }
        text.extend(std::iter::repeat_n(' ', CARD - bytes.len()));
        let (name, rest) = text.split_at(8);
        let keyword = name.trim().to_ascii_uppercase();
        match keyword.as_str() {
            "" | "COMMENT" | "HISTORY" | "END" => Self::commentary(keyword, rest),
            "CONTINUE" => Self::valued(keyword, rest),
            "HIERARCH" if rest.starts_with(' ') => match rest.split_once('=') {
                Some((name, value)) if !name.trim().is_empty() => {
                    Self::valued(name.trim().to_owned(), value)
                }
                _ => Self::commentary(keyword, rest),
            },
            _ => match rest.strip_prefix("= ") {
                Some(value) => Self::valued(keyword, value),
                None => Self::commentary(keyword, rest),
            },
        }
    }

    fn damaged(text: &str) -> Self {
        let name: String = text.chars().take(8).collect();
        let rest: String = text.chars().skip(8).collect();
        Self {
            keyword: name.trim().to_uppercase(),
            value: CardValue::Invalid(rest.trim_end().to_owned()),
            comment: String::new(),
        }
    }

    fn commentary(keyword: String, text: &str) -> Self {
        Self {
            keyword,
            value: CardValue::Commentary(text.trim_end().to_owned()),
            comment: String::new(),
        }
    }

    fn valued(keyword: String, text: &str) -> Self {
        let text = text.trim_matches(' ');
        let parsed = value(text).and_then(|(value, rest)| Some((value, comment(rest)?)));
        let (value, comment) =
            parsed.unwrap_or_else(|| (CardValue::Invalid(text.to_owned()), String::new()));
        Self {
            keyword,
            value,
            comment,
        }
    }
}

/// What follows a value: nothing, or a comment.
fn comment(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches(' ');
    match rest.strip_prefix('/') {
        Some(comment) => Some(comment.trim().to_owned()),
        None => rest.is_empty().then(String::new),
    }
}

fn value(text: &str) -> Option<(CardValue, &str)> {
    match text.as_bytes().first() {
        None | Some(b'/') => Some((CardValue::Undefined, text)),
        Some(b'\'') => string(&text[1..]),
        Some(letter @ (b'T' | b'F')) => Some((CardValue::Logical(*letter == b'T'), &text[1..])),
        Some(b'(') => complex(&text[1..]),
        Some(_) => {
            let (number, rest) = number::leading(text)?;
            let value = match number {
                Number::Integer(v) => CardValue::Integer(v),
                Number::Big(v) => CardValue::BigInteger(v),
                Number::Float(v) => CardValue::Float(v),
            };
            Some((value, rest))
        }
    }
}

/// The rest of a string after its opening quote; a quote within is doubled.
fn string(text: &str) -> Option<(CardValue, &str)> {
    let mut found = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('\'')?;
        found.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                found.push('\'');
                rest = after;
            }
            None => return Some((CardValue::Text(found.trim_end().to_owned()), after)),
        }
    }
}

fn complex(text: &str) -> Option<(CardValue, &str)> {
    let (real, rest) = number::leading(text.trim_start_matches(' '))?;
    let rest = rest.trim_start_matches(' ').strip_prefix(',')?;
    let (imaginary, rest) = number::leading(rest.trim_start_matches(' '))?;
    let rest = rest.trim_start_matches(' ').strip_prefix(')')?;
    Some((CardValue::Complex(float(real)?, float(imaginary)?), rest))
}

fn float(number: Number) -> Option<f64> {
    match number {
        Number::Integer(v) => Some(v as f64),
        Number::Big(v) => v.parse().ok(),
        Number::Float(v) => Some(v),
    }
}
