//! Values from syntax: tags, anchors, aliases, merge keys, and the limits on all of them.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::anchors::{Anchored, Anchors, Found};
use super::construct;
use super::error::YamlError;
use super::limits::{DEPTH, NODE_BYTES};
use super::mapping::{Field, Mapping};
use super::mapping_builder::MappingBuilder;
use super::markup::{Markup, Props};
use super::node::Node;
use super::resolve::Resolved;
use super::source::Source;
use super::syntax::Syntax;
use super::tag::Tag;

/// Makes [`Node`]s of syntactic events, whole or piece by piece.
pub(super) struct Composer {
    source: Source,
    syntax: Syntax,
    anchors: Anchors,
    /// Memory of the values since [`Composer::start_unit`], in bytes.
    bytes: usize,
    /// Number of open collections.
    depth: usize,
}

/// The start of a value.
pub(super) enum Opened {
    /// A whole value: a scalar or an alias.
    Node(Node),
    /// `<<` without quotes or tag.
    Merge,
    /// A list, whose elements follow.
    Seq(Props),
    /// A mapping, whose keys and values follow.
    Map(Props),
    /// The end of the collection around.
    Close,
    /// The end of the document.
    End,
}

impl Composer {
    /// Opens a source at its start; `taken` counts the bytes read from it.
    pub(super) fn open(source: &Source, taken: Arc<AtomicU64>) -> Result<Composer, YamlError> {
        Ok(Composer::new(source, Syntax::open(source, taken)?))
    }

    /// On any syntax.
    pub(super) fn new(source: &Source, syntax: Syntax) -> Composer {
        Composer {
            source: source.clone(),
            syntax,
            anchors: Anchors::default(),
            bytes: 0,
            depth: 0,
        }
    }

    /// Line of the last event.
    pub(super) fn line(&self) -> u64 {
        self.syntax.line()
    }

    /// A fault at the last event.
    pub(super) fn error(&self, message: impl Into<String>) -> YamlError {
        self.source.input_error(self.line(), message)
    }

    /// Says that what was composed so far has been handed on and no longer counts as memory.
    pub(super) fn start_unit(&mut self) {
        self.bytes = 0;
    }

