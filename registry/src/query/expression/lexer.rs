//! Text -> tokens, as the reference's regular expressions split it.

use super::character::{digit, is_letter, is_space, is_word, upper};
use super::error::ExpressionError;
use super::token::Token;

const KEYWORDS: [&str; 5] = ["IN", "OR", "AND", "NOT", "OVERLAPS"];

/// Longer ones first.
const SIGNS: [&str; 14] = [
    "!=", "<=", ">=", "(", ")", "=", "<", ">", "+", "-", "*", "/", "%", ",",
];

/// The tokens of a text with the bytes at which they begin.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, ExpressionError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let rest = lexer.rest();
        lexer.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len();
        let at = lexer.at;
        if at == text.len() {
            return Ok(tokens);
        }
        tokens.push((at, lexer.token()?));
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes as many characters as are of a kind.
    fn take_while(&mut self, kind: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !kind(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    fn token(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        if (self.take("T") || self.take("t"))
            && let Some(text) = self.quoted()
        {
            return Ok(Token::Time(text));
        }
        self.at = start;
        if let Some(text) = self.quoted() {
            return Ok(Token::String(text));
        }
        if let Some(range) = self.range() {
            return range.ok_or_else(|| self.error(start, "a range of numbers that are too large"));
        }
        self.at = start;
        if let Some(number) = self.number() {
            return Ok(Token::Number(number));
        }
        self.at = start;
        if let Some(name) = self.name() {
            return Ok(self.qualified(name));
        }
        if self.take(":")
            && let Some(name) = self.name()
        {
            return Ok(Token::Bind(name.to_owned()));
        }
        self.at = start;
        match SIGNS.into_iter().find(|sign| self.take(sign)) {
            Some(sign) => Ok(Token::Sign(sign)),
            None => Err(self.unexpected(start)),
        }
    }

    /// Text up to the next quote on the same line.
    fn quoted(&mut self) -> Option<String> {
        let inner = self.rest().strip_prefix('\'')?;
        let end = inner.find(['\'', '\n'])?;
        if !inner[end..].starts_with('\'') {
            return None;
        }
        self.at += end + 2;
        Some(inner[..end].to_owned())
    }

    fn digits(&mut self) -> String {
        let digits = self.take_while(|c| digit(c).is_some()).chars();
        digits
            .filter_map(|c| char::from_digit(digit(c)?, 10))
            .collect()
    }

    fn spaces(&mut self) {
        self.take_while(is_space);
    }

    fn integer(&mut self) -> Option<String> {
        let sign = if self.take("-") { "-" } else { "" };
        let digits = self.digits();
        (!digits.is_empty()).then(|| format!("{sign}{digits}"))
    }

    /// `start..stop:stride`; the inner `None` is a range of numbers that do not fit.
    fn range(&mut self) -> Option<Option<Token>> {
        let start = self.integer()?;
        self.spaces();
        if !self.take("..") {
            return None;
        }
        self.spaces();
        let stop = self.integer()?;
        let end = self.at;
        self.spaces();
        let colon = self.take(":");
        self.spaces();
        let first = self.rest().chars().next().unwrap_or_default();
        let stride = if colon && ('1'..='9').contains(&first) {
            Some(self.digits())
        } else {
            self.at = end;
            None
        };
        let token = || {
            let stride = stride.map(|s| s.parse().ok());
            // What is behind the last integer is its stop in a half-open range.
            let stop = stop.parse().ok().filter(|stop| *stop < i64::MAX)?;
            Some(Token::Range(
                start.parse().ok()?,
                stop,
                match stride {
                    Some(stride) => Some(stride?),
                    None => None,
                },
            ))
        };
        Some(token())
    }

    fn number(&mut self) -> Option<String> {
        let mut number = self.digits();
        let whole = !number.is_empty();
        if self.rest().starts_with('.') {
            self.at += 1;
            let digits = self.digits();
            if !whole && digits.is_empty() {
                return None;
            }
            number.push('.');
            number.push_str(&digits);
        } else if !whole {
            return None;
        }
        let end = self.at;
        if self.take("e") || self.take("E") {
            let sign = match self.take("-") {
                true => "-",
                false if self.take("+") => "+",
                false => "",
            };
            let digits = self.digits();
            if digits.is_empty() {
                self.at = end;
            } else {
                number.push_str(&format!("e{sign}{digits}"));
            }
        }
        Some(number)
    }

    fn name(&mut self) -> Option<&'a str> {
        self.rest()
            .starts_with(is_letter)
            .then(|| self.take_while(is_word))
    }

    /// A name with up to two more behind dots, or a reserved word.
    fn qualified(&mut self, first: &str) -> Token {
        let start = self.at - first.len();
        for _ in 0..2 {
            let end = self.at;
            if !(self.take(".") && self.name().is_some()) {
                self.at = end;
                break;
            }
        }
        let name = &self.text[start..self.at];
        if name.len() > first.len() {
            return Token::QualifiedIdentifier(name.to_owned());
        }
        let upper = upper(name);
        match KEYWORDS.into_iter().find(|keyword| *keyword == upper) {
            Some(keyword) => Token::Keyword(keyword),
            None => Token::SimpleIdentifier(name.to_owned()),
        }
    }

    fn unexpected(&self, at: usize) -> ExpressionError {
        let c = self.rest().chars().next().unwrap_or_default();
        let reason = match c {
            '\'' => "text without a closing quote".to_owned(),
            '"' => "unexpected character '\"' (text is written 'in single quotes')".to_owned(),
            c => format!("unexpected character {c:?}"),
        };
        self.error(at, reason)
    }

    fn error(&self, at: usize, reason: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.text, at, reason)
    }
}
