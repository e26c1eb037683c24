//! Tags, anchors and aliases of the block style.

use super::{BlockParser, Step, StepKind, Stop};
use crate::yaml::limits::ANCHOR_BYTES;
use crate::yaml::markup::Props;
use crate::yaml::tag::{CORE_PREFIX, Tag};

impl BlockParser {
    /// Spaces, then a tag and an anchor in either order, each followed by spaces. Stops at the content of the line.
    pub(super) fn props(&mut self) -> Result<Props, Stop> {
        let mut props = Props::default();
        loop {
            self.lines.skip_spaces();
            match self.lines.byte(0) {
                Some(b'!') if props.tag == Tag::None => props.tag = self.tag()?,
                Some(b'&') if props.anchor == 0 => {
                    let length = self.name_length(b"")?;
                    let name = self
                        .lines
                        .slice(self.lines.pos + 1..self.lines.pos + 1 + length);
                    props.anchor = self.names.define(name).ok_or(Stop::Unusual)?;
                    if self.names.bytes() > ANCHOR_BYTES {
                        return Err(Stop::Unusual);
                    }
                    self.lines.pos += 1 + length;
                }
                _ => return Ok(props),
            }
        }
    }

    /// `*name` up to the end of the line.
    pub(super) fn alias(&mut self, props: &Props) -> Result<Step, Stop> {
        let length = self.name_length(b"")?;
        let step = self.alias_step(length, props)?;
        self.lines.pos += 1 + length;
        self.end_of_value()?;
        Ok(step)
    }

    /// The event of the alias here, whose name has a length.
    pub(super) fn alias_step(&self, length: usize, props: &Props) -> Result<Step, Stop> {
        let name = self
            .lines
            .slice(self.lines.pos + 1..self.lines.pos + 1 + length);
        let anchor = self.names.find(name).ok_or(Stop::Unusual)?;
        if *props == Props::default() {
            Ok(self.step(StepKind::Alias(anchor)))
        } else {
            Err(Stop::Unusual)
        }
    }

    /// Length of the name behind `&` or `*`; it must end with the line, a space or one of these bytes.
    pub(super) fn name_length(&self, ends: &[u8]) -> Result<usize, Stop> {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let after = &self.lines.rest().as_bytes()[1..];
        let length = after.iter().take_while(|byte| is_name(byte)).count();
        let ended = self.lines.is_blank_at(1 + length)
            || after.get(length).is_some_and(|byte| ends.contains(byte));
        if length > 0 && ended {
            Ok(length)
        } else {
            Err(Stop::Unusual)
        }
    }

    fn tag(&mut self) -> Result<Tag, Stop> {
        let rest = self.lines.rest();
        let length = rest
            .bytes()
            .position(|byte| byte == b' ')
            .unwrap_or(rest.len());
        let written = &rest[..length];
        let simple = |text: &str| {
            text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/')
            })
        };
        let tag = if let Some(name) = written
            .strip_prefix("!<")
            .and_then(|tail| tail.strip_suffix('>'))
        {
            if name.is_empty() || !simple(name) {
                return Err(Stop::Unusual);
            }
            Tag::from_name(name)
        } else if let Some(name) = written.strip_prefix("!!") {
            if name.is_empty() || !simple(name) {
                return Err(Stop::Unusual);
            }
            Tag::from_name(&format!("{CORE_PREFIX}{name}"))
        } else if written.len() > 1 && simple(&written[1..]) {
            Tag::from_name(written)
        } else {
            return Err(Stop::Unusual);
        };
        self.lines.pos += length;
        Ok(tag)
    }
}
