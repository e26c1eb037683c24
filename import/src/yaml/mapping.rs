//! Mappings of a YAML document, in the order of the file.

use super::node::Node;

/// A mapping without duplicate keys that knows where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// Line of the first key, counted from 1; 0 in a mapping that was not read from a file.
    pub line: u64,
    fields: Vec<Field>,
}

/// One key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Nearly always a [`Node::Str`].
    pub key: Node,
    /// The value.
    pub value: Node,
    /// Line of the key, counted from 1.
    pub line: u64,
}

impl Mapping {
    /// An empty mapping at a line.
    pub fn new(line: u64) -> Mapping {
        Mapping {
            line,
            fields: Vec::new(),
        }
    }

    /// A mapping of fields whose keys are known to differ.
    pub(super) fn from_fields(line: u64, fields: Vec<Field>) -> Mapping {
        Mapping { line, fields }
    }

    /// The value of a text key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.field(key).map(|field| &field.value)
    }

    /// The field of a text key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.key.as_str() == Some(key))
    }

    /// Takes the field of a text key out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Field> {
        let index = self
            .fields
            .iter()
            .position(|field| field.key.as_str() == Some(key))?;
        Some(self.fields.remove(index))
    }

    /// Appends a field. The caller knows that the key is not there yet.
    pub fn push(&mut self, field: Field) {
        self.fields.push(field);
    }

    /// The fields in the order of the file.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl IntoIterator for Mapping {
    type Item = Field;
    type IntoIter = std::vec::IntoIter<Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.iter()
    }
}
