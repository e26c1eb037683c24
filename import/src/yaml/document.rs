//! One YAML document as a whole, for small files: headers of tables, recipes.

use std::sync::Arc;

use super::composer::{Composer, Opened};
use super::error::YamlError;
use super::node::Node;
use super::source::Source;
use super::syntax::Syntax;

/// Read a document; `name` stands for the file in messages. Nothing at all is null.
pub fn document(name: &str, bytes: Vec<u8>) -> Result<Node, YamlError> {
    let source = Source::memory(name, bytes);
    let mut composer = Composer::new(&source, Syntax::open(&source, Arc::default())?);
    let node = match composer.open_node(false)? {
        Opened::End => return Ok(Node::Null),
        opened => composer.complete(opened)?,
    };
    match composer.open_node(false)? {
        Opened::End => Ok(node),
        _ => Err(composer.error("something follows the document")),
    }
}
