//! A fast parser for the block style in which PyYAML writes exports.
//!
//! It understands nested lists and mappings with one-line keys, plain, quoted and literal scalars, tags, anchors and aliases. At anything else, including every syntax error, it stops with
//! [`Stop::Unusual`], and the caller reads the file with the general parser instead. So it must never misread, but it
//! may give up at any time.

mod flow;
mod inline;
mod lines;
mod literal;
mod plain;
mod props;
mod quoted;

use std::ops::Range;

use super::anchor_names::AnchorNames;
use super::error::YamlError;
use super::markup::{Markup, Props};
use super::text::Text;
use flow::FlowNext;
use lines::Lines;

/// Why the fast parser stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// Not the style it knows, or not YAML.
    Unusual,
    /// The source cannot be read.
    Failed(YamlError),
}

impl From<YamlError> for Stop {
    fn from(error: YamlError) -> Stop {
        Stop::Failed(error)
    }
}

/// Where the text of a scalar is.
#[derive(Debug)]
enum Piece {
    /// In the buffer of lines.
    Buffer(Range<usize>),
    /// In the scratch buffer, because it had to be unescaped or folded.
    Scratch,
}

/// A syntactic event whose text still lies in the parser; see [`BlockParser::markup`].
#[derive(Debug)]
pub(super) struct Step {
    kind: StepKind,
    /// Line on which the event starts.
    pub(super) line: u64,
}

#[derive(Debug)]
enum StepKind {
    Scalar {
        piece: Piece,
        plain: bool,
        props: Props,
    },
    Alias(usize),
    SeqStart(Props),
    MapStart(Props),
    Close,
    End,
}

/// An open collection.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    kind: Kind,
    /// Column that anything inside must exceed: that of its keys or dashes, or of the block around a flow collection.
    col: isize,
}

/// Kinds of collections.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Map,
    Seq,
    /// A list whose dashes stand in the column of the mapping around it.
    IndentlessSeq,
    FlowMap,
    FlowSeq,
}

impl Kind {
    fn is_flow(self) -> bool {
        matches!(self, Kind::FlowMap | Kind::FlowSeq)
    }
}

/// What the parser does next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    /// Look at the content found on the current line.
    Content,
    /// Read the value behind a key's colon.
    AfterKey,
    /// Read the element behind a dash.
    AfterDash,
    /// Go on inside a flow collection.
    Flow(FlowNext),
    /// Nothing.
    Ended,
}

/// The parser. Pull events with [`BlockParser::advance`].
pub(super) struct BlockParser {
    lines: Lines,
    frames: Vec<Frame>,
    next: Next,
    root_done: bool,
    scratch: String,
    names: AnchorNames,
}

impl BlockParser {
    /// Starts at the beginning of a text.
    pub(super) fn new(text: Text) -> BlockParser {
        BlockParser {
            lines: Lines::new(text),
            frames: Vec::new(),
            next: Next::Content,
            root_done: false,
            scratch: String::new(),
            names: AnchorNames::default(),
        }
    }

    /// Goes to the next event.
    pub(super) fn advance(&mut self) -> Result<Step, Stop> {
        self.lines.compact();
        if self.lines.is_unstarted() {
            self.lines.start()?;
        }
        loop {
            match self.next {
                Next::Content => {
                    if let Some(step) = self.content()? {
                        return Ok(step);
                    }
                }
                Next::AfterKey => return self.value(false),
                Next::AfterDash => return self.value(true),
                Next::Flow(next) => {
                    let kind = self.frames.last().map_or(Kind::FlowSeq, |frame| frame.kind);
                    if let Some(step) = self.flow(next, kind)? {
                        return Ok(step);
                    }
                }
                Next::Ended => return Ok(self.step(StepKind::End)),
            }
        }
    }

