//! Parts of predicates without AND and OR.

use std::collections::BTreeSet;
use std::fmt;

use super::column_expression::ColumnExpression;
use super::column_reference::ColumnReference;
use super::column_set::ColumnSet;
use super::comparison_operator::ComparisonOperator;
use super::query_tree::QueryTree;
use crate::model::universe::Universe;

/// A part of a predicate without AND and OR (`queries/tree/_predicate.py`).
#[derive(Debug, Clone, PartialEq)]
pub enum PredicateLeaf {
    /// The opposite of a leaf that is no `Not` itself.
    Not(Box<PredicateLeaf>),
    /// A column of truth values.
    BooleanWrapper(ColumnReference),
    /// Whether there is no value.
    IsNull(ColumnExpression),
    /// A comparison.
    Comparison {
        /// Left side.
        a: ColumnExpression,
        /// How.
        operator: ComparisonOperator,
        /// Right side.
        b: ColumnExpression,
    },
    /// Whether a value is one of several.
    InContainer {
        /// The value.
        member: ColumnExpression,
        /// The several.
        container: Vec<ColumnExpression>,
    },
    /// Whether an integer is in a range.
    InRange {
        /// The integer.
        member: ColumnExpression,
        /// First of the range.
        start: i64,
        /// End of the range, exclusive; none is without end.
        stop: Option<i64>,
        /// Distance between the members of the range.
        step: i64,
    },
    /// Whether a value is in a column of another query.
    InQuery {
        /// The value.
        member: ColumnExpression,
        /// The other query's column.
        column: ColumnExpression,
        /// The other query.
        query_tree: Box<QueryTree>,
    },
}

impl PredicateLeaf {
    /// The opposite.
    pub fn invert(self) -> Self {
        match self {
            Self::Not(operand) => *operand,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Add the columns that are needed to evaluate this.
    pub fn gather_required_columns(&self, columns: &mut ColumnSet) {
        match self {
            Self::Not(operand) => operand.gather_required_columns(columns),
            Self::BooleanWrapper(reference) => reference.gather_required_columns(columns),
            _ => self
                .expressions()
                .iter()
                .for_each(|e| e.gather_required_columns(columns)),
        }
    }

    /// Add the governor dimensions that must have a value for this to mean anything.
    pub fn gather_governors(&self, universe: &Universe, governors: &mut BTreeSet<String>) {
        match self {
            Self::Not(operand) => operand.gather_governors(universe, governors),
            Self::BooleanWrapper(reference) => reference.gather_governors(universe, governors),
            _ => self
                .expressions()
                .iter()
                .for_each(|e| e.gather_governors(universe, governors)),
        }
    }

    /// The expressions over this query's columns; a column of another query is not one.
    fn expressions(&self) -> Vec<&ColumnExpression> {
        match self {
            Self::Not(_) | Self::BooleanWrapper(_) => Vec::new(),
            Self::IsNull(operand) => vec![operand],
            Self::Comparison { a, b, .. } => vec![a, b],
            Self::InContainer { member, container } => {
                std::iter::once(member).chain(container).collect()
            }
            Self::InRange { member, .. } | Self::InQuery { member, .. } => vec![member],
        }
    }
}

impl fmt::Display for PredicateLeaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Not(operand) => write!(f, "NOT {operand}"),
            Self::BooleanWrapper(reference) => write!(f, "{reference}"),
            Self::IsNull(operand) => write!(f, "{operand} IS NULL"),
            Self::Comparison { a, operator, b } => {
                write!(f, "{a} {} {b}", operator.name().to_uppercase())
            }
            Self::InContainer { member, container } => {
                let items: Vec<String> = container.iter().map(ToString::to_string).collect();
                write!(f, "{member} IN [{}]", items.join(", "))
            }
            Self::InRange {
                member,
                start,
                stop,
                step,
            } => {
                let start = Some(*start).filter(|s| *s != 0).map(|s| s.to_string());
                let stop = stop.map(|s| s.to_string()).unwrap_or_default();
                write!(f, "{member} IN {}:{stop}", start.unwrap_or_default())?;
                if *step == 1 {
                    return Ok(());
                }
                write!(f, ":{step}")
            }
            Self::InQuery { member, column, .. } => write!(f, "{member} IN (query).{column}"),
        }
    }
}
