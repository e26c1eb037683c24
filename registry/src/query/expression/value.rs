//! What parts of expressions become.

use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnReference, ComparisonOperator, Predicate, PredicateLeaf,
};

/// What a part of an expression becomes (`_VisitorResult`, `queries/_expression_strings.py`).
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A condition.
    Predicate(Predicate),
    /// A value.
    Expression(ColumnExpression),
    /// `NULL`.
    Null,
    /// Integers from the first to the second, inclusive, with a stride.
    Range(i64, i64, i64),
    /// A bound list.
    Sequence(Vec<ColumnExpression>),
}

impl Value {
    /// The reference's name of the type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Predicate(_) => "bool",
            Self::Expression(expression) => expression.column_type().name(),
            Self::Null => "null",
            Self::Range(..) => "range",
            Self::Sequence(_) => "sequence",
        }
    }

    /// Whether `member` is in this; `None` if this cannot stand in a list.
    pub(super) fn contains(
        self,
        member: ColumnExpression,
    ) -> Option<Result<Predicate, QueryError>> {
        Some(match self {
            Self::Sequence(container) => {
                Predicate::leaf(PredicateLeaf::InContainer { member, container })
            }
            Self::Range(start, last, step) => Predicate::leaf(PredicateLeaf::InRange {
                member,
                start,
                stop: Some(last.saturating_add(1)),
                step,
            }),
            Self::Expression(item) => Predicate::compare(member, ComparisonOperator::Equal, item),
            Self::Null => Ok(Predicate::from_leaf(PredicateLeaf::IsNull(member))),
            Self::Predicate(_) => return None,
        })
    }
}

/// The column of a condition that is nothing but a column of truth values.
pub(super) fn boolean_column(predicate: &Predicate) -> Option<&ColumnReference> {
    match predicate.operands.as_slice() {
        [group] => match group.as_slice() {
            [PredicateLeaf::BooleanWrapper(reference)] => Some(reference),
            _ => None,
        },
        _ => None,
    }
}
