//! Tokens -> syntax tree: the grammar of the reference (`queries/expressions/parser/parserYacc.py`).
//!
//! ```text
//! or         = and { OR and }
//! and        = not { AND not }
//! not        = NOT not | comparison
//! comparison = membership { ( = | != | < | <= | > | >= | OVERLAPS ) membership }      all of one precedence, from the left
//! membership = sum [ [NOT] IN "(" item { "," item } ")" ]
//! sum        = product { ( + | - ) product }
//! product    = simple { ( * | / | % ) simple }
//! simple     = ( + | - ) simple | "(" or ")" | "(" or "," or ")" | literal | identifier | bind | call
//! call       = name "(" [ or ] { "," or } ")"
//! item       = [ + | - ] number | literal | name | bind | call
//! ```

use super::error::ExpressionError;
use super::function;
use super::lexer::tokens;
use super::syntax::{Prefix, Syntax, SyntaxKind};
use super::token::Token;
use crate::model::time::TaiNs;

/// Parentheses, calls, and prefixes in each other. The reference ends at some hundred.
const MAX_NESTING: usize = 100;
/// Operators in a chain. The reference ends at about a thousand.
const MAX_HEIGHT: usize = 2_000;

const COMPARISONS: [&str; 7] = ["=", "!=", "<", "<=", ">", ">=", "OVERLAPS"];

/// Read an expression; no text, or only white space, is no expression and filters nothing.
///
/// # Errors
/// The text is no expression, or is nested too deeply.
pub fn parse(text: &str) -> Result<Option<Syntax>, ExpressionError> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser {
        text,
        tokens,
        next: 0,
        nesting: 0,
    };
    let syntax = parser.or()?;
    match parser.peek() {
        None => Ok(Some(syntax)),
        Some(_) => Err(parser.unexpected()),
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
    nesting: usize,
}

