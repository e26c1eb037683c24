//! The language of `--where`: text -> tokens -> syntax tree -> predicate.

mod character;
mod display;
mod error;
mod function;
mod lexer;
mod parser;
mod syntax;
#[cfg(test)]
mod tests;
mod token;

pub use error::{ExpressionError, Place};
pub use parser::parse;
pub use syntax::{Function, Prefix, Syntax, SyntaxKind};
