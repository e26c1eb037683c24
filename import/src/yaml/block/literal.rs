//! Literal block scalars (`|`), as PyYAML writes them for `!!binary`.

use super::{BlockParser, Next, Piece, Stop};
use crate::yaml::limits::SCALAR_BYTES;

impl BlockParser {
    /// A literal scalar from its `|` to the next content. Goes to the scratch buffer.
    pub(super) fn literal(&mut self) -> Result<Piece, Stop> {
        let chomping = match self.lines.rest().trim_end_matches(' ') {
            "|" => Chomping::Clip,
            "|-" => Chomping::Strip,
            "|+" => Chomping::Keep,
            _ => return Err(Stop::Unusual),
        };
        self.scratch.clear();
        self.lines.next_line()?;
        // Leading blank lines may decide the indentation; leave them to the general parser.
        self.lines.skip_spaces();
        if self.lines.rest().is_empty() || !self.is_deeper() || self.lines.col() == 0 {
            return Err(Stop::Unusual);
        }
        let breaks = self.literal_lines(self.lines.col())?;
        match chomping {
            Chomping::Clip => self.scratch.extend((breaks > 0).then_some('\n')),
            Chomping::Strip => {}
            Chomping::Keep => self.scratch.extend(std::iter::repeat_n('\n', breaks)),
        }
        self.lines.find_content()?;
        self.next = Next::Content;
        if self.is_deeper() {
            Err(Stop::Unusual)
        } else {
            Ok(Piece::Scratch)
        }
    }

    /// Appends the lines at an indentation; gives the number of line breaks after the last.
    fn literal_lines(&mut self, indent: usize) -> Result<usize, Stop> {
        let mut breaks = 0;
        while !self.lines.at_end() {
            self.lines.return_to_start();
            let spaces = self
                .lines
                .rest()
                .bytes()
                .take_while(|byte| *byte == b' ')
                .count();
            if self.lines.rest().len() == spaces {
                if spaces > indent {
                    return Err(Stop::Unusual);
                }
                breaks += usize::from(self.lines.has_line_break());
            } else if spaces < indent {
                break;
            } else {
                if self.scratch.len() + breaks > SCALAR_BYTES {
                    return Err(Stop::Unusual);
                }
                self.scratch.extend(std::iter::repeat_n('\n', breaks));
                self.scratch.push_str(&self.lines.rest()[indent..]);
                breaks = usize::from(self.lines.has_line_break());
            }
            self.lines.next_line()?;
        }
        Ok(breaks)
    }
}

/// What becomes of the line breaks at the end.
enum Chomping {
    Clip,
    Strip,
    Keep,
}
