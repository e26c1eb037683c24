//! Why a text is no expression, and where.

use std::fmt;

use crate::query::QueryError;

/// Characters of a line that are shown around the place of an error.
const SHOWN: usize = 72;

/// A text that is no expression of the where-language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Failed to parse expression '{expression}': {reason} {place}\n{}", place.excerpt)]
pub struct ExpressionError {
    /// The whole text.
    pub expression: String,
    /// What is wrong.
    pub reason: String,
    /// Where.
    pub place: Place,
}

impl ExpressionError {
    /// An error at a byte of the text.
    pub(super) fn new(expression: &str, at: usize, reason: impl Into<String>) -> Self {
        Self {
            expression: expression.to_owned(),
            reason: reason.into(),
            place: Place::new(expression, at),
        }
    }
}

impl From<ExpressionError> for QueryError {
    fn from(error: ExpressionError) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// A place in a text; counted from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, if the text has several.
    pub line: Option<usize>,
    /// The character of the line.
    pub column: usize,
    /// The line, or the part of it around the place, and under it a mark.
    pub excerpt: String,
}

impl Place {
    /// The place of a byte of a text.
    pub fn new(text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count();
        let line = text[start..].lines().next().unwrap_or_default();
        let skipped = (column + 1).saturating_sub(SHOWN);
        // Tabs and the like would move the mark.
        let shown: String = line
            .chars()
            .skip(skipped)
            .take(SHOWN)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        Self {
            line: text
                .trim_end()
                .contains('\n')
                .then(|| before.matches('\n').count() + 1),
            column: column + 1,
            excerpt: format!("  {shown}\n  {}^", " ".repeat(column - skipped)),
        }
    }

    /// A message of the reference with the place.
    pub(super) fn invalid(&self, message: &str) -> QueryError {
        QueryError::Invalid(format!("{message} ({self})\n{}", self.excerpt))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "at line {line}, column {}", self.column),
            None => write!(f, "at column {}", self.column),
        }
    }
}
