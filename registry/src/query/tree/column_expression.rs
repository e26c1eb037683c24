//! Column expressions that are not truth values.

use std::collections::BTreeSet;
use std::fmt;

use super::column_literal::ColumnLiteral;
use super::column_reference::ColumnReference;
use super::column_set::ColumnSet;
use super::column_type::QueryColumnType;
use crate::model::universe::Universe;
use crate::query::QueryError;

/// Operator of one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// Minus.
    Negate,
    /// Lower bound of a timespan.
    BeginOf,
    /// Upper bound of a timespan.
    EndOf,
}

/// Operator of two operands. `/` and `%` of integers are SQL's, not Python's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient.
    Divide,
    /// Remainder.
    Modulo,
}

impl UnaryOperator {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Negate, Self::BeginOf, Self::EndOf];

    /// The reference's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Negate => "-",
            Self::BeginOf => "begin_of",
            Self::EndOf => "end_of",
        }
    }
}

impl BinaryOperator {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Add,
        Self::Subtract,
        Self::Multiply,
        Self::Divide,
        Self::Modulo,
    ];

    /// The sign.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// An expression over columns (`queries/tree/_column_expression.py`). Operand types were checked when it was made.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnExpression {
    /// A value.
    Literal(ColumnLiteral),
    /// A column.
    Reference(ColumnReference),
    /// An operation on one expression.
    Unary {
        /// What is done.
        operator: UnaryOperator,
        /// With what.
        operand: Box<ColumnExpression>,
    },
    /// An operation on two expressions.
    Binary {
        /// What is done.
        operator: BinaryOperator,
        /// Left operand.
        a: Box<ColumnExpression>,
        /// Right operand.
        b: Box<ColumnExpression>,
    },
}

impl ColumnExpression {
    /// An operation on one expression, if the operator takes its type.
    pub fn unary(operator: UnaryOperator, operand: Self) -> Result<Self, QueryError> {
        let fits = match operator {
            UnaryOperator::Negate => operand.column_type().is_numeric(),
            UnaryOperator::BeginOf | UnaryOperator::EndOf => {
                operand.column_type() == QueryColumnType::Timespan
            }
        };
        if !fits {
            return Err(wrong_type(operand.column_type(), operator.name()));
        }
        Ok(Self::Unary {
            operator,
            operand: Box::new(operand),
        })
    }

    /// An operation on two expressions, if the operator takes their type, which must be the same.
    pub fn binary(operator: BinaryOperator, a: Self, b: Self) -> Result<Self, QueryError> {
        let (type_a, type_b) = (a.column_type(), b.column_type());
        if type_a != type_b {
            return Err(QueryError::invalid(format!(
                "Column types for operator {} do not agree ({type_a}, {type_b}).",
                operator.name()
            )));
        }
        let fits = match operator {
            BinaryOperator::Modulo => type_a == QueryColumnType::Int,
            _ => type_a.is_numeric(),
        };
        if !fits {
            return Err(wrong_type(type_a, operator.name()));
        }
        Ok(Self::Binary {
            operator,
            a: Box::new(a),
            b: Box::new(b),
        })
    }

    /// Type of the values.
    pub fn column_type(&self) -> QueryColumnType {
        match self {
            Self::Literal(literal) => literal.column_type(),
            Self::Reference(reference) => reference.column_type(),
            Self::Unary {
                operator: UnaryOperator::Negate,
                operand,
            } => operand.column_type(),
            Self::Unary { .. } => QueryColumnType::DateTime,
            Self::Binary { a, .. } => a.column_type(),
        }
    }

    /// Add the columns that are needed to evaluate this.
    pub fn gather_required_columns(&self, columns: &mut ColumnSet) {
        match self {
            Self::Literal(_) => {}
            Self::Reference(reference) => reference.gather_required_columns(columns),
            Self::Unary { operand, .. } => operand.gather_required_columns(columns),
            Self::Binary { a, b, .. } => {
                a.gather_required_columns(columns);
                b.gather_required_columns(columns);
            }
        }
    }

    /// Add the governor dimensions that must have a value for this to mean anything.
    pub fn gather_governors(&self, universe: &Universe, governors: &mut BTreeSet<String>) {
        match self {
            Self::Literal(_) => {}
            Self::Reference(reference) => reference.gather_governors(universe, governors),
            Self::Unary { operand, .. } => operand.gather_governors(universe, governors),
            Self::Binary { a, b, .. } => {
                a.gather_governors(universe, governors);
                b.gather_governors(universe, governors);
            }
        }
    }

    /// The reference, if this is nothing else.
    pub fn as_reference(&self) -> Option<&ColumnReference> {
        match self {
            Self::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// The literal, if this is nothing else.
    pub fn as_literal(&self) -> Option<&ColumnLiteral> {
        match self {
            Self::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    fn is_atom(&self) -> bool {
        matches!(self, Self::Literal(_) | Self::Reference(_))
    }
}

fn wrong_type(column_type: QueryColumnType, operator: &str) -> QueryError {
    QueryError::invalid(format!(
        "Invalid column type {column_type} for operator '{operator}'."
    ))
}

impl fmt::Display for ColumnExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nested = |e: &Self| {
            if e.is_atom() {
                e.to_string()
            } else {
                format!("({e})")
            }
        };
        match self {
            Self::Literal(literal) => write!(f, "{literal}"),
            Self::Reference(reference) => write!(f, "{reference}"),
            Self::Unary { operator, operand } => match operator {
                UnaryOperator::Negate => write!(f, "-{}", nested(operand)),
                UnaryOperator::BeginOf => write!(f, "{}.begin", nested(operand)),
                UnaryOperator::EndOf => write!(f, "{}.end", nested(operand)),
            },
            Self::Binary { operator, a, b } => {
                write!(f, "{} {} {}", nested(a), operator.name(), nested(b))
            }
        }
    }
}

/// What rows are sorted by.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderExpression {
    /// The values.
    pub operand: ColumnExpression,
    /// Whether the largest comes first.
    pub is_reversed: bool,
}

impl OrderExpression {
    /// Sort by these values, if their type has an order.
    pub fn new(operand: ColumnExpression, is_reversed: bool) -> Result<Self, QueryError> {
        let order = Self {
            operand,
            is_reversed,
        };
        let column_type = order.operand.column_type();
        if column_type.is_ordered() {
            Ok(order)
        } else {
            Err(QueryError::invalid(format!(
                "Column type {column_type} of {order} is not ordered."
            )))
        }
    }
}

impl fmt::Display for OrderExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = if self.is_reversed { " DESC" } else { "" };
        write!(f, "{}{suffix}", self.operand)
    }
}
