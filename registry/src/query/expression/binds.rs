//! Values that expressions name.

use std::collections::BTreeMap;

use super::convert::literal;
use super::parser::parse;
use super::syntax::SyntaxKind;
use crate::query::tree::ColumnLiteral;

/// A value that an expression can name, with or without a colon.
#[derive(Debug, Clone, PartialEq)]
pub enum BindValue {
    /// One value.
    Literal(ColumnLiteral),
    /// Several, for `IN`.
    List(Vec<ColumnLiteral>),
}

impl From<ColumnLiteral> for BindValue {
    fn from(literal: ColumnLiteral) -> Self {
        Self::Literal(literal)
    }
}

/// Values by the names that expressions have for them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Binds(BTreeMap<String, BindValue>);

impl Binds {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Add a value; gives the one that had the name before.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<BindValue>,
    ) -> Option<BindValue> {
        self.0.insert(name.into(), value.into())
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&BindValue> {
        self.0.get(name)
    }
}

impl<N: Into<String>, V: Into<BindValue>> FromIterator<(N, V)> for Binds {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter().map(|(n, v)| (n.into(), v.into()));
        Self(pairs.collect())
    }
}

/// The value of `--bind NAME=TEXT`: a literal of the where-language, or several in parentheses; any other text is itself.
///
/// ```
/// use pantry_registry::query::expression::{BindValue, bind_literal};
/// use pantry_registry::query::tree::ColumnLiteral;
///
/// assert_eq!(bind_literal("3"), BindValue::Literal(ColumnLiteral::Int(3)));
/// assert_eq!(bind_literal("HSC"), BindValue::Literal(ColumnLiteral::String("HSC".into())));
/// let both = [1, 2].map(ColumnLiteral::Int);
/// assert_eq!(bind_literal("(1, 2)"), BindValue::List(both.to_vec()));
/// ```
pub fn bind_literal(text: &str) -> BindValue {
    if let Some(values) = literals(text) {
        return BindValue::List(values);
    }
    match literals(&format!("({text})")).as_deref() {
        Some([value]) => BindValue::Literal(value.clone()),
        _ => BindValue::Literal(ColumnLiteral::String(text.to_owned())),
    }
}

/// The values of a list that has nothing but literals.
fn literals(list: &str) -> Option<Vec<ColumnLiteral>> {
    let tree = parse(&format!("x IN {list}")).ok()??;
    let SyntaxKind::In { values, .. } = &tree.kind else {
        return None;
    };
    values.iter().map(|v| literal(v)?.ok()).collect()
}
