//! Keys, and nodes that start behind a colon or a dash.

use memchr::memchr;

use super::{BlockParser, Kind, Next, Piece, Step, StepKind, Stop};
use crate::yaml::markup::Props;

/// PyYAML takes no longer text for a key, counted in characters; stay clear of the limit.
const KEY_BYTES: usize = 1000;

impl BlockParser {
    /// A key of the innermost open mapping, up to its colon.
    pub(super) fn key(&mut self) -> Result<Step, Stop> {
        let (line, col) = (self.lines.line, self.lines.col());
        let (piece, plain) = match self.lines.byte(0) {
            Some(b'"' | b'\'') => {
                let piece = self.quoted()?;
                self.lines.skip_spaces();
                (piece, false)
            }
            _ => {
                let colon = self.plain_key_colon().ok_or(Stop::Unusual)?;
                let start = self.lines.pos;
                self.lines.pos += colon;
                let length = self
                    .lines
                    .slice(start..start + colon)
                    .trim_end_matches(' ')
                    .len();
                (Piece::Buffer(start..start + length), true)
            }
        };
        // A quoted key that spans lines is no key.
        let is_simple = self.lines.line == line && self.lines.col() - col <= KEY_BYTES;
        if !is_simple || self.lines.byte(0) != Some(b':') || !self.lines.is_blank_at(1) {
            return Err(Stop::Unusual);
        }
        self.lines.pos += 1;
        self.next = Next::AfterKey;
        Ok(Step {
            kind: StepKind::Scalar {
                piece,
                plain,
                props: Props::default(),
            },
            line,
        })
    }

    /// Whether a mapping key starts here. The position stays.
    pub(super) fn starts_key(&mut self) -> Result<bool, Stop> {
        if !matches!(self.lines.byte(0), Some(b'"' | b'\'')) {
            return Ok(self.plain_key_colon().is_some());
        }
        let (pos, line) = (self.lines.pos, self.lines.line);
        let same_line = match self.quoted_on_line()? {
            Some(end) => end,
            None => return Ok(false),
        };
        self.lines.pos = same_line;
        self.lines.skip_spaces();
        let is_key = self.lines.byte(0) == Some(b':') && self.lines.is_blank_at(1);
        (self.lines.pos, self.lines.line) = (pos, line);
        Ok(is_key)
    }

    /// Distance of the colon that ends a plain key starting here.
    fn plain_key_colon(&self) -> Option<usize> {
        if !self.starts_plain() {
            return None;
        }
        let bytes = self.lines.rest().as_bytes();
        let mut from = 0;
        let colon = loop {
            let found = from + memchr(b':', &bytes[from..])?;
            if matches!(bytes.get(found + 1), None | Some(b' ')) {
                break found;
            }
            from = found + 1;
        };
        let has_comment = bytes[..colon].windows(2).any(|pair| pair == b" #");
        (colon <= KEY_BYTES && !has_comment).then_some(colon)
    }

    /// Whether a plain scalar may start with the character here.
    pub(super) fn starts_plain(&self) -> bool {
        match self.lines.byte(0) {
            Some(b'-' | b'?' | b':') => !self.lines.is_blank_at(1),
            Some(
                b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\''
                | b'"' | b'%' | b'@' | b'`',
            )
            | None => false,
            Some(_) => true,
        }
    }

    /// A node on the line of its key or dash. Behind a dash a collection may start on the same line.
    pub(super) fn inline(&mut self, is_element: bool, props: Props) -> Result<Step, Stop> {
        let is_dash = self.lines.at_dash();
        if is_dash || (is_element && self.starts_key()?) {
            // A tag or anchor here would belong to the first key, not to the mapping.
            if !is_element || props != Props::default() {
                return Err(Stop::Unusual);
            }
            let kind = if is_dash { Kind::Seq } else { Kind::Map };
            return Ok(self.open(kind, props));
        }
        if is_element && matches!(self.lines.byte(0), Some(b'[' | b'{')) && self.flow_is_key() {
            return Err(Stop::Unusual);
        }
        self.scalar(props)
    }

    /// A scalar or an alias up to the next content, or the start of a flow collection.
    pub(super) fn scalar(&mut self, props: Props) -> Result<Step, Stop> {
        let line = self.lines.line;
        match self.lines.byte(0) {
            Some(b'*') => self.alias(&props),
            Some(b'[' | b'{') => Ok(self.open_flow(props)),
            Some(b'"' | b'\'') => {
                let piece = self.quoted()?;
                self.end_of_value()?;
                Ok(Step {
                    kind: StepKind::Scalar {
                        piece,
                        plain: false,
                        props,
                    },
                    line,
                })
            }
            Some(b'|') => {
                let piece = self.literal()?;
                Ok(Step {
                    kind: StepKind::Scalar {
                        piece,
                        plain: false,
                        props,
                    },
                    line,
                })
            }
            _ if self.starts_plain() => {
                let piece = self.plain()?;
                Ok(Step {
                    kind: StepKind::Scalar {
                        piece,
                        plain: true,
                        props,
                    },
                    line,
                })
            }
            _ => Err(Stop::Unusual),
        }
    }

    /// After a value: nothing more on the line but a comment, and nothing deeper below. Goes to the next content.
    pub(super) fn end_of_value(&mut self) -> Result<(), Stop> {
        let spaced = self.lines.skip_spaces();
        match self.lines.byte(0) {
            None => {}
            Some(b'#') if spaced => {}
            Some(_) => return Err(Stop::Unusual),
        }
        self.lines.next_content()?;
        self.next = Next::Content;
        if self.is_deeper() {
            Err(Stop::Unusual)
        } else {
            Ok(())
        }
    }
}
