//! Patterns of `GLOB(column, pattern)` in SQL: `*` is any text, `?` any character, a backslash takes them as they are.

use super::fragment::Fragment;
use crate::schema::dialect::Dialect;

/// Whether `expression` matches `pattern`, with regard to case
/// (`lsst/daf/butler/registry/databases/{sqlite,postgresql}.py`, `glob_expression`).
pub fn matches(dialect: Dialect, expression: Fragment, pattern: &str) -> Fragment {
    if pattern == "*" {
        return Fragment::text("true");
    }
    match dialect {
        Dialect::Sqlite => expression.sql(" GLOB ").add_bind(sqlite(pattern).as_str()),
        Dialect::Postgresql => expression
            .sql(" LIKE ")
            .add_bind(postgresql(pattern).as_str()),
    }
}

/// SQLite's GLOB knows no escapes, but sets of one character.
fn sqlite(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\\') => out.push('\\'),
                Some(next @ ('[' | ']' | '*' | '?')) => out.extend(['[', next, ']']),
                Some(next) => out.extend(['\\', next]),
                None => out.push('\\'),
            },
            '[' | ']' => out.extend(['[', c, ']']),
            other => out.push(other),
        }
    }
    out
}

/// A backslash that escapes nothing stays one, and so escapes the next character of the LIKE pattern: as in the reference.
fn postgresql(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(next @ ('\\' | '*' | '?')) => out.push(next),
                Some(next) => out.extend(['\\', next]),
                None => out.push('\\'),
            },
            '_' | '%' => out.extend(['\\', c]),
            '*' => out.push('%'),
            '?' => out.push('_'),
            other => out.push(other),
        }
    }
    out
}