    /// The start of the next value, or the end of a collection.
    pub(super) fn open_node(&mut self, is_key: bool) -> Result<Opened, YamlError> {
        let (resolved, bytes, anchor) = match self.syntax.next()? {
            Markup::Scalar { text, plain, props } => (
                construct::scalar(text, plain, &props.tag),
                text.len(),
                props.anchor,
            ),
            Markup::Alias(anchor) => return self.alias(anchor).map(Opened::Node),
            Markup::SeqStart(props) => return self.enter(props).map(Opened::Seq),
            Markup::MapStart(props) => return self.enter(props).map(Opened::Map),
            Markup::Close => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(Opened::Close);
            }
            Markup::End => return Ok(Opened::End),
        };
        self.spend(size_of::<Field>() + bytes)?;
        match resolved.map_err(|message| self.error(message))? {
            Resolved::Node(node) if anchor == 0 => Ok(Opened::Node(node)),
            Resolved::Node(node) => {
                self.anchor(anchor, &node, bytes, 0)?;
                Ok(Opened::Node(node))
            }
            Resolved::Merge if is_key => Ok(Opened::Merge),
            Resolved::Value if is_key => Ok(Opened::Node(Node::Str("=".into()))),
            Resolved::Merge => {
                Err(self.error("<< can only be a key; put it in quotes if it is text"))
            }
            Resolved::Value => {
                Err(self.error("= alone has a meaning in YAML 1.1; put it in quotes"))
            }
        }
    }

    /// The rest of a value that has started.
    pub(super) fn complete(&mut self, opened: Opened) -> Result<Node, YamlError> {
        let (is_map, props) = match opened {
            Opened::Node(node) => return Ok(node),
            Opened::Seq(props) => (false, props),
            Opened::Map(props) => (true, props),
            Opened::Merge | Opened::Close | Opened::End => {
                return Err(self.error("a value is missing"));
            }
        };
        let (line, bytes_before) = (self.line(), self.bytes);
        let node = if is_map {
            self.mapping(&props.tag, line)?
        } else {
            self.sequence(&props.tag, line)?
        };
        if props.anchor > 0 {
            self.anchor(
                props.anchor,
                &node,
                self.bytes - bytes_before,
                depth_of(&node),
            )?;
        }
        Ok(node)
    }

    /// The next key of a streamed mapping with its line; `None` at the end of the mapping.
    pub(super) fn key(&mut self) -> Result<Option<(Opened, u64)>, YamlError> {
        match self.open_node(true)? {
            Opened::Close => Ok(None),
            opened => Ok(Some((opened, self.line()))),
        }
    }

    /// The next value of a mapping, whole.
    pub(super) fn value(&mut self) -> Result<Node, YamlError> {
        let opened = self.open_node(false)?;
        self.complete(opened)
    }

    fn sequence(&mut self, tag: &Tag, line: u64) -> Result<Node, YamlError> {
        let mut elements = Vec::new();
        loop {
            match self.open_node(false)? {
                Opened::Close => break,
                opened => elements.push(self.complete(opened)?),
            }
        }
        construct::sequence(elements, tag).map_err(|message| self.source.input_error(line, message))
    }

    fn mapping(&mut self, tag: &Tag, line: u64) -> Result<Node, YamlError> {
        let mut builder = MappingBuilder::new(line);
        while let Some((opened, line)) = self.key()? {
            self.field(opened, line, &mut builder)?;
        }
        construct::mapping(builder.finish(), tag)
            .map_err(|message| self.source.input_error(line, message))
    }

    /// The value of a key that has started, or of a merge key; both go to the builder.
    pub(super) fn field(
        &mut self,
        opened: Opened,
        line: u64,
        builder: &mut MappingBuilder,
    ) -> Result<(), YamlError> {
        if let Opened::Merge = opened {
            let value = self.value()?;
            return builder
                .merge(value)
                .map_err(|message| self.source.input_error(line, message));
        }
        let key = self.complete(opened)?;
        builder
            .check_key(&key)
            .map_err(|message| self.source.input_error(line, message))?;
        let value = self.value()?;
        builder.push(Field { key, value, line });
        Ok(())
    }

    fn enter(&mut self, props: Props) -> Result<Props, YamlError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error(format!(
                "lists and mappings are nested more than {DEPTH} deep"
            )));
        }
        if props.anchor > 0 {
            self.anchors.open(props.anchor);
        }
        self.spend(size_of::<Field>() + size_of::<Mapping>())?;
        Ok(props)
    }

    fn alias(&mut self, anchor: usize) -> Result<Node, YamlError> {
        let (node, bytes, depth) = match self.anchors.find(anchor) {
            Err(message) => return Err(self.error(message)),
            Ok(Found::Uuid(uuid)) => (Node::Uuid(uuid), 0, 0),
            Ok(Found::Other(found)) => {
                // Count before copying, so that a bomb of aliases stops in time.
                if self.bytes + found.bytes > NODE_BYTES {
                    return Err(self.too_large());
                }
                (found.node.clone(), found.bytes, found.depth)
            }
        };
        if self.depth + depth > DEPTH {
            return Err(self.error(format!(
                "aliases nest lists and mappings more than {DEPTH} deep"
            )));
        }
        self.spend(size_of::<Field>() + bytes)?;
        Ok(node)
    }

    fn anchor(
        &mut self,
        anchor: usize,
        node: &Node,
        bytes: usize,
        depth: usize,
    ) -> Result<(), YamlError> {
        let value = Anchored {
            node: node.clone(),
            bytes,
            depth,
        };
        self.anchors
            .close(anchor, value)
            .map_err(|message| self.error(message))
    }

    fn spend(&mut self, bytes: usize) -> Result<(), YamlError> {
        self.bytes += bytes;
        if self.bytes > NODE_BYTES {
            Err(self.too_large())
        } else {
            Ok(())
        }
    }

    fn too_large(&self) -> YamlError {
        self.error(format!(
            "one record, with its aliases expanded, needs more than {} MiB",
            NODE_BYTES >> 20
        ))
    }
}

/// Levels of lists and mappings; bounded by the limit on nesting.
fn depth_of(node: &Node) -> usize {
    match node {
        Node::Seq(elements) => 1 + elements.iter().map(depth_of).max().unwrap_or(0),
        Node::Map(mapping) => {
            1 + mapping
                .fields()
                .iter()
                .map(|field| depth_of(&field.value))
                .max()
                .unwrap_or(0)
        }
        _ => 0,
    }
}
