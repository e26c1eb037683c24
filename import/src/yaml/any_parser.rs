//! The parser for every YAML style, on saphyr-parser.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use saphyr_parser::{BufferedInput, Event, Parser, ScalarStyle, ScanError, Tag as SaphyrTag};

use super::error::YamlError;
use super::limits::{ANCHOR_BYTES, SCALAR_BYTES};
use super::markup::{Markup, Props};
use super::source::Source;
use super::tag::Tag;
use super::text::Text;

/// What the parser costs for each anchor that it remembers, apart from the name, roughly and in bytes.
const BYTES_PER_ANCHOR: usize = 128;

/// Gives the events of one document.
pub(super) struct AnyParser {
    source: Source,
    parser: Parser<'static, BufferedInput<Characters>>,
    /// Why the characters ended early, if they did.
    fault: Arc<Mutex<Option<YamlError>>>,
    /// Number of characters that had been handed out at the last event.
    mark: Arc<AtomicU64>,
    handed_out: Arc<AtomicU64>,
    ragged_end: Arc<AtomicU64>,
    anchors: usize,
    /// The current event, whose text is lent out.
    current: Event<'static>,
}

/// The characters of a text, for the parser to pull.
struct Characters {
    text: Text,
    source: Source,
    chunk: String,
    position: usize,
    fault: Arc<Mutex<Option<YamlError>>>,
    mark: Arc<AtomicU64>,
    handed_out: Arc<AtomicU64>,
    /// Number of characters of a text that does not end with a line break, when its end was met.
    ragged_end: Arc<AtomicU64>,
    count: u64,
    last: char,
}

impl AnyParser {
    /// Starts at the beginning of a text.
    pub(super) fn new(source: &Source, text: Text) -> AnyParser {
        let (fault, mark, handed_out) = <(Arc<_>, Arc<_>, Arc<_>)>::default();
        let ragged_end = Arc::new(AtomicU64::new(u64::MAX));
        let characters = Characters {
            text,
            source: source.clone(),
            chunk: String::new(),
            position: 0,
            fault: Arc::clone(&fault),
            mark: Arc::clone(&mark),
            handed_out: Arc::clone(&handed_out),
            ragged_end: Arc::clone(&ragged_end),
            count: 0,
            last: '\n',
        };
        AnyParser {
            source: source.clone(),
            parser: Parser::new_from_iter(characters),
            fault,
            mark,
            handed_out,
            ragged_end,
            anchors: 0,
            current: Event::Nothing,
        }
    }

    /// The next event and its line.
    pub(super) fn next(&mut self) -> Result<(Markup<'_>, u64), YamlError> {
        let mut documents = 0;
        loop {
            let (event, line) = self.pull()?;
            match event {
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if self.current == Event::Nothing && documents == 0 => {
                    documents += 1
                }
                Event::DocumentStart(_) => {
                    return Err(self
                        .source
                        .input_error(line, "a second YAML document starts; an export is one"));
                }
                event => {
                    self.current = event;
                    return Ok((self.markup(line)?, line));
                }
            }
        }
    }

    fn pull(&mut self) -> Result<(Event<'static>, u64), YamlError> {
        let pulled = self.parser.next_event();
        self.mark
            .store(self.handed_out.load(Ordering::Relaxed), Ordering::Relaxed);
        let fault = self.fault.lock().map_or(None, |mut fault| fault.take());
        if let Some(fault) = fault {
            return Err(fault);
        }
        match pulled {
            Some(Ok((mut event, span))) => {
                // PyYAML adds no line break to a block scalar that the end of the file cuts off; saphyr does.
                if let Event::Scalar(text, ScalarStyle::Literal | ScalarStyle::Folded, ..) =
                    &mut event
                    && span.end.index() as u64 >= self.ragged_end.load(Ordering::Relaxed)
                    && text.ends_with('\n')
                {
                    text.to_mut().pop();
                }
                Ok((event, span.start.line() as u64))
            }
            Some(Err(error)) => Err(self.syntax_error(&error)),
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    fn syntax_error(&self, error: &ScanError) -> YamlError {
        let message = format!(
            "not valid YAML, or cut off: {} (column {})",
            error.info(),
            error.marker().col() + 1
        );
        self.source
            .input_error(error.marker().line() as u64, message)
    }

    fn markup(&mut self, line: u64) -> Result<Markup<'_>, YamlError> {
        let anchor = match &self.current {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor,
            _ => 0,
        };
        self.anchors = self.anchors.max(anchor);
        if self.anchors > ANCHOR_BYTES / BYTES_PER_ANCHOR {
            return Err(self.source.input_error(
                line,
                "too many anchors in a YAML style other than the exporter's",
            ));
        }
        Ok(match &self.current {
            Event::Scalar(text, style, _, tag) => Markup::Scalar {
                text,
                plain: *style == ScalarStyle::Plain,
                props: props(tag.as_ref(), anchor),
            },
            Event::Alias(anchor) => Markup::Alias(*anchor),
            Event::SequenceStart(_, tag) => Markup::SeqStart(props(tag.as_ref(), anchor)),
            Event::MappingStart(_, tag) => Markup::MapStart(props(tag.as_ref(), anchor)),
            Event::SequenceEnd | Event::MappingEnd => Markup::Close,
            _ => Markup::End,
        })
    }
}

fn props(tag: Option<&Cow<'static, SaphyrTag>>, anchor: usize) -> Props {
    let tag = tag.map_or(Tag::None, |tag| {
        Tag::from_name(&format!("{}{}", tag.handle, tag.suffix))
    });
    Props { tag, anchor }
}

impl Characters {
    fn refill(&mut self) -> Result<bool, YamlError> {
        let handed_out = self.handed_out.load(Ordering::Relaxed) + self.chunk.len() as u64;
        self.handed_out.store(handed_out, Ordering::Relaxed);
        self.chunk.clear();
        self.position = 0;
        if handed_out - self.mark.load(Ordering::Relaxed) > SCALAR_BYTES as u64 {
            let message = format!(
                "more than {} MiB without a value ending",
                SCALAR_BYTES >> 20
            );
            return Err(self.source.input_error(self.text.line(), message));
        }
        self.text.read_into(&mut self.chunk)
    }
}

impl Iterator for Characters {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(character) = self.chunk[self.position..].chars().next() {
                self.position += character.len_utf8();
                self.count += 1;
                self.last = character;
                return Some(character);
            }
            match self.refill() {
                Ok(true) => {}
                Ok(false) => {
                    let end = if self.last == '\n' {
                        u64::MAX
                    } else {
                        self.count
                    };
                    self.ragged_end.store(end, Ordering::Relaxed);
                    return None;
                }
                Err(error) => {
                    if let Ok(mut fault) = self.fault.lock() {
                        fault.get_or_insert(error);
                    }
                    return None;
                }
            }
        }
    }
}
