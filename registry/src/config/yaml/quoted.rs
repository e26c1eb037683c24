//! Writing one scalar plain, in single or in double quotes, folded where PyYAML folds.

use super::emit::{Emitter, WIDTH};

impl Emitter {
    /// Plain text of one line, folded at single blanks.
    pub(super) fn plain(&mut self, text: &[char], fold: bool) {
        if text.is_empty() {
            return;
        }
        if !self.blank {
            self.put(&[' ']);
        }
        self.blank = false;
        self.at_indent = false;
        for run in runs(text, |c| c == ' ') {
            let piece = &text[run.clone()];
            if piece == [' '] && self.column > WIDTH && fold {
                self.start_line();
                self.blank = false;
                self.at_indent = false;
            } else {
                self.put(piece);
            }
        }
    }

    /// Single quotes; line breaks are written double.
    pub(super) fn single_quoted(&mut self, text: &[char], fold: bool) {
        self.indicator("'", true);
        for run in runs(text, |c| matches!(c, ' ' | '\n' | '\'')) {
            let piece = &text[run.clone()];
            match piece[0] {
                ' ' if piece.len() == 1
                    && self.column > WIDTH
                    && fold
                    && run.start != 0
                    && run.end != text.len() =>
                {
                    self.start_line();
                }
                '\n' => {
                    self.line_break();
                    piece.iter().for_each(|_| self.line_break());
                    self.start_line();
                }
                '\'' => piece.iter().for_each(|_| self.put(&['\'', '\''])),
                _ => self.put(piece),
            }
        }
        self.indicator("'", false);
    }

    /// Double quotes with escapes; long text is cut with a backslash at the end of the line.
    pub(super) fn double_quoted(&mut self, text: &[char], fold: bool) {
        self.indicator("\"", true);
        let mut start = 0;
        for end in 0..=text.len() {
            let current = text.get(end).copied();
            if current.is_none_or(needs_escape) {
                self.put(&text[start..end]);
                start = end;
                if let Some(c) = current {
                    let escape: Vec<char> = escape(c).chars().collect();
                    self.put(&escape);
                    start = end + 1;
                }
            }
            let cuttable = current == Some(' ') || start >= end;
            if end > 0
                && end + 1 < text.len()
                && cuttable
                && self.column + end > WIDTH + start
                && fold
            {
                if start < end {
                    self.put(&text[start..end]);
                    start = end;
                }
                self.put(&['\\']);
                self.start_line();
                self.blank = false;
                self.at_indent = false;
                if text[start] == ' ' {
                    self.put(&['\\']);
                }
            }
        }
        self.indicator("\"", false);
    }
}

fn needs_escape(c: char) -> bool {
    c == '"' || c == '\\' || !(' '..='~').contains(&c)
}

/// What stands between double quotes, on one line.
pub(super) fn escaped(text: &[char]) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for &c in text {
        match needs_escape(c) {
            true => out.push_str(&escape(c)),
            false => out.push(c),
        }
    }
    out
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let code = u32::from(c);
            return match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

/// Ranges of the text that are the same separator over and over, or free of separators.
fn runs(
    text: &[char],
    separator: fn(char) -> bool,
) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let first = *text.get(start)?;
        let same = |c: char| {
            if separator(first) {
                c == first
            } else {
                !separator(c)
            }
        };
        let end = (start..text.len())
            .find(|i| !same(text[*i]))
            .unwrap_or(text.len());
        let run = start..end;
        start = end;
        Some(run)
    })
}
