//! The type of a plain scalar, by the patterns of PyYAML's resolver.

use compact_str::CompactString;

use super::node::Node;
use super::number::{float, int, looks_like_float, looks_like_int};
use super::timestamp::Timestamp;

/// What a plain scalar means.
#[derive(Debug, PartialEq)]
pub(super) enum Resolved {
    /// A value.
    Node(Node),
    /// `<<`: as a key, merges other mappings into this one.
    Merge,
    /// `=`: text as a key, an error elsewhere.
    Value,
}

/// Resolves a plain scalar without a tag.
pub(super) fn resolve(text: &str) -> Result<Resolved, String> {
    let node = match text.as_bytes().first() {
        None => Node::Null,
        Some(b'-' | b'+' | b'.' | b'0'..=b'9') => numeric(text)?,
        Some(b'~' | b'n' | b'N') if matches!(text, "~" | "null" | "Null" | "NULL") => Node::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O')
            if text.len() <= 5 =>
        {
            boolean(text).map_or_else(|| Node::Str(CompactString::new(text)), Node::Bool)
        }
        Some(b'<') if text == "<<" => return Ok(Resolved::Merge),
        Some(b'=') if text == "=" => return Ok(Resolved::Value),
        Some(_) => Node::Str(CompactString::new(text)),
    };
    Ok(Resolved::Node(node))
}

/// `yes`, `no`, `true`, `false`, `on`, `off` in lower, upper or title case.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// A text that starts as numbers do. The order is that of PyYAML's list of patterns.
fn numeric(text: &str) -> Result<Node, String> {
    if looks_like_float(text) {
        float(text).map(Node::Float)
    } else if looks_like_int(text) {
        int(text)
    } else if let Some(timestamp) = Timestamp::match_plain(text) {
        timestamp.map(Node::Timestamp)
    } else {
        Ok(Node::Str(CompactString::new(text)))
    }
}
