//! The header of one HDU with all its cards.

use crate::card::{Card, CardValue};
use crate::error::FitsError;
use crate::fault::{Fault, Problem, Severity};
use crate::hdu::Hdu;
use crate::scan::{HeaderEnd, scan};
use crate::source::ReadAt;

/// All cards of a header, strings with their continuations put together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Header {
    cards: Vec<Card>,
}

impl Header {
    /// Read the header of an HDU.
    ///
    /// # Errors
    /// [`FitsError::Io`], and [`FitsError::Structure`] if the file has changed since its index was made.
    pub fn read(source: &(impl ReadAt + ?Sized), hdu: &Hdu) -> Result<Self, FitsError> {
        let mut header = Self::default();
        let len = source.len()?;
        match scan(source, hdu.header_offset, len, |card| header.push(card))? {
            HeaderEnd::At { .. } => Ok(header),
            HeaderEnd::Cut | HeaderEnd::Missing => Err(Fault {
                hdu: hdu.number,
                offset: hdu.header_offset,
                severity: Severity::Error,
                problem: Problem::NoEnd,
            }
            .into()),
        }
    }

    /// Cards in their order.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// The value of the first card with this keyword, in any case; also a HIERARCH keyword.
    pub fn get(&self, keyword: &str) -> Option<&CardValue> {
        let mut found = self.cards.iter();
        found
            .find(|c| c.keyword.eq_ignore_ascii_case(keyword))
            .map(|c| &c.value)
    }

    /// The value of a keyword as text, if it is a string.
    pub fn text(&self, keyword: &str) -> Option<&str> {
        match self.get(keyword)? {
            CardValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a keyword, if it is an integer.
    pub fn integer(&self, keyword: &str) -> Option<i64> {
        match self.get(keyword)? {
            CardValue::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a keyword as a number, if it is one.
    pub fn number(&self, keyword: &str) -> Option<f64> {
        match self.get(keyword)? {
            CardValue::Integer(value) => Some(*value as f64),
            CardValue::BigInteger(value) => value.parse().ok(),
            CardValue::Float(value) => Some(*value),
            _ => None,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        let card = Card::parse(bytes);
        if card.keyword == "CONTINUE"
            && let CardValue::Text(more) = &card.value
            && let Some(Card {
                value: CardValue::Text(text),
                comment,
                ..
            }) = self.cards.last_mut()
            && text.ends_with('&')
        {
            text.pop();
            text.push_str(more);
            if !comment.is_empty() && !card.comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(&card.comment);
            return;
        }
        self.cards.push(card);
    }
}
