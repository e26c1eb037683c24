//! Flow collections (`[a, b]`, `{a: b}`), handed out element by element however long they are.

use super::{BlockParser, Frame, Kind, Next, Piece, Step, StepKind, Stop};
use crate::yaml::markup::Props;

/// PyYAML takes no flow collection of more characters for a key.
const KEY_BYTES: usize = 1024;

/// Where in a flow collection the parser is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FlowNext {
    /// Before an element or key, or before the closing bracket.
    Element,
    /// Behind a key.
    Value,
    /// Behind an element or value.
    Comma,
}

impl BlockParser {
    /// Opens a flow collection at its bracket.
    pub(super) fn open_flow(&mut self, props: Props) -> Step {
        let is_map = self.lines.byte(0) == Some(b'{');
        let col = self.parent_col();
        let kind = if is_map { Kind::FlowMap } else { Kind::FlowSeq };
        let step = self.step(if is_map {
            StepKind::MapStart(props)
        } else {
            StepKind::SeqStart(props)
        });
        self.frames.push(Frame { kind, col });
        self.lines.pos += 1;
        self.next = Next::Flow(FlowNext::Element);
        step
    }

    /// Whether the flow collection that starts here is, or might be, a key, which is left to the general parser.
    pub(super) fn flow_is_key(&self) -> bool {
        let mut depth = 0_usize;
        let mut quote = None;
        let rest = self.lines.rest();
        for byte in rest.bytes().take(KEY_BYTES) {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                // Escaped quotes are not followed here.
                (Some(_), b'\\') => return true,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[' | b'{') => depth += 1,
                (None, b']' | b'}') => depth = depth.saturating_sub(1),
                (None, b' ') => {}
                (None, _) if depth == 0 => return byte == b':',
                (None, _) => {}
            }
        }
        // An apostrophe inside a word is no quote, so an open one says nothing.
        quote.is_some() && rest.len() <= KEY_BYTES
    }

    /// The next event inside a flow collection.
    pub(super) fn flow(&mut self, next: FlowNext, kind: Kind) -> Result<Option<Step>, Stop> {
        let crossed_line = self.skip_to_token()?;
        let byte = self.lines.byte(0).ok_or(Stop::Unusual)?;
        let closes = byte == if kind == Kind::FlowMap { b'}' } else { b']' };
        match next {
            FlowNext::Element | FlowNext::Comma if closes => self.close_flow().map(Some),
            FlowNext::Comma if byte == b',' => {
                self.lines.pos += 1;
                self.next = Next::Flow(FlowNext::Element);
                Ok(None)
            }
            FlowNext::Comma => Err(Stop::Unusual),
            FlowNext::Element if kind == Kind::FlowMap => self.flow_key().map(Some),
            FlowNext::Element => self.flow_node(kind).map(Some),
            FlowNext::Value if byte == b':' && !crossed_line => {
                self.lines.pos += 1;
                self.skip_to_token()?;
                if matches!(self.lines.byte(0), Some(b',' | b'}')) {
                    return Ok(Some(self.empty_flow_value()));
                }
                self.flow_node(kind).map(Some)
            }
            FlowNext::Value if closes || byte == b',' => Ok(Some(self.empty_flow_value())),
            FlowNext::Value => Err(Stop::Unusual),
        }
    }

    fn empty_flow_value(&mut self) -> Step {
        self.next = Next::Flow(FlowNext::Comma);
        self.step(StepKind::Scalar {
            piece: Piece::Buffer(0..0),
            plain: true,
            props: Props::default(),
        })
    }

    fn close_flow(&mut self) -> Result<Step, Stop> {
        let step = self.step(StepKind::Close);
        self.lines.pos += 1;
        self.frames.pop();
        match self.frames.last() {
            Some(frame) if frame.kind.is_flow() => self.next = Next::Flow(FlowNext::Comma),
            _ => self.end_of_value()?,
        }
        Ok(step)
    }

    /// A key of a flow mapping: a scalar on one line.
    fn flow_key(&mut self) -> Result<Step, Stop> {
        let (line, start) = (self.lines.line, self.lines.pos);
        let step = self.flow_scalar(Props::default())?;
        if self.lines.line != line || self.lines.pos - start > KEY_BYTES {
            return Err(Stop::Unusual);
        }
        self.next = Next::Flow(FlowNext::Value);
        Ok(step)
    }

    /// An element of a list or the value of a key.
    fn flow_node(&mut self, kind: Kind) -> Result<Step, Stop> {
        let props = self.props()?;
        let step = match self.lines.byte(0) {
            Some(b'[' | b'{') => return Ok(self.open_flow(props)),
            Some(b'*') => self.flow_alias(&props)?,
            _ => self.flow_scalar(props)?,
        };
        self.next = Next::Flow(FlowNext::Comma);
        if kind == Kind::FlowSeq {
            // `[a: b]` is a list of a mapping.
            self.skip_to_token()?;
            if self.lines.byte(0) == Some(b':') {
                return Err(Stop::Unusual);
            }
        }
        Ok(step)
    }

    fn flow_alias(&mut self, props: &Props) -> Result<Step, Stop> {
        let length = self.name_length(b",]}")?;
        let step = self.alias_step(length, props)?;
        self.lines.pos += 1 + length;
        Ok(step)
    }

    fn flow_scalar(&mut self, props: Props) -> Result<Step, Stop> {
        let line = self.lines.line;
        let (piece, plain) = match self.lines.byte(0) {
            Some(b'"' | b'\'') => (self.quoted()?, false),
            Some(b'-' | b'?' | b':') => return Err(Stop::Unusual),
            _ if self.starts_plain() => (self.flow_plain()?, true),
            _ => return Err(Stop::Unusual),
        };
        Ok(Step {
            kind: StepKind::Scalar {
                piece,
                plain,
                props,
            },
            line,
        })
    }

    /// A plain scalar up to the character that ends it, folded if it spans lines.
    fn flow_plain(&mut self) -> Result<Piece, Stop> {
        let start = self.lines.pos;
        let (end, ended) = self.flow_plain_line()?;
        if ended {
            return Ok(Piece::Buffer(start..end));
        }
        let mut gap = self.lines.next_content()?;
        if self.at_flow_end()? {
            return Ok(Piece::Buffer(start..end));
        }
        self.scratch.clear();
        self.scratch.push_str(self.lines.slice(start..end));
        loop {
            self.fold(gap)?;
            let from = self.lines.pos;
            let (end, ended) = self.flow_plain_line()?;
            self.scratch.push_str(self.lines.slice(from..end));
            if ended {
                return Ok(Piece::Scratch);
            }
            gap = self.lines.next_content()?;
            if self.at_flow_end()? {
                return Ok(Piece::Scratch);
            }
        }
    }

    /// At the first content of a line inside a plain scalar: whether the scalar has ended before.
    fn at_flow_end(&self) -> Result<bool, Stop> {
        if self.lines.at_end() {
            return Err(Stop::Unusual);
        }
        Ok(matches!(
            self.lines.byte(0),
            Some(b',' | b'[' | b']' | b'{' | b'}' | b':')
        ))
    }

    /// Moves behind the text of a plain scalar on this line; its end, and whether something on the line ends it.
    fn flow_plain_line(&mut self) -> Result<(usize, bool), Stop> {
        let rest = self.lines.rest();
        let bytes = rest.as_bytes();
        let mut length = bytes.len();
        for (at, byte) in bytes.iter().enumerate() {
            let ends = match byte {
                b',' | b'[' | b']' | b'{' | b'}' => true,
                b':' => matches!(
                    bytes.get(at + 1),
                    None | Some(b' ' | b',' | b'[' | b']' | b'{' | b'}')
                ),
                b'?' => return Err(Stop::Unusual),
                b'#' if at > 0 && bytes[at - 1] == b' ' => return Err(Stop::Unusual),
                _ => false,
            };
            if ends {
                length = at;
                break;
            }
        }
        let ended = length < bytes.len();
        let text = rest[..length].trim_end_matches(' ').len();
        let end = self.lines.pos + text;
        self.lines.pos += length;
        Ok((end, ended))
    }

    /// Skips spaces and line breaks; says whether there were line breaks. Comments are left to the general parser.
    fn skip_to_token(&mut self) -> Result<bool, Stop> {
        self.lines.skip_spaces();
        let crossed_line = self.lines.byte(0).is_none();
        if crossed_line && self.lines.next_content()?.commented {
            return Err(Stop::Unusual);
        }
        if self.lines.at_end() || self.lines.byte(0) == Some(b'#') {
            return Err(Stop::Unusual);
        }
        Ok(crossed_line)
    }
}
