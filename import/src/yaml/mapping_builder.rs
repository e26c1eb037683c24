//! Mappings in the making: duplicate keys and merge keys.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::mapping::{Field, Mapping};
use super::node::Node;

/// Above this many keys, duplicates are looked for in a hash set.
const FEW: usize = 24;

/// Collects the fields of one mapping.
#[derive(Clone, Debug, Default)]
pub(super) struct MappingBuilder {
    line: u64,
    fields: Vec<Field>,
    merged: Vec<Field>,
    seen: Option<HashSet<String>>,
}

impl MappingBuilder {
    /// A mapping that starts at a line.
    pub(super) fn new(line: u64) -> MappingBuilder {
        MappingBuilder {
            line,
            ..MappingBuilder::default()
        }
    }

    /// Checks that a key may be added.
    pub(super) fn check_key(&mut self, key: &Node) -> Result<(), String> {
        if matches!(key, Node::Seq(_) | Node::Set(_) | Node::Map(_)) {
            return Err(format!("a key must be a scalar, not {}", key.kind()));
        }
        let duplicate = if self.fields.len() < FEW {
            self.fields.iter().any(|field| same_key(&field.key, key))
        } else {
            let fields = &self.fields;
            let seen = self
                .seen
                .get_or_insert_with(|| fields.iter().map(|field| hash_key(&field.key)).collect());
            !seen.insert(hash_key(key))
        };
        if duplicate {
            Err(format!("duplicate key {}", shown(key)))
        } else {
            Ok(())
        }
    }

    /// Whether a text key is there, merged or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.fields
            .iter()
            .chain(&self.merged)
            .any(|field| field.key.as_str() == Some(key))
    }

    /// The text of a text key.
    pub(super) fn get_str(&self, key: &str) -> Option<&str> {
        let mut fields = self.fields.iter().chain(self.merged.iter().rev());
        fields
            .find(|field| field.key.as_str() == Some(key))?
            .value
            .as_str()
    }

    /// The mapping as far as it has been read.
    pub(super) fn so_far(&self) -> Mapping {
        self.clone().finish()
    }

    /// Adds a field whose key was checked.
    pub(super) fn push(&mut self, field: Field) {
        self.fields.push(field);
    }

    /// Adds the fields of the value of a `<<` key.
    pub(super) fn merge(&mut self, value: Node) -> Result<(), String> {
        match value {
            Node::Map(mapping) => self.merged.extend(mapping),
            Node::Seq(elements) => {
                // The first mapping of the list wins, so it comes last.
                for element in elements.into_iter().rev() {
                    let Node::Map(mapping) = element else {
                        return Err(format!(
                            "<< needs a mapping or a list of mappings, not of {}",
                            element.kind()
                        ));
                    };
                    self.merged.extend(mapping);
                }
            }
            other => {
                return Err(format!(
                    "<< needs a mapping or a list of mappings, not {}",
                    other.kind()
                ));
            }
        }
        Ok(())
    }

    /// The mapping: merged fields first, overridden by its own.
    pub(super) fn finish(self) -> Mapping {
        if self.merged.is_empty() {
            return Mapping::from_fields(self.line, self.fields);
        }
        let mut fields: Vec<Field> = Vec::with_capacity(self.merged.len() + self.fields.len());
        let mut places = HashMap::new();
        for field in self.merged.into_iter().chain(self.fields) {
            match places.entry(hash_key(&field.key)) {
                Entry::Occupied(place) => {
                    let earlier: &mut Field = &mut fields[*place.get()];
                    *earlier = Field {
                        key: earlier.key.clone(),
                        ..field
                    };
                }
                Entry::Vacant(place) => {
                    place.insert(fields.len());
                    fields.push(field);
                }
            }
        }
        Mapping::from_fields(self.line, fields)
    }
}

/// Whether Python takes two keys for the same.
fn same_key(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Str(one), Node::Str(other)) => one == other,
        _ => hash_key(one) == hash_key(other),
    }
}

/// A text that is the same for keys that are equal in Python: 1, 1.0 and true are.
fn hash_key(key: &Node) -> String {
    match key {
        Node::Str(text) => format!("s{text}"),
        Node::Bool(value) => format!("n{}", i64::from(*value)),
        Node::Int(value) => format!("n{value}"),
        Node::BigInt(value) => format!("n{value}"),
        Node::Float(value) if *value == value.trunc() && value.abs() < 1e15 => {
            format!("n{}", *value as i64)
        }
        other => format!("{other:?}"),
    }
}

fn shown(key: &Node) -> String {
    match key {
        Node::Str(text) => format!("`{}`", text.chars().take(60).collect::<String>()),
        Node::Int(value) => value.to_string(),
        other => format!("({})", other.kind()),
    }
}
