//! From YAML text to a value: events of the parser, PyYAML's resolution, anchors, merges and `!include`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};

use super::super::value::{Key, Mapping, Value};
use super::scalar;

/// More nesting than this is refused.
const MAX_DEPTH: usize = 128;
/// A document that would have more nodes than this with its aliases written out is refused.
const MAX_NODES: usize = 1_000_000;

/// What reading can fail with: a place (line from 1) and a reason, or whatever an include failed with.
pub(crate) enum ComposeError<E> {
    /// The text is wrong at this line.
    Syntax {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// An included file could not be read.
    Include(E),
}

/// Read the only document of `text`; an empty one is null. `include` is called with the file name of every
/// `!include`.
///
/// # Errors
/// Text that is not one YAML document, or that PyYAML's safe loader would refuse.
pub(crate) fn compose<E>(
    text: &str,
    include: &mut dyn FnMut(&str) -> Result<Value, E>,
) -> Result<Value, ComposeError<E>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_controls(text)?;
    let mut composer = Composer {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
        include,
    };
    let mut root = None;
    loop {
        let (event, at) = composer.next()?;
        match event {
            Event::StreamEnd => return Ok(root.unwrap_or(Value::Null)),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            _ if root.is_some() => {
                return Err(wrong(&at, "there is a second document; one is expected"));
            }
            event => root = Some(composer.node(event, at, 0)?.value),
        }
    }
}

fn refuse_controls<E>(text: &str) -> Result<(), ComposeError<E>> {
    let bad = |c: char| {
        !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
            || c == '\u{feff}'
    };
    match text.find(bad) {
        None => Ok(()),
        Some(at) => Err(ComposeError::Syntax {
            line: text[..at].matches('\n').count() + 1,
            reason: "a control character is not allowed".to_owned(),
        }),
    }
}

/// A composed node, with its size and height when aliases are written out.
#[derive(Clone)]
struct Node {
    value: Value,
    nodes: usize,
    height: usize,
}

struct Composer<'t, 'i, E> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    include: &'i mut dyn FnMut(&str) -> Result<Value, E>,
}

fn wrong<E>(at: &Marker, reason: impl Into<String>) -> ComposeError<E> {
    ComposeError::Syntax {
        line: at.line(),
        reason: reason.into(),
    }
}

