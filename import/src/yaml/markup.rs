//! The events of YAML syntax, before any meaning.

use super::tag::Tag;

/// One syntactic event of the only document of a stream.
#[derive(Debug, PartialEq)]
pub(super) enum Markup<'a> {
    /// A scalar.
    Scalar {
        /// Its text, unescaped and unfolded.
        text: &'a str,
        /// Whether it stands without quotes, so that its text decides its type.
        plain: bool,
        /// Tag and anchor.
        props: Props,
    },
    /// A reference to an anchor by its number.
    Alias(usize),
    /// A list starts.
    SeqStart(Props),
    /// A mapping starts; keys and values follow in turn.
    MapStart(Props),
    /// The innermost open list or mapping ends.
    Close,
    /// The document is complete and nothing follows.
    End,
}

impl Markup<'_> {
    /// A number for each kind of event.
    pub(super) fn code(&self) -> u64 {
        match self {
            Markup::Scalar { .. } => 1,
            Markup::Alias(_) => 2,
            Markup::SeqStart(_) => 3,
            Markup::MapStart(_) => 4,
            Markup::Close => 5,
            Markup::End => 6,
        }
    }
}

/// Tag and anchor of a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Props {
    /// The tag.
    pub(super) tag: Tag,
    /// Number of the anchor in the order of definition, from 1; 0 for none.
    pub(super) anchor: usize,
}
