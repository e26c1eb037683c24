//! Operations on two operands (`visitBinaryOp`, `lsst/daf/butler/queries/_expression_strings.py`).

use super::convert::Converter;
use super::syntax::Syntax;
use super::value::{Value, boolean_column};
use crate::query::QueryError;
use crate::query::tree::{
    BinaryOperator, ColumnExpression, ComparisonOperator, Predicate, PredicateLeaf,
};

impl Converter<'_> {
    pub(super) fn binary(
        &self,
        operator: &'static str,
        lhs: Value,
        rhs: Value,
        syntax: &Syntax,
    ) -> Result<Value, QueryError> {
        let types = (lhs.type_name(), rhs.type_name());
        let result = match (operator, lhs, rhs) {
            ("OR", Value::Predicate(a), Value::Predicate(b)) => {
                a.logical_or(b).map(Value::Predicate)
            }
            ("AND", Value::Predicate(a), Value::Predicate(b)) => {
                Ok(Value::Predicate(a.logical_and(b)))
            }
            (sign, Value::Expression(a), Value::Expression(b)) => {
                match (comparison(sign), arithmetic(sign)) {
                    (Some(operator), _) => Predicate::compare(a, operator, b).map(Value::Predicate),
                    (_, Some(operator)) => {
                        ColumnExpression::binary(operator, a, b).map(Value::Expression)
                    }
                    _ => return Err(self.invalid_types(operator, types, syntax)),
                }
            }
            (sign @ ("=" | "!="), a, b) => match null_operand(&a, &b) {
                Some(operand) => null_test(operand, sign == "!=").map(Value::Predicate),
                None => return Err(self.invalid_types(operator, types, syntax)),
            },
            _ => return Err(self.invalid_types(operator, types, syntax)),
        };
        result.map_err(self.place(syntax))
    }

    fn invalid_types(
        &self,
        operator: &str,
        (lhs, rhs): (&str, &str),
        syntax: &Syntax,
    ) -> QueryError {
        let message = format!(
            "Invalid types {lhs}, {rhs} for binary operator '{operator}' in expression {syntax}."
        );
        self.invalid(syntax, &message)
    }
}

/// What is compared with `NULL`: a value, or a column of truth values.
fn null_operand(a: &Value, b: &Value) -> Option<ColumnExpression> {
    match (a, b) {
        (Value::Expression(operand), Value::Null) | (Value::Null, Value::Expression(operand)) => {
            Some(operand.clone())
        }
        (Value::Predicate(predicate), Value::Null) | (Value::Null, Value::Predicate(predicate)) => {
            let column = boolean_column(predicate)?;
            Some(ColumnExpression::Reference(column.clone()))
        }
        _ => None,
    }
}

fn null_test(operand: ColumnExpression, is_negated: bool) -> Result<Predicate, QueryError> {
    let test = Predicate::from_leaf(PredicateLeaf::IsNull(operand));
    if is_negated {
        test.logical_not()
    } else {
        Ok(test)
    }
}

fn comparison(sign: &str) -> Option<ComparisonOperator> {
    Some(match sign {
        "=" => ComparisonOperator::Equal,
        "!=" => ComparisonOperator::NotEqual,
        "<" => ComparisonOperator::Less,
        ">" => ComparisonOperator::Greater,
        "<=" => ComparisonOperator::LessEqual,
        ">=" => ComparisonOperator::GreaterEqual,
        "OVERLAPS" => ComparisonOperator::Overlaps,
        _ => return None,
    })
}

fn arithmetic(sign: &str) -> Option<BinaryOperator> {
    BinaryOperator::ALL
        .into_iter()
        .find(|operator| operator.name() == sign)
}
