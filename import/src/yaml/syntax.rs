//! YAML syntax from the fastest parser that understands the file.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::any_parser::AnyParser;
use super::block::{BlockParser, Stop};
use super::error::YamlError;
use super::markup::Markup;
use super::source::Source;
use super::text::Text;

/// The events of a source's only document.
///
/// Starts with the fast parser. When that gives up, the source is opened again, the general parser skips as many
/// events as were handed out, which must be of the same kinds, and goes on from there.
pub(super) struct Syntax {
    source: Source,
    taken: Arc<AtomicU64>,
    parser: Current,
    handed_out: u64,
    /// Hash of the kinds of the events handed out by the fast parser.
    kinds: u64,
    line: u64,
}

enum Current {
    Block(Box<BlockParser>),
    Any(Box<AnyParser>),
}

impl Syntax {
    /// Opens a source at its start; `taken` counts the bytes read from it.
    pub(super) fn open(source: &Source, taken: Arc<AtomicU64>) -> Result<Syntax, YamlError> {
        let parser = Current::Block(Box::new(BlockParser::new(Text::open(source, &taken)?)));
        Ok(Syntax {
            source: source.clone(),
            taken,
            parser,
            handed_out: 0,
            kinds: 0,
            line: 0,
        })
    }

    /// Like [`Syntax::open`], but with the general parser from the start.
    #[cfg(test)]
    pub(super) fn open_general(
        source: &Source,
        taken: Arc<AtomicU64>,
    ) -> Result<Syntax, YamlError> {
        let mut syntax = Syntax::open(source, taken)?;
        syntax.switch()?;
        Ok(syntax)
    }

    /// Line of the last event.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Result<Markup<'_>, YamlError> {
        let step = match &mut self.parser {
            Current::Block(parser) => match parser.advance() {
                Ok(step) => Some(step),
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Unusual) => None,
            },
            Current::Any(_) => None,
        };
        if step.is_none() && matches!(self.parser, Current::Block(_)) {
            self.switch()?;
        }
        self.handed_out += 1;
        match (&mut self.parser, step) {
            (Current::Block(parser), Some(step)) => {
                self.line = step.line;
                let markup = parser.markup(step);
                self.kinds = hash(self.kinds, &markup);
                Ok(markup)
            }
            (Current::Any(parser), _) => {
                let (markup, line) = parser.next()?;
                self.line = line;
                Ok(markup)
            }
            (Current::Block(_), None) => Ok(Markup::End),
        }
    }

    fn switch(&mut self) -> Result<(), YamlError> {
        let mut parser = AnyParser::new(&self.source, Text::open(&self.source, &self.taken)?);
        let mut kinds = 0;
        for _ in 0..self.handed_out {
            kinds = hash(kinds, &parser.next()?.0);
        }
        if kinds != self.kinds {
            let message = "a list or mapping in brackets cannot be a key here";
            return Err(self.source.input_error(self.line, message));
        }
        self.parser = Current::Any(Box::new(parser));
        Ok(())
    }
}

fn hash(kinds: u64, markup: &Markup<'_>) -> u64 {
    (kinds ^ markup.code()).wrapping_mul(0x0000_0100_0000_01b3)
}
