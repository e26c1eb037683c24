//! Column expressions and references (`queries/tree/_column_expression.py`, `_column_reference.py`).

use serde_json::{Value, json};

use super::literal;
use super::node::Node;
use crate::query::QueryError;
use crate::query::tree::{
    BinaryOperator, ColumnExpression, ColumnReference, DatasetField, DatasetKey, OrderExpression,
    UnaryOperator,
};

/// What stands for all dataset types of a search (`ANY_DATASET`).
const ANY_DATASET: i64 = -1;

/// Read an expression.
pub(super) fn read(node: &Node<'_>) -> Result<ColumnExpression, QueryError> {
    let kind = node.tag("expression_type")?;
    match kind {
        "unary" => {
            let operand = read(&node.field("operand")?)?;
            let name = node.tag("operator")?;
            let operator = UnaryOperator::ALL.into_iter().find(|o| o.name() == name);
            ColumnExpression::unary(operator.ok_or_else(|| unknown(node, name))?, operand)
        }
        "binary" => {
            let (a, b) = (read(&node.field("a")?)?, read(&node.field("b")?)?);
            let name = node.tag("operator")?;
            let operator = BinaryOperator::ALL.into_iter().find(|o| o.name() == name);
            ColumnExpression::binary(operator.ok_or_else(|| unknown(node, name))?, a, b)
        }
        _ => match literal::read(node, kind)? {
            Some(literal) => Ok(ColumnExpression::Literal(literal)),
            None => read_reference(node).map(ColumnExpression::Reference),
        },
    }
}

/// An error about an operator.
pub(super) fn unknown(node: &Node<'_>, operator: &str) -> QueryError {
    node.fail(format!("there is no operator '{operator}'"))
}

/// Read a reference to a column.
pub(super) fn read_reference(node: &Node<'_>) -> Result<ColumnReference, QueryError> {
    let kind = node.tag("expression_type")?;
    match kind {
        "dimension_key" => {
            ColumnReference::dimension_key(node.universe, node.field("dimension")?.text()?)
        }
        "dimension_field" => {
            let element = node.field("element")?.text()?;
            ColumnReference::dimension_field(node.universe, element, node.field("field")?.text()?)
        }
        "dataset_field" => {
            let field = node.field("field")?;
            let name = field.text()?;
            Ok(ColumnReference::DatasetField {
                dataset_type: read_dataset_key(&node.field("dataset_type")?)?,
                field: DatasetField::from_name(name)
                    .ok_or_else(|| field.fail(format!("datasets have no field '{name}'")))?,
            })
        }
        _ => Err(node.fail(format!("there is no kind '{kind}' of expression here"))),
    }
}

fn read_dataset_key(node: &Node<'_>) -> Result<DatasetKey, QueryError> {
    match node.value {
        Value::String(name) => Ok(DatasetKey::Named(name.clone())),
        Value::Number(_) if node.int().is_ok_and(|n| n == ANY_DATASET) => Ok(DatasetKey::Any),
        _ => Err(node.expected("the name of a dataset type, or -1 for any")),
    }
}

/// Read what rows are sorted by.
pub(super) fn read_order(node: &Node<'_>) -> Result<OrderExpression, QueryError> {
    match node.tag("expression_type")? {
        "reversed" => OrderExpression::new(read(&node.field("operand")?)?, true),
        _ => OrderExpression::new(read(node)?, false),
    }
}

/// Write an expression.
pub(super) fn write(expression: &ColumnExpression) -> Value {
    match expression {
        ColumnExpression::Literal(literal) => literal::write(literal),
        ColumnExpression::Reference(reference) => write_reference(reference),
        ColumnExpression::Unary { operator, operand } => json!({
            "expression_type": "unary",
            "operand": write(operand),
            "operator": operator.name(),
        }),
        ColumnExpression::Binary { operator, a, b } => json!({
            "expression_type": "binary",
            "a": write(a),
            "b": write(b),
            "operator": operator.name(),
        }),
    }
}

/// Write a reference to a column.
pub(super) fn write_reference(reference: &ColumnReference) -> Value {
    match reference {
        ColumnReference::DimensionKey { dimension, .. } => {
            json!({"expression_type": "dimension_key", "dimension": dimension})
        }
        ColumnReference::DimensionField { element, field, .. } => {
            json!({"expression_type": "dimension_field", "element": element, "field": field})
        }
        ColumnReference::DatasetField {
            dataset_type,
            field,
        } => {
            let key = match dataset_type {
                DatasetKey::Any => json!(ANY_DATASET),
                DatasetKey::Named(name) => json!(name),
            };
            json!({"expression_type": "dataset_field", "dataset_type": key, "field": field.name()})
        }
    }
}

/// Write what rows are sorted by.
pub(super) fn write_order(order: &OrderExpression) -> Value {
    let operand = write(&order.operand);
    match order.is_reversed {
        true => json!({"expression_type": "reversed", "operand": operand}),
        false => operand,
    }
}
