//! Quoted scalars of the block style.

use memchr::{memchr, memchr2};

use super::{BlockParser, Piece, Stop};

impl BlockParser {
    /// A quoted scalar; stops behind its closing quote.
    pub(super) fn quoted(&mut self) -> Result<Piece, Stop> {
        let is_double = self.lines.byte(0) == Some(b'"');
        let start = self.lines.pos + 1;
        let inside = &self.lines.rest().as_bytes()[1..];
        let end = if is_double {
            memchr2(b'"', b'\\', inside)
        } else {
            memchr(b'\'', inside)
        };
        if let Some(length) = end {
            let closes = if is_double {
                inside[length] == b'"'
            } else {
                inside.get(length + 1) != Some(&b'\'')
            };
            if closes {
                self.lines.pos = start + length + 1;
                return Ok(Piece::Buffer(start..start + length));
            }
        }
        self.lines.pos = start;
        self.scratch.clear();
        while !self.quoted_line(is_double)? {}
        Ok(Piece::Scratch)
    }

    /// Position behind the closing quote of the scalar that starts here, if that is on this line.
    pub(super) fn quoted_on_line(&mut self) -> Result<Option<usize>, Stop> {
        let bytes = self.lines.rest().as_bytes();
        let quote = bytes[0];
        let mut at = 1;
        while let Some(byte) = bytes.get(at) {
            let skipped = match *byte {
                b'\\' if quote == b'"' => 2,
                b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => 2,
                found if found == quote => return Ok(Some(self.lines.pos + at + 1)),
                _ => 1,
            };
            at += skipped;
        }
        Ok(None)
    }

    /// Appends the rest of this line to the scratch buffer; `true` when the closing quote was met. Otherwise the line
    /// is folded into the next.
    fn quoted_line(&mut self, is_double: bool) -> Result<bool, Stop> {
        // Spaces that were written as escapes stay at the end of a line.
        let mut kept = self.scratch.len();
        loop {
            let rest = self.lines.rest();
            let special = if is_double {
                memchr2(b'"', b'\\', rest.as_bytes())
            } else {
                memchr(b'\'', rest.as_bytes())
            };
            let length = special.unwrap_or(rest.len());
            self.scratch.push_str(&rest[..length]);
            self.lines.pos += length;
            match (self.lines.byte(0), self.lines.byte(1)) {
                (None, _) => break,
                (Some(b'\''), Some(b'\'')) => {
                    self.scratch.push('\'');
                    self.lines.pos += 2;
                }
                (Some(b'\\'), None) => {
                    self.escaped_line_break()?;
                    return Ok(false);
                }
                (Some(b'\\'), Some(escape)) => self.escape(escape)?,
                _ => {
                    self.lines.pos += 1;
                    return Ok(true);
                }
            }
            kept = self.scratch.len();
        }
        let text_end = self.scratch.trim_end_matches(' ').len();
        self.scratch.truncate(text_end.max(kept));
        let gap = self.quoted_gap()?;
        self.fold(gap)?;
        Ok(false)
    }

    /// A backslash at the end of a line: the break vanishes, blank lines below stay.
    fn escaped_line_break(&mut self) -> Result<(), Stop> {
        let gap = self.quoted_gap()?;
        if gap.blank > 0 {
            self.fold(gap)?;
        }
        Ok(())
    }

    fn quoted_gap(&mut self) -> Result<super::lines::Gap, Stop> {
        let gap = self.lines.next_content()?;
        // A line that starts with # is text here, but has been taken for a comment; and text must be indented.
        if gap.commented || !self.is_deeper() {
            return Err(Stop::Unusual);
        }
        Ok(gap)
    }

    /// Appends the character of a backslash escape and moves behind it.
    fn escape(&mut self, escape: u8) -> Result<(), Stop> {
        let digits = match escape {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        let character = if digits > 0 {
            let hex = self.lines.rest().get(2..2 + digits).ok_or(Stop::Unusual)?;
            if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Stop::Unusual);
            }
            let code = u32::from_str_radix(hex, 16).map_err(|_| Stop::Unusual)?;
            char::from_u32(code).ok_or(Stop::Unusual)?
        } else {
            named_escape(escape).ok_or(Stop::Unusual)?
        };
        self.scratch.push(character);
        self.lines.pos += 2 + digits;
        Ok(())
    }
}

fn named_escape(escape: u8) -> Option<char> {
    Some(match escape {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
