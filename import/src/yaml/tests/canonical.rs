//! Values as JSON that loses nothing, as `oracle.py` makes it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::yaml::composer::{Composer, Opened};
use crate::yaml::error::YamlError;
use crate::yaml::mapping::Mapping;
use crate::yaml::node::Node;
use crate::yaml::source::Source;
use crate::yaml::syntax::Syntax;

/// The JSON form of a value.
pub(super) fn canonical(node: &Node) -> Value {
    match node {
        Node::Null => json!(["null"]),
        Node::Bool(value) => json!(["bool", value]),
        Node::Int(value) => json!(["int", value.to_string()]),
        Node::BigInt(value) => json!(["int", value.as_str()]),
        Node::Float(value) if value.is_nan() => json!(["float", "nan"]),
        Node::Float(value) => json!(["float", format!("{:016x}", value.to_bits())]),
        Node::Str(value) => json!(["str", value.as_str()]),
        Node::Bytes(value) => json!(["bytes", hex(value)]),
        Node::Uuid(value) => json!(["uuid", value.to_string()]),
        Node::Time(value) => json!(["time", value.0]),
        Node::Timespan(value) => json!(["timespan", value.ns().0, value.ns().1]),
        Node::Timestamp(value) => json!([
            if value.is_date { "date" } else { "datetime" },
            value.micros
        ]),
        Node::Region(value) => json!(["region", hex(&value.bytes)]),
        Node::Seq(elements) => json!(["seq", elements.iter().map(canonical).collect::<Vec<_>>()]),
        Node::Set(elements) => json!(["set", sorted(elements.iter().map(canonical).collect())]),
        Node::Map(mapping) => canonical_mapping(mapping),
    }
}

/// The JSON form of a mapping.
pub(super) fn canonical_mapping(mapping: &Mapping) -> Value {
    let pairs = mapping
        .fields()
        .iter()
        .map(|field| json!([canonical(&field.key), canonical(&field.value)]));
    json!(["map", sorted(pairs.collect())])
}

/// The same JSON with sets and mappings in our order, whatever order Python sorts in.
pub(super) fn reordered(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let elements: Vec<Value> = elements.iter().map(reordered).collect();
            match elements.as_slice() {
                [Value::String(kind), Value::Array(inner)] if kind == "map" || kind == "set" => {
                    json!([kind, sorted(inner.clone())])
                }
                _ => Value::Array(elements),
            }
        }
        other => other.clone(),
    }
}

fn sorted(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_cached_key(Value::to_string);
    values
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Which parser reads a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// The fast one, and the general one where that gives up.
    Usual,
    /// The general one alone.
    General,
}

/// A whole document.
pub(super) fn compose(text: &[u8], way: Way) -> Result<Node, YamlError> {
    let source = Source::memory("test.yaml", text.to_vec());
    let syntax = match way {
        Way::Usual => Syntax::open(&source, Arc::default())?,
        Way::General => Syntax::open_general(&source, Arc::default())?,
    };
    let mut composer = Composer::new(&source, syntax);
    let node = match composer.open_node(false)? {
        // An empty stream is None in Python.
        Opened::End => return Ok(Node::Null),
        opened => composer.complete(opened)?,
    };
    match composer.open_node(false)? {
        Opened::End => Ok(node),
        _ => Err(composer.error("something follows the document")),
    }
}
