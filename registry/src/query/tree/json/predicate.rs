//! Predicates and their leaves (`queries/tree/_predicate.py`).

use serde_json::{Value, json};

use super::node::Node;
use super::{expression, query_tree};
use crate::query::QueryError;
use crate::query::tree::{ComparisonOperator, Predicate, PredicateLeaf};

/// Read a predicate.
pub(super) fn read(node: &Node<'_>) -> Result<Predicate, QueryError> {
    let groups = node.field("operands")?;
    Ok(Predicate {
        operands: groups.items(|group| group.items(read_leaf))?,
    })
}

fn read_leaf(node: &Node<'_>) -> Result<PredicateLeaf, QueryError> {
    match node.tag("predicate_type")? {
        "not" => {
            let operand = node.field("operand")?;
            match read_leaf(&operand)? {
                PredicateLeaf::Not(_) => Err(operand.fail("expected a leaf that is not 'not'")),
                leaf => Ok(PredicateLeaf::Not(Box::new(leaf))),
            }
        }
        kind => {
            let leaf = read_operand(node, kind)?;
            leaf.validate()?;
            Ok(leaf)
        }
    }
}

fn read_operand(node: &Node<'_>, kind: &str) -> Result<PredicateLeaf, QueryError> {
    let read = |name: &str| expression::read(&node.field(name)?);
    let leaf = match kind {
        "boolean_wrapper" => {
            PredicateLeaf::BooleanWrapper(expression::read_reference(&node.field("operand")?)?)
        }
        "is_null" => PredicateLeaf::IsNull(read("operand")?),
        "comparison" => {
            let (a, b) = (read("a")?, read("b")?);
            let name = node.tag("operator")?;
            let operator = ComparisonOperator::ALL
                .into_iter()
                .find(|o| o.name() == name)
                .ok_or_else(|| expression::unknown(node, name))?;
            PredicateLeaf::Comparison { a, operator, b }
        }
        "in_container" => PredicateLeaf::InContainer {
            member: read("member")?,
            container: node.field("container")?.items(expression::read)?,
        },
        "in_range" => {
            let (start, step) = (node.optional("start")?, node.optional("step")?);
            let stop = node.optional("stop")?;
            PredicateLeaf::InRange {
                member: read("member")?,
                start: start.map_or(Ok(0), |n| n.int())?,
                stop: stop.map_or(Ok(None), |n| n.int_or_null())?,
                step: step.map_or(Ok(1), |n| n.int())?,
            }
        }
        "in_query" => PredicateLeaf::InQuery {
            member: read("member")?,
            column: read("column")?,
            query_tree: Box::new(query_tree::read(&node.field("query_tree")?)?),
        },
        other => return Err(node.fail(format!("there is no kind '{other}' of predicate"))),
    };
    Ok(leaf)
}

/// Write a predicate.
pub(super) fn write(predicate: &Predicate) -> Value {
    let groups = predicate.operands.iter();
    let groups: Vec<Value> = groups
        .map(|group| group.iter().map(write_leaf).collect())
        .collect();
    json!({"operands": groups})
}

fn write_leaf(leaf: &PredicateLeaf) -> Value {
    match leaf {
        PredicateLeaf::Not(operand) => {
            json!({"predicate_type": "not", "operand": write_leaf(operand)})
        }
        PredicateLeaf::BooleanWrapper(reference) => json!({
            "predicate_type": "boolean_wrapper",
            "operand": expression::write_reference(reference),
        }),
        PredicateLeaf::IsNull(operand) => {
            json!({"predicate_type": "is_null", "operand": expression::write(operand)})
        }
        PredicateLeaf::Comparison { a, operator, b } => json!({
            "predicate_type": "comparison",
            "a": expression::write(a),
            "b": expression::write(b),
            "operator": operator.name(),
        }),
        PredicateLeaf::InContainer { member, container } => json!({
            "predicate_type": "in_container",
            "member": expression::write(member),
            "container": container.iter().map(expression::write).collect::<Vec<_>>(),
        }),
        PredicateLeaf::InRange {
            member,
            start,
            stop,
            step,
        } => json!({
            "predicate_type": "in_range",
            "member": expression::write(member),
            "start": start,
            "stop": stop,
            "step": step,
        }),
        PredicateLeaf::InQuery {
            member,
            column,
            query_tree,
        } => json!({
            "predicate_type": "in_query",
            "member": expression::write(member),
            "column": expression::write(column),
            "query_tree": query_tree::write(query_tree),
        }),
    }
}
