//! The lines of a text, with only as much in memory as the current event needs.

use std::ops::Range;

use memchr::memchr;

use super::Stop;
use crate::yaml::limits::SCALAR_BYTES;
use crate::yaml::text::Text;

/// Drop what has been read when it exceeds this many bytes.
const COMPACT_BYTES: usize = 256 * 1024;

/// A window on a text and a position in one of its lines.
///
/// Positions are byte offsets into the window and stay valid until [`Lines::compact`].
pub(super) struct Lines {
    text: Text,
    window: String,
    /// Nothing follows the window.
    complete: bool,
    started: bool,
    ended: bool,
    start: usize,
    /// End of the current line, without its line break.
    pub(super) stop: usize,
    /// Current position in the line.
    pub(super) pos: usize,
    /// Number of the line, from 1.
    pub(super) line: u64,
}

/// What lay between one line with content and the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Gap {
    /// Number of blank lines.
    pub(super) blank: usize,
    /// Whether there were comments.
    pub(super) commented: bool,
}

impl Lines {
    pub(super) fn new(text: Text) -> Lines {
        Lines {
            text,
            window: String::new(),
            complete: false,
            started: false,
            ended: false,
            start: 0,
            stop: 0,
            pos: 0,
            line: 0,
        }
    }

    /// Whether [`Lines::start`] is still to be called.
    pub(super) fn is_unstarted(&self) -> bool {
        !self.started
    }

    /// Finds the first content.
    pub(super) fn start(&mut self) -> Result<(), Stop> {
        self.started = true;
        self.enter_line(0)?;
        self.find_content().map(|_| ())
    }

    /// Forgets what lies before the current line.
    pub(super) fn compact(&mut self) {
        if self.start < COMPACT_BYTES {
            return;
        }
        self.window.drain(..self.start);
        self.stop -= self.start;
        self.pos -= self.start;
        self.start = 0;
    }

    /// Whether the text is used up.
    pub(super) fn at_end(&self) -> bool {
        self.ended
    }

    /// Column of the current position.
    pub(super) fn col(&self) -> usize {
        self.pos - self.start
    }

    /// Text of the window.
    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        &self.window[range]
    }

    /// The rest of the current line.
    pub(super) fn rest(&self) -> &str {
        &self.window[self.pos..self.stop]
    }

    /// The byte at a distance from the current position, if it is on this line.
    pub(super) fn byte(&self, distance: usize) -> Option<u8> {
        self.window.as_bytes()[self.pos..self.stop]
            .get(distance)
            .copied()
    }

    /// Whether a space or the end of the line is at a distance from the current position.
    pub(super) fn is_blank_at(&self, distance: usize) -> bool {
        matches!(self.byte(distance), None | Some(b' '))
    }

    /// Whether a list element starts here.
    pub(super) fn at_dash(&self) -> bool {
        self.byte(0) == Some(b'-') && self.is_blank_at(1)
    }

    /// Skips spaces; says whether there were any.
    pub(super) fn skip_spaces(&mut self) -> bool {
        let count = self.rest().bytes().take_while(|byte| *byte == b' ').count();
        self.pos += count;
        count > 0
    }

    /// Whether nothing but a comment is left on the line. The caller has skipped the spaces before it.
    pub(super) fn at_line_rest(&self) -> bool {
        matches!(self.byte(0), None | Some(b'#'))
    }

    /// Goes to the start of the next line.
    pub(super) fn next_line(&mut self) -> Result<(), Stop> {
        self.enter_line(self.stop + 1)
    }

    /// Goes back to the start of the current line.
    pub(super) fn return_to_start(&mut self) {
        self.pos = self.start;
    }

    /// Whether the current line ends with a line break, not with the text.
    pub(super) fn has_line_break(&self) -> bool {
        self.stop < self.window.len()
    }

    /// Goes to the first character of the next line with content.
    pub(super) fn next_content(&mut self) -> Result<Gap, Stop> {
        self.next_line()?;
        self.find_content()
    }

    /// From the start of a line to the first character that is content, here or below.
    pub(super) fn find_content(&mut self) -> Result<Gap, Stop> {
        let mut gap = Gap::default();
        while !self.ended {
            self.skip_spaces();
            match self.byte(0) {
                None => gap.blank += 1,
                Some(b'#') => gap.commented = true,
                Some(_)
                    if self.col() == 0
                        && (self.rest().starts_with("---") || self.rest().starts_with("...")) =>
                {
                    return Err(Stop::Unusual);
                }
                Some(_) => break,
            }
            self.enter_line(self.stop + 1)?;
        }
        Ok(gap)
    }

    fn enter_line(&mut self, at: usize) -> Result<(), Stop> {
        while at >= self.window.len() && !self.complete {
            self.fill()?;
        }
        if at >= self.window.len() {
            self.ended = true;
            return Ok(());
        }
        self.start = at;
        self.pos = at;
        self.line += 1;
        let mut searched = at;
        loop {
            if let Some(found) = memchr(b'\n', &self.window.as_bytes()[searched..]) {
                self.stop = searched + found;
                return Ok(());
            }
            searched = self.window.len();
            if self.complete {
                self.stop = searched;
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), Stop> {
        if self.window.len() > SCALAR_BYTES {
            return Err(Stop::Unusual);
        }
        self.complete = !self.text.read_into(&mut self.window)?;
        if self.text.is_simple() {
            Ok(())
        } else {
            Err(Stop::Unusual)
        }
    }
}