impl<'t, E> Composer<'t, '_, E> {
    fn next(&mut self) -> Result<(Event<'t>, Marker), ComposeError<E>> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start)),
            Some(Err(error)) => Err(wrong(error.marker(), error.info())),
            None => Ok((Event::StreamEnd, Marker::default())),
        }
    }

    fn node(
        &mut self,
        event: Event<'t>,
        at: Marker,
        depth: usize,
    ) -> Result<Node, ComposeError<E>> {
        if depth > MAX_DEPTH {
            return Err(wrong(
                &at,
                format!("more than {MAX_DEPTH} levels of nesting"),
            ));
        }
        let (anchor, node) = match event {
            Event::Alias(id) => {
                let known = self.anchors.get(&id).cloned();
                let node =
                    known.ok_or_else(|| wrong(&at, "an alias refers to the node that it is in"))?;
                (0, node)
            }
            Event::Scalar(text, style, anchor, tag) => (
                anchor,
                leaf(self.scalar(&text, style, tag.as_deref(), &at)?),
            ),
            Event::SequenceStart(anchor, tag) => (anchor, self.sequence(tag, at, depth)?),
            Event::MappingStart(anchor, tag) => (anchor, self.mapping(tag, at, depth)?),
            _ => return Err(wrong(&at, "the document ends too early")),
        };
        if depth + node.height > MAX_DEPTH {
            return Err(wrong(
                &at,
                format!("more than {MAX_DEPTH} levels of nesting"),
            ));
        }
        self.nodes = self.nodes.saturating_add(node.nodes.min(MAX_NODES));
        if node.nodes > MAX_NODES {
            return Err(wrong(
                &at,
                format!("more than {MAX_NODES} nodes with aliases written out"),
            ));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: &Marker,
    ) -> Result<Value, ComposeError<E>> {
        let value = match tag.map(tag_name) {
            None if style == ScalarStyle::Plain => scalar::resolve(text),
            None => Ok(Value::str(text)),
            Some(name) if name == "!" && style == ScalarStyle::Plain => scalar::resolve(text),
            Some(name) if name == "!" => Ok(Value::str(text)),
            Some(name) if name == "!include" => return self.included(text),
            Some(name) => match name.strip_prefix(CORE) {
                Some(core) => scalar::tagged(core, text),
                None => Err(format!(
                    "the tag {name} is not supported in a configuration"
                )),
            },
        };
        value.map_err(|reason| wrong(at, reason))
    }

    fn included(&mut self, file: &str) -> Result<Value, ComposeError<E>> {
        (self.include)(file).map_err(ComposeError::Include)
    }

    fn sequence(
        &mut self,
        tag: Option<Cow<'t, Tag>>,
        start: Marker,
        depth: usize,
    ) -> Result<Node, ComposeError<E>> {
        let include = is_include(tag.as_deref(), "seq", &start)?;
        let mut items = Vec::new();
        let mut whole = leaf(Value::Null);
        loop {
            let (event, at) = self.next()?;
            if event == Event::SequenceEnd {
                break;
            }
            let mut item = self.node(event, at, depth + 1)?;
            if include {
                item.value = self.include_value(&item.value, &at)?;
            }
            whole.absorb(&item);
            items.push(item.value);
        }
        whole.value = Value::List(Arc::new(items));
        Ok(whole)
    }

    fn mapping(
        &mut self,
        tag: Option<Cow<'t, Tag>>,
        start: Marker,
        depth: usize,
    ) -> Result<Node, ComposeError<E>> {
        let include = is_include(tag.as_deref(), "map", &start)?;
        let mut merged = Mapping::new();
        let mut own = Vec::new();
        let mut whole = leaf(Value::Null);
        loop {
            let (event, at) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let plain = match &event {
                Event::Scalar(text, ScalarStyle::Plain, _, None) => Some(text.as_ref()),
                _ => None,
            };
            let merge = plain == Some("<<") || is_merge_tag(&event);
            let key = match plain {
                _ if merge => leaf(Value::Null),
                // As a key this is just text.
                Some("=") => leaf(Value::str("=")),
                _ => self.node(event, at, depth + 1)?,
            };
            let (event, value_at) = self.next()?;
            let mut value = self.node(event, value_at, depth + 1)?;
            whole.absorb(&key);
            whole.absorb(&value);
            if merge {
                merge_into(&mut merged, &value.value).map_err(|reason| wrong(&value_at, reason))?;
                continue;
            }
            let Some(key) = Key::from_value(key.value) else {
                return Err(wrong(&at, "a list or mapping cannot be a key"));
            };
            if include {
                value.value = self.include_value(&value.value, &value_at)?;
            }
            own.push((key, value.value));
        }
        // What is written here wins over what is merged in, but keeps the place of the merged key.
        merged.extend(own);
        whole.value = Value::map(merged);
        Ok(whole)
    }

    fn include_value(&mut self, file: &Value, at: &Marker) -> Result<Value, ComposeError<E>> {
        match file.as_str() {
            Some(file) => self.included(file),
            None => Err(wrong(
                at,
                format!("!include takes file names, not {}", file.kind()),
            )),
        }
    }
}

impl Node {
    fn absorb(&mut self, child: &Node) {
        self.nodes = self.nodes.saturating_add(child.nodes);
        self.height = self.height.max(child.height + 1);
    }
}

fn leaf(value: Value) -> Node {
    Node {
        value,
        nodes: 1,
        height: 0,
    }
}

const CORE: &str = "tag:yaml.org,2002:";

fn tag_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn is_merge_tag(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(_, _, _, Some(tag)) if tag_name(tag) == "tag:yaml.org,2002:merge")
}

/// Whether a collection is tagged `!include`; any other tag than its own core tag is an error.
fn is_include<E>(tag: Option<&Tag>, own: &str, at: &Marker) -> Result<bool, ComposeError<E>> {
    let Some(name) = tag.map(tag_name) else {
        return Ok(false);
    };
    match name.as_str() {
        "!include" => Ok(true),
        "!" => Ok(false),
        name if name.strip_prefix(CORE) == Some(own) => Ok(false),
        name => Err(wrong(
            at,
            format!("the tag {name} is not supported in a configuration"),
        )),
    }
}

/// `<<: mapping` or `<<: [first, second]`, where an earlier one wins.
fn merge_into(merged: &mut Mapping, value: &Value) -> Result<(), String> {
    let mut add = |mapping: &Mapping| {
        for (key, value) in mapping {
            merged.insert(key.clone(), value.clone());
        }
    };
    match value {
        Value::Map(mapping) => add(mapping),
        Value::List(items) => {
            for item in items.iter().rev() {
                match item {
                    Value::Map(mapping) => add(mapping),
                    other => {
                        return Err(format!("only mappings can be merged, not {}", other.kind()));
                    }
                }
            }
        }
        other => return Err(format!("only mappings can be merged, not {}", other.kind())),
    }
    Ok(())
}
