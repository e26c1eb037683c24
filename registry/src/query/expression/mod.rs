//! The language of `--where`: text -> tokens -> syntax tree -> predicate.

mod arguments;
mod binds;
mod character;
mod convert;
mod display;
mod error;
mod function;
mod geometry;
mod identifier;
mod lexer;
mod operation;
mod parser;
mod syntax;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub use arguments::{data_id_predicate, order_by};
pub use binds::{BindValue, Binds, bind_literal};
pub use convert::where_predicate;
pub use error::{ExpressionError, Piece, Place};
pub use identifier::IdentifierContext;
pub use parser::parse;
pub use syntax::{Function, Prefix, Syntax, SyntaxKind};
