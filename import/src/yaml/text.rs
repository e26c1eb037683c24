//! The characters of a source, checked before any parser sees them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::error::YamlError;
use super::source::{Input, Source};

/// Bytes decoded at a time.
const CHUNK_BYTES: usize = 128 * 1024;

/// Hands out the text of a source in chunks of valid UTF-8 with only the characters that YAML allows.
pub(super) struct Text {
    source: Source,
    input: Input,
    chunk: Vec<u8>,
    /// Bytes at the start of `chunk` that begin an incomplete character.
    carried: usize,
    /// Number of line breaks handed out.
    lines: u64,
    at_start: bool,
    /// Whether only line feeds and spaces separate words so far: no tabs, no carriage returns.
    simple: bool,
}

impl Text {
    /// Opens a source at its start.
    pub(super) fn open(source: &Source, taken: &Arc<AtomicU64>) -> Result<Text, YamlError> {
        Ok(Text {
            source: source.clone(),
            input: source.open(taken)?,
            chunk: vec![0; CHUNK_BYTES],
            carried: 0,
            lines: 0,
            at_start: true,
            simple: true,
        })
    }

    /// Whether neither a tab nor a carriage return was handed out.
    pub(super) fn is_simple(&self) -> bool {
        self.simple
    }

    /// Number of the line at which the next chunk starts, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines + 1
    }

    /// Appends the next chunk; `false` when there is none.
    pub(super) fn read_into(&mut self, out: &mut String) -> Result<bool, YamlError> {
        let count = self.fill()?;
        let end = self.carried + count;
        if count == 0 {
            return if self.carried == 0 {
                Ok(false)
            } else {
                Err(self.not_utf8(0))
            };
        }
        if self.at_start {
            self.refuse_utf16(end)?;
        }
        let valid = match std::str::from_utf8(&self.chunk[..end]) {
            Ok(text) => text,
            Err(error) if error.error_len().is_some() => {
                return Err(self.not_utf8(error.valid_up_to()));
            }
            Err(error) => match std::str::from_utf8(&self.chunk[..error.valid_up_to()]) {
                Ok(text) => text,
                Err(_) => return Err(self.not_utf8(0)),
            },
        };
        let used = valid.len();
        let contents = if self.at_start {
            valid.strip_prefix('\u{feff}').unwrap_or(valid)
        } else {
            valid
        };
        self.simple &= is_simple(contents.as_bytes());
        if let Some(at) = find_forbidden(contents) {
            return Err(self.forbidden(contents, at));
        }
        out.push_str(contents);
        self.lines += count_lines(contents.as_bytes());
        self.at_start &= used == 0;
        self.chunk.copy_within(used..end, 0);
        self.carried = end - used;
        Ok(true)
    }

    fn fill(&mut self) -> Result<usize, YamlError> {
        loop {
            match self.input.read(&mut self.chunk[self.carried..]) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.source.read_error(error)),
            }
        }
    }

    fn refuse_utf16(&self, end: usize) -> Result<(), YamlError> {
        if matches!(self.chunk[..end], [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return Err(self
                .source
                .input_error(1, "the export is UTF-16; convert it to UTF-8"));
        }
        Ok(())
    }

    fn not_utf8(&self, valid: usize) -> YamlError {
        let line = self.lines + count_lines(&self.chunk[..valid]) + 1;
        self.source
            .input_error(line, "the export is not UTF-8 here; is the file damaged?")
    }

    fn forbidden(&self, contents: &str, at: usize) -> YamlError {
        let line = self.lines + count_lines(&contents.as_bytes()[..at]) + 1;
        let found = contents[at..].chars().next().map_or(0, u32::from);
        let advice = match found {
            0x85 | 0x2028 | 0x2029 => {
                "is a line break in YAML 1.1 and easily overlooked; write it as an escape"
            }
            _ => "is not allowed in YAML; is the file damaged?",
        };
        self.source
            .input_error(line, format!("the character U+{found:04X} {advice}"))
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn is_simple(bytes: &[u8]) -> bool {
    !bytes.iter().fold(false, |found, byte| {
        found | (*byte == b'\t') | (*byte == b'\r')
    })
}

/// Position of the first character that may not stand in a YAML 1.1 stream, or that only it takes for a line break.
fn find_forbidden(text: &str) -> Option<usize> {
    let control =
        |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\r' && byte != b'\t') || byte == 0x7f;
    // Without branches first, because nearly every chunk is plain ASCII.
    let suspicious = text
        .bytes()
        .fold(false, |found, byte| found | control(byte) | (byte >= 0x80));
    if !suspicious {
        return None;
    }
    text.char_indices()
        .find(|(_, character)| match *character {
            '\0'..='\u{7f}' => control(*character as u8),
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => true,
            _ => false,
        })
        .map(|(at, _)| at)
}
