//! A place in a JSON value, for reading and for messages.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;
use crate::query::QueryError;

/// How deep values may be nested: that of `serde_json` for texts; values made otherwise have no limit of their own.
const MAX_DEPTH: usize = 128;

/// Where a node is in its parent.
#[derive(Clone, Copy)]
enum Key<'a> {
    Field(&'a str),
    Item(usize),
}

/// A JSON value and where it is.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    /// The value.
    pub(super) value: &'a Value,
    /// The universe of the names in it.
    pub(super) universe: &'a Arc<Universe>,
    parent: Option<(&'a Node<'a>, Key<'a>)>,
    depth: usize,
}

impl<'a> Node<'a> {
    /// A value that is nowhere in another.
    pub(super) fn root(value: &'a Value, universe: &'a Arc<Universe>) -> Self {
        Self {
            value,
            universe,
            parent: None,
            depth: 0,
        }
    }

    fn child<'b>(&'b self, value: &'b Value, key: Key<'b>) -> Result<Node<'b>, QueryError> {
        if self.depth >= MAX_DEPTH {
            return Err(QueryError::invalid(format!(
                "the query is nested deeper than {MAX_DEPTH} levels"
            )));
        }
        Ok(Node {
            value,
            universe: self.universe,
            parent: Some((self, key)),
            depth: self.depth + 1,
        })
    }

    /// An error about this value.
    pub(super) fn fail(&self, message: impl AsRef<str>) -> QueryError {
        let mut keys = Vec::new();
        let mut node = self;
        while let Some((parent, key)) = &node.parent {
            keys.push(match key {
                Key::Field(name) => (*name).to_owned(),
                Key::Item(index) => index.to_string(),
            });
            node = parent;
        }
        keys.reverse();
        match keys.is_empty() {
            true => QueryError::invalid(message.as_ref()),
            false => QueryError::invalid(format!("{}: {}", keys.join("."), message.as_ref())),
        }
    }

    /// An error about the kind of this value.
    pub(super) fn expected(&self, what: &str) -> QueryError {
        const SHOWN: usize = 60;
        let text = self.value.to_string();
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => self.fail(format!("expected {what}, not {}...", &text[..end])),
            None => self.fail(format!("expected {what}, not {text}")),
        }
    }

    /// The value as an object.
    pub(super) fn object(&self) -> Result<&'a Map<String, Value>, QueryError> {
        self.value
            .as_object()
            .ok_or_else(|| self.expected("an object"))
    }

    /// A field that may be absent.
    pub(super) fn optional<'b>(&'b self, name: &'b str) -> Result<Option<Node<'b>>, QueryError> {
        let found = self.object()?.get(name);
        found
            .map(|value| self.child(value, Key::Field(name)))
            .transpose()
    }

    /// A field that must be there.
    pub(super) fn field<'b>(&'b self, name: &'b str) -> Result<Node<'b>, QueryError> {
        self.optional(name)?
            .ok_or_else(|| self.fail(format!("'{name}' is missing")))
    }

    /// A field that names a variant.
    pub(super) fn tag(&self, name: &str) -> Result<&'a str, QueryError> {
        let found = self.object()?.get(name);
        let found = found.ok_or_else(|| self.fail(format!("'{name}' is missing")))?;
        found
            .as_str()
            .ok_or_else(|| self.fail(format!("'{name}' is no text")))
    }

    /// What a function makes of the items of a list.
    pub(super) fn items<T>(
        &self,
        read: impl Fn(&Node<'_>) -> Result<T, QueryError>,
    ) -> Result<Vec<T>, QueryError> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.expected("a list"))?;
        items
            .iter()
            .enumerate()
            .map(|(i, value)| read(&self.child(value, Key::Item(i))?))
            .collect()
    }

    /// What functions make of the keys and values of an object.
    pub(super) fn entries<K, T, C: FromIterator<(K, T)>>(
        &self,
        key: impl Fn(&Node<'_>, &str) -> Result<K, QueryError>,
        read: impl Fn(&Node<'_>) -> Result<T, QueryError>,
    ) -> Result<C, QueryError> {
        self.object()?
            .iter()
            .map(|(name, value)| {
                let node = self.child(value, Key::Field(name))?;
                Ok((key(&node, name)?, read(&node)?))
            })
            .collect()
    }

    /// A list of dimensions, with all that they need.
    pub(super) fn dimensions(&self) -> Result<DimensionGroup, QueryError> {
        let names = self.items(|node| node.text().map(str::to_owned))?;
        DimensionGroup::conform(self.universe, names).map_err(|e| self.fail(e.to_string()))
    }
}