type Parsed = Result<Syntax, ExpressionError>;

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    /// The byte at which the next token begins.
    fn at(&self) -> usize {
        let end = self.text.trim_end_matches([' ', '\t', '\n']).len();
        self.tokens.get(self.next).map_or(end, |(at, _)| *at)
    }

    /// Takes the next token if it is one of these keywords and signs.
    fn take(&mut self, texts: &[&'static str]) -> Option<&'static str> {
        let token = self.peek()?;
        let found = texts.iter().copied().find(|text| token.is(text))?;
        self.next += 1;
        Some(found)
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), ExpressionError> {
        match self.take(&[sign]) {
            Some(_) => Ok(()),
            None => Err(self.unexpected()),
        }
    }

    fn unexpected(&self) -> ExpressionError {
        let reason = match self.peek() {
            Some(token) => format!("unexpected {token}"),
            None => "unexpected end".to_owned(),
        };
        self.error(self.at(), reason)
    }

    fn error(&self, at: usize, reason: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.text, at, reason)
    }

    /// Does something one level deeper.
    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            let reason = format!("more than {MAX_NESTING} levels of nesting");
            return Err(self.error(self.at(), reason));
        }
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    /// `operand { operator operand }`, from the left.
    fn chain(&mut self, operators: &[&'static str], operand: fn(&mut Self) -> Parsed) -> Parsed {
        let mut lhs = operand(self)?;
        loop {
            let at = self.at();
            let Some(operator) = self.take(operators) else {
                return Ok(lhs);
            };
            let rhs = Box::new(operand(self)?);
            let kind = SyntaxKind::Binary {
                operator,
                lhs: Box::new(lhs),
                rhs,
            };
            lhs = Syntax::new(kind, at);
            if lhs.height > MAX_HEIGHT {
                let reason = format!("more than {MAX_HEIGHT} operators in a chain");
                return Err(self.error(at, reason));
            }
        }
    }

    fn or(&mut self) -> Parsed {
        self.chain(&["OR"], Self::and)
    }

    fn and(&mut self) -> Parsed {
        self.chain(&["AND"], Self::not)
    }

    fn not(&mut self) -> Parsed {
        self.prefix(&["NOT"], Self::not, Self::comparison)
    }

    fn comparison(&mut self) -> Parsed {
        self.chain(&COMPARISONS, Self::membership)
    }

    fn membership(&mut self) -> Parsed {
        let member = self.chain(&["+", "-"], Self::product)?;
        let at = self.at();
        let is_negated = self.take(&["NOT"]).is_some();
        if is_negated {
            self.expect("IN")?;
        } else if self.take(&["IN"]).is_none() {
            return Ok(member);
        }
        self.expect("(")?;
        let mut values = vec![self.item()?];
        while self.take(&[","]).is_some() {
            values.push(self.item()?);
        }
        self.expect(")")?;
        let kind = SyntaxKind::In {
            member: Box::new(member),
            values,
            is_negated,
        };
        Ok(Syntax::new(kind, at))
    }

    fn product(&mut self) -> Parsed {
        self.chain(&["*", "/", "%"], Self::simple)
    }

    fn prefix(
        &mut self,
        operators: &[&'static str],
        operand: fn(&mut Self) -> Parsed,
        other: fn(&mut Self) -> Parsed,
    ) -> Parsed {
        let at = self.at();
        let operator = match self.take(operators) {
            Some("NOT") => Prefix::Not,
            Some("+") => Prefix::Plus,
            Some(_) => Prefix::Minus,
            None => return other(self),
        };
        let operand = Box::new(self.nested(operand)?);
        Ok(Syntax::new(SyntaxKind::Unary { operator, operand }, at))
    }

    fn simple(&mut self) -> Parsed {
        self.prefix(&["+", "-"], Self::simple, Self::primary)
    }

    fn primary(&mut self) -> Parsed {
        let at = self.at();
        if self.take(&["("]).is_some() {
            return self.nested(|parser| parser.parenthesized(at));
        }
        self.atom(true)
    }

    fn parenthesized(&mut self, at: usize) -> Parsed {
        let first = self.or()?;
        let kind = if self.take(&[","]).is_some() {
            let second = self.or()?;
            SyntaxKind::Tuple(Box::new([first, second]))
        } else {
            SyntaxKind::Parens(Box::new(first))
        };
        self.expect(")")?;
        Ok(Syntax::new(kind, at))
    }

    /// A literal, name, bind name or call.
    fn atom(&mut self, takes_qualified: bool) -> Parsed {
        let at = self.at();
        let Some(token) = self.peek().cloned() else {
            return Err(self.unexpected());
        };
        let kind = match token {
            Token::Number(text) => SyntaxKind::Number(text),
            Token::String(text) => SyntaxKind::String(text),
            Token::Time(text) => match TaiNs::parse_literal(&text) {
                Ok(time) => SyntaxKind::Time { text, time },
                Err(error) => return Err(self.error(at, error.to_string())),
            },
            Token::Range(start, stop, stride) => SyntaxKind::Range {
                start,
                stop,
                stride,
            },
            Token::Bind(name) => SyntaxKind::Bind(name),
            Token::QualifiedIdentifier(name) if takes_qualified => SyntaxKind::Identifier(name),
            Token::SimpleIdentifier(name) => {
                self.next += 1;
                if self.take(&["("]).is_some() {
                    return self.nested(|parser| parser.call(&name, at));
                }
                return Ok(Syntax::new(SyntaxKind::Identifier(name), at));
            }
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(Syntax::new(kind, at))
    }

    /// A call after its opening parenthesis. The reference takes a comma before the first argument.
    fn call(&mut self, name: &str, at: usize) -> Parsed {
        let mut arguments = Vec::new();
        if self.take(&[")"]).is_none() {
            if !self.peek().is_some_and(|token| token.is(",")) {
                arguments.push(self.or()?);
            }
            while self.take(&[","]).is_some() {
                arguments.push(self.or()?);
            }
            self.expect(")")?;
        }
        match function::call(name, arguments) {
            Ok(kind) => Ok(Syntax::new(kind, at)),
            Err(reason) => Err(self.error(at, reason)),
        }
    }

    /// A member of the list of IN.
    fn item(&mut self) -> Parsed {
        let at = self.at();
        if let Some(sign) = self.take(&["+", "-"]) {
            let Some(Token::Number(text)) = self.peek() else {
                return Err(self.unexpected());
            };
            let text = format!("{sign}{text}");
            self.next += 1;
            return Ok(Syntax::new(SyntaxKind::Number(text), at));
        }
        let item = self.atom(false)?;
        match &item.kind {
            SyntaxKind::Call { .. } => Err(self.error(
                at,
                format!("{item} in a list, which takes only literals, names, and bind names,"),
            )),
            _ => Ok(item),
        }
    }
}
