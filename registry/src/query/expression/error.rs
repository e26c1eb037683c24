//! Why a text is no expression, and where.

use std::fmt;

use crate::query::QueryError;

/// Characters of the text that are quoted at the place of an error.
const QUOTED: usize = 24;

/// A text that is no expression of the where-language. Its message is one line, as the command line and logs show it: no mark
/// under the text, but the column and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Failed to parse expression '{}': {reason} {place}", on_one_line(expression.chars()))]
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
    /// What stands there.
    pub piece: Piece,
}

/// A few characters of a text, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Those from the place on.
    From(String),
    /// Those before the place, at which the text ends.
    Before(String),
}

impl Place {
    /// The place of a byte of a text.
    pub fn new(text: &str, at: usize) -> Self {
        let text = text.trim_end_matches([' ', '\t', '\n']);
        let (before, from) = text.split_at_checked(at).unwrap_or((text, ""));
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: text
                .contains('\n')
                .then(|| before.matches('\n').count() + 1),
            column: before[start..].chars().count() + 1,
            piece: Piece::new(before, from),
        }
    }

    /// A message of the reference with the place.
    pub(super) fn invalid(&self, message: &str) -> QueryError {
        QueryError::Invalid(format!("{message} ({self})"))
    }
}

impl Piece {
    fn new(before: &str, from: &str) -> Self {
        if !from.is_empty() {
            let shown = on_one_line(from.chars().take(QUOTED));
            let cut = from.chars().nth(QUOTED).map_or("", |_| "...");
            return Self::From(shown + cut);
        }
        let before = before.trim_end();
        let skipped = before.chars().count().saturating_sub(QUOTED);
        let cut = if skipped > 0 { "..." } else { "" };
        let shown = on_one_line(before.chars().skip(skipped));
        Self::Before(cut.to_owned() + shown.trim_start())
    }
}

/// Line ends, tabs and the like as spaces.
fn on_one_line(text: impl Iterator<Item = char>) -> String {
    text.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("at ")?;
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        write!(f, "column {}", self.column)?;
        match &self.piece {
            Piece::From(text) => write!(f, ": `{text}`"),
            Piece::Before(text) => write!(f, ", after `{text}`"),
        }
    }
}
