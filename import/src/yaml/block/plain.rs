//! Plain scalars of the block style, folded ones too.

use std::ops::Range;

use memchr::memchr2_iter;

use super::lines::Gap;
use super::{BlockParser, Next, Piece, Stop};
use crate::yaml::limits::SCALAR_BYTES;

impl BlockParser {
    /// A plain scalar from the current position to the next content that does not belong to it.
    pub(super) fn plain(&mut self) -> Result<Piece, Stop> {
        let (first, commented) = self.plain_line()?;
        let mut gap = self.lines.next_content()?;
        self.next = Next::Content;
        if !self.is_deeper() {
            return Ok(Piece::Buffer(first));
        }
        if commented {
            return Err(Stop::Unusual);
        }
        self.scratch.clear();
        self.scratch.push_str(self.lines.slice(first));
        while self.is_deeper() {
            self.fold(gap)?;
            let (more, commented) = self.plain_line()?;
            self.scratch.push_str(self.lines.slice(more));
            gap = self.lines.next_content()?;
            if commented && self.is_deeper() {
                return Err(Stop::Unusual);
            }
        }
        Ok(Piece::Scratch)
    }

    /// The text of a plain scalar on this line, and whether a comment ends it.
    fn plain_line(&self) -> Result<(Range<usize>, bool), Stop> {
        let rest = self.lines.rest();
        let bytes = rest.as_bytes();
        let mut end = bytes.len();
        for found in memchr2_iter(b':', b'#', bytes) {
            if bytes[found] == b':' {
                // A mapping value cannot start here.
                if matches!(bytes.get(found + 1), None | Some(b' ')) {
                    return Err(Stop::Unusual);
                }
            } else if found > 0 && bytes[found - 1] == b' ' {
                end = found;
                break;
            }
        }
        let length = rest[..end].trim_end_matches(' ').len();
        Ok((self.lines.pos..self.lines.pos + length, end < bytes.len()))
    }

    /// A line break inside a scalar: a space, or the blank lines that follow it.
    pub(super) fn fold(&mut self, gap: Gap) -> Result<(), Stop> {
        if gap.commented || self.scratch.len() + gap.blank > SCALAR_BYTES {
            return Err(Stop::Unusual);
        }
        if gap.blank == 0 {
            self.scratch.push(' ');
        }
        self.scratch.extend(std::iter::repeat_n('\n', gap.blank));
        Ok(())
    }
}
