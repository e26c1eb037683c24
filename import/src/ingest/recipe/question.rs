//! Questions that a drafted recipe asks: texts that begin with `?`.

use crate::yaml::{Field, Mapping, Node};

/// Keys whose texts may begin with any character.
const FREE: [&str; 2] = ["path", "ignore"];

/// The first question that has no answer yet, with its line.
pub(super) fn open(document: &Mapping) -> Option<(u64, String)> {
    document.fields().iter().find_map(of_field)
}

fn of_field(field: &Field) -> Option<(u64, String)> {
    let key = field.key.as_str().unwrap_or_default();
    if FREE.contains(&key) {
        return None;
    }
    of_node(&field.key, field.line).or_else(|| of_node(&field.value, field.line))
}

fn of_node(node: &Node, line: u64) -> Option<(u64, String)> {
    match node {
        Node::Map(map) => open(map),
        Node::Seq(list) => list.iter().find_map(|node| of_node(node, line)),
        node => {
            let text = node.as_str().filter(|text| text.starts_with('?'))?;
            let message = format!(
                "the question '{text}' has no answer yet: give a value that does not begin with '?'"
            );
            Some((line, message))
        }
    }
}