    /// The event of a step that [`BlockParser::advance`] has just given.
    pub(super) fn markup(&self, step: Step) -> Markup<'_> {
        match step.kind {
            StepKind::Scalar {
                piece: Piece::Buffer(range),
                plain,
                props,
            } => Markup::Scalar {
                text: self.lines.slice(range),
                plain,
                props,
            },
            StepKind::Scalar {
                piece: Piece::Scratch,
                plain,
                props,
            } => Markup::Scalar {
                text: &self.scratch,
                plain,
                props,
            },
            StepKind::Alias(anchor) => Markup::Alias(anchor),
            StepKind::SeqStart(props) => Markup::SeqStart(props),
            StepKind::MapStart(props) => Markup::MapStart(props),
            StepKind::Close => Markup::Close,
            StepKind::End => Markup::End,
        }
    }

    /// At the first character of a line's content (or at the end): close collections, or read the next key or dash.
    fn content(&mut self) -> Result<Option<Step>, Stop> {
        let at_end = self.lines.at_end();
        let Some(&top) = self.frames.last() else {
            if at_end {
                self.next = Next::Ended;
                return if self.root_done {
                    Ok(None)
                } else {
                    Err(Stop::Unusual)
                };
            }
            if self.root_done {
                return Err(Stop::Unusual);
            }
            self.root_done = true;
            return self.block_node(Props::default()).map(Some);
        };
        let col = self.col();
        let dash = !at_end && self.lines.at_dash();
        if at_end || col < top.col || (top.kind == Kind::IndentlessSeq && col == top.col && !dash) {
            self.frames.pop();
            return Ok(Some(self.step(StepKind::Close)));
        }
        if col > top.col || dash == (top.kind == Kind::Map) {
            return Err(Stop::Unusual);
        }
        if top.kind == Kind::Map {
            return self.key().map(Some);
        }
        self.lines.pos += 1;
        self.next = Next::AfterDash;
        Ok(None)
    }

    /// The column that anything inside the innermost open collection must exceed.
    fn parent_col(&self) -> isize {
        self.frames.last().map_or(-1, |frame| frame.col)
    }

    /// Column of the current position.
    fn col(&self) -> isize {
        self.lines.col() as isize
    }

    /// Whether the content found next lies deeper than the innermost open collection.
    fn is_deeper(&self) -> bool {
        !self.lines.at_end() && self.col() > self.parent_col()
    }

    /// The value of a key or the element of a list, behind its colon or dash.
    fn value(&mut self, is_element: bool) -> Result<Step, Stop> {
        let props = self.props()?;
        if !self.lines.at_line_rest() {
            return self.inline(is_element, props);
        }
        let line = self.lines.line;
        self.lines.next_content()?;
        self.next = Next::Content;
        if self.is_deeper() {
            return self.block_node(props);
        }
        let same_col = !self.lines.at_end() && self.parent_col() == self.col();
        if !is_element && same_col && self.lines.at_dash() {
            return Ok(self.open(Kind::IndentlessSeq, props));
        }
        let kind = StepKind::Scalar {
            piece: Piece::Buffer(0..0),
            plain: true,
            props,
        };
        Ok(Step { kind, line })
    }

    /// A node that starts a line, with the tag and anchor that stood on a line above.
    fn block_node(&mut self, props: Props) -> Result<Step, Stop> {
        if self.lines.at_dash() {
            return Ok(self.open(Kind::Seq, props));
        }
        if matches!(self.lines.byte(0), Some(b'[' | b'{')) && self.flow_is_key() {
            return Err(Stop::Unusual);
        }
        if self.starts_key()? {
            return Ok(self.open(Kind::Map, props));
        }
        self.scalar(props)
    }

    /// Opens a block collection at the current column; its first key or dash is read next.
    fn open(&mut self, kind: Kind, props: Props) -> Step {
        self.frames.push(Frame {
            kind,
            col: self.col(),
        });
        self.next = Next::Content;
        self.step(match kind {
            Kind::Map => StepKind::MapStart(props),
            _ => StepKind::SeqStart(props),
        })
    }

    fn step(&self, kind: StepKind) -> Step {
        Step {
            kind,
            line: self.lines.line,
        }
    }
}
