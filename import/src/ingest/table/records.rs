//! Records of delimited text, as astropy's readers split them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::TableFault;

/// Longest record, so that a file that is no table does not fill the memory.
const RECORD: usize = 4 << 20;

/// Reads records: fields between delimiters, quoted or not, blanks around them left out. Blank lines are skipped.
pub(super) struct Records {
    input: BufReader<File>,
    delimiter: u8,
    /// Lines that begin with this are skipped.
    comment: Option<u8>,
    /// Number of the last line that was read.
    line: u64,
    /// A line that was read and not yet used.
    pending: Option<Vec<u8>>,
}

impl Records {
    pub(super) fn open(path: &Path) -> Result<Self, TableFault> {
        let file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
        Ok(Self {
            input: BufReader::with_capacity(1 << 16, file),
            delimiter: b',',
            comment: None,
            line: 0,
            pending: None,
        })
    }

    /// The lines at the beginning that begin with `#`, without it and one blank.
    pub(super) fn comments(&mut self) -> Result<Vec<String>, TableFault> {
        let mut found = Vec::new();
        while let Some(line) = self.next_line()? {
            match line.trim_ascii_start().strip_prefix(b"#") {
                Some(text) => {
                    found.push(self.text(text.strip_prefix(b" ").unwrap_or(text).to_vec())?)
                }
                None => {
                    self.line -= 1;
                    self.pending = Some(line);
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Split at another delimiter than a comma, and skip comments, from here on.
    pub(super) fn set_syntax(&mut self, delimiter: u8, comment: u8) {
        self.delimiter = delimiter;
        self.comment = Some(comment);
    }

    /// The next record and the line where it begins.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Vec<String>)>, TableFault> {
        loop {
            let Some(line) = self.next_line()? else {
                return Ok(None);
            };
            let trimmed = line.trim_ascii_start();
            if trimmed.is_empty() || self.comment.is_some_and(|c| trimmed.first() == Some(&c)) {
                continue;
            }
            let begin = self.line;
            return Ok(Some((begin, self.split(line, begin)?)));
        }
    }

    /// Split a line; a quoted field may go on in the next ones.
    fn split(&mut self, mut line: Vec<u8>, begin: u64) -> Result<Vec<String>, TableFault> {
        let mut fields = Vec::new();
        let mut at = 0;
        loop {
            at += line[at..].iter().take_while(|b| self.is_blank(**b)).count();
            let mut field = Vec::new();
            if line.get(at) == Some(&b'"') {
                at += 1;
                self.quoted(&mut line, &mut at, &mut field, begin)?;
            }
            let rest = line[at..]
                .iter()
                .take_while(|b| **b != self.delimiter)
                .count();
            field.extend(line[at..at + rest].trim_ascii_end());
            at += rest;
            let text = self.text(field)?;
            fields.push(text.trim().to_owned());
            if at >= line.len() {
                break;
            }
            at += 1;
            // A delimiter at the end opens another field, unless it is a blank.
            if at >= line.len() && self.delimiter == b' ' {
                break;
            }
        }
        Ok(fields)
    }

    /// Read on to the closing quote; one that is doubled stands for itself.
    fn quoted(
        &mut self,
        line: &mut Vec<u8>,
        at: &mut usize,
        field: &mut Vec<u8>,
        begin: u64,
    ) -> Result<(), TableFault> {
        loop {
            match (line.get(*at), line.get(*at + 1)) {
                (Some(b'"'), Some(b'"')) => {
                    field.push(b'"');
                    *at += 2;
                }
                (Some(b'"'), _) => {
                    *at += 1;
                    return Ok(());
                }
                (Some(byte), _) => {
                    field.push(*byte);
                    *at += 1;
                }
                (None, _) => {
                    let more = self.next_line()?.filter(|_| field.len() < RECORD);
                    field.push(b'\n');
                    let unclosed =
                        || TableFault::at(begin, "a quote that opens here is not closed");
                    *line = more.ok_or_else(unclosed)?;
                    *at = 0;
                }
            }
        }
    }

    fn is_blank(&self, byte: u8) -> bool {
        byte == b' ' || (byte == b'\t' && self.delimiter != b'\t')
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, TableFault> {
        String::from_utf8(bytes).map_err(|_| TableFault::at(self.line, "the line is not UTF-8"))
    }

    /// The next line without its end, which may be LF, CR or both.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>, TableFault> {
        if let Some(line) = self.pending.take() {
            self.line += 1;
            return Ok(Some(line));
        }
        let failed = |e: std::io::Error| TableFault::from(format!("cannot be read: {e}"));
        let mut line = Vec::new();
        loop {
            let buffer = self.input.fill_buf().map_err(failed)?;
            if buffer.is_empty() {
                let is_end = line.is_empty();
                self.line += u64::from(!is_end);
                return Ok((!is_end).then_some(line));
            }
            let end = buffer.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let taken = end.unwrap_or(buffer.len());
            let is_return = end.is_some_and(|end| buffer[end] == b'\r');
            line.extend_from_slice(&buffer[..taken]);
            self.input.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                if is_return && self.input.fill_buf().map_err(failed)?.first() == Some(&b'\n') {
                    self.input.consume(1);
                }
                self.line += 1;
                return Ok(Some(line));
            }
            if line.len() > RECORD {
                return Err(TableFault::at(
                    self.line + 1,
                    "the line is too long for a table",
                ));
            }
        }
    }
}
