//! The serialised form of trees and result specifications: the JSON of the reference's pydantic models.
//!
//! Reading takes what the reference's server takes (pydantic's lax mode: `"1"` is an integer, unknown keys are left out) and
//! checks what its models check. All faults are [`QueryError::Invalid`] and name the place, as `predicate.operands.0.0.a.value`.
//! Stricter than the reference, which finds these out while it executes, if at all: integers beyond 64 bits, base64 that is
//! none, regions that cannot be decoded, negative limits, elements that are no dimensions among dimensions, and truth values of
//! columns that have other types.

mod expression;
mod literal;
mod node;
mod predicate;
mod query_tree;
mod result_spec;
mod scalar;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

use super::{ColumnExpression, ColumnLiteral, OrderExpression, Predicate, QueryTree, ResultSpec};
use crate::model::universe::Universe;
use crate::query::QueryError;
use node::Node;

/// Read a text as JSON for one of the functions below. Nesting is bounded.
///
/// # Errors
/// [`QueryError::Invalid`] with line and column.
pub fn parse(text: &str) -> Result<Value, QueryError> {
    serde_json::from_str(text).map_err(|e| QueryError::invalid(format!("not JSON: {e}")))
}

/// Read a tree (`SerializedQueryTree.to_query_tree`).
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn tree_from_json(value: &Value, universe: &Arc<Universe>) -> Result<QueryTree, QueryError> {
    query_tree::read(&Node::root(value, universe))
}

/// Write a tree.
pub fn tree_to_json(tree: &QueryTree) -> Value {
    query_tree::write(tree)
}

/// Read a result specification (`SerializedResultSpec.to_result_spec`). Whether a tree can answer it is another question:
/// [`ResultSpec::validate_tree`].
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn spec_from_json(value: &Value, universe: &Arc<Universe>) -> Result<ResultSpec, QueryError> {
    result_spec::read(&Node::root(value, universe))
}

/// Write a result specification.
pub fn spec_to_json(spec: &ResultSpec) -> Value {
    result_spec::write(spec)
}

/// Read a predicate.
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn predicate_from_json(
    value: &Value,
    universe: &Arc<Universe>,
) -> Result<Predicate, QueryError> {
    predicate::read(&Node::root(value, universe))
}

/// Write a predicate.
pub fn predicate_to_json(predicate: &Predicate) -> Value {
    predicate::write(predicate)
}

/// Read what rows are sorted by.
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn order_from_json(
    value: &Value,
    universe: &Arc<Universe>,
) -> Result<OrderExpression, QueryError> {
    expression::read_order(&Node::root(value, universe))
}

/// Write what rows are sorted by.
pub fn order_to_json(order: &OrderExpression) -> Value {
    expression::write_order(order)
}

/// Read a column expression.
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn expression_from_json(
    value: &Value,
    universe: &Arc<Universe>,
) -> Result<ColumnExpression, QueryError> {
    expression::read(&Node::root(value, universe))
}

/// Write a column expression.
pub fn expression_to_json(expression: &ColumnExpression) -> Value {
    expression::write(expression)
}

/// Read a literal, as the values of binds are sent.
///
/// # Errors
/// [`QueryError::Invalid`].
pub fn literal_from_json(
    value: &Value,
    universe: &Arc<Universe>,
) -> Result<ColumnLiteral, QueryError> {
    let node = Node::root(value, universe);
    let kind = node.tag("expression_type")?;
    match literal::read(&node, kind)? {
        Some(literal) => Ok(literal),
        None => Err(node.fail(format!("'{kind}' is no kind of literal"))),
    }
}

/// Write a literal.
pub fn literal_to_json(literal: &ColumnLiteral) -> Value {
    literal::write(literal)
}
