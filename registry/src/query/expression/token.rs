//! Tokens of the where-language.

use std::fmt;

/// A piece of an expression (`queries/expressions/parser/parserLex.py`).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// Digits, in ASCII, perhaps with point and exponent.
    Number(String),
    /// Text between quotes.
    String(String),
    /// Text between quotes after a `T`.
    Time(String),
    /// `start..stop:stride`.
    Range(i64, i64, Option<i64>),
    /// A name with one or two dots.
    QualifiedIdentifier(String),
    /// A name.
    SimpleIdentifier(String),
    /// A name after a colon.
    Bind(String),
    /// A reserved word, in upper case.
    Keyword(&'static str),
    /// An operator, a comma, a parenthesis.
    Sign(&'static str),
}

impl Token {
    /// Whether it is this keyword or sign.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self, Self::Keyword(own) | Self::Sign(own) if *own == text)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(text) => write!(f, "number {text}"),
            Self::String(text) => write!(f, "text '{text}'"),
            Self::Time(text) => write!(f, "time T'{text}'"),
            Self::Range(start, stop, _) => write!(f, "range {start}..{stop}"),
            Self::QualifiedIdentifier(name) | Self::SimpleIdentifier(name) => {
                write!(f, "name '{name}'")
            }
            Self::Bind(name) => write!(f, "bind name ':{name}'"),
            Self::Keyword(text) => f.write_str(text),
            Self::Sign(text) => write!(f, "'{text}'"),
        }
    }
}
