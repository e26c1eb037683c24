//! Which types the operands of a leaf may have (the `_validate...` of the reference's leaves, `queries/tree/_predicate.py`).

use super::column_expression::ColumnExpression;
use super::column_set::ColumnSet;
use super::column_type::QueryColumnType;
use super::comparison_operator::ComparisonOperator;
use super::dataset_key::DatasetKey;
use super::predicate_leaf::PredicateLeaf;
use super::query_tree::QueryTree;
use crate::config::str_repr;
use crate::query::QueryError;

impl PredicateLeaf {
    /// Check the types of the operands.
    pub fn validate(&self) -> Result<(), QueryError> {
        match self {
            Self::Not(operand) => operand.validate(),
            Self::BooleanWrapper(reference) => match reference.column_type() {
                QueryColumnType::Bool => Ok(()),
                other => Err(QueryError::invalid(format!(
                    "Column {reference} is of type {other}, not bool."
                ))),
            },
            Self::IsNull(_) => Ok(()),
            Self::Comparison { a, operator, b } => self.validate_comparison(a, *operator, b),
            Self::InContainer { member, container } => {
                self.validate_member(member)?;
                let same = |item: &ColumnExpression| item.column_type() == member.column_type();
                match container.iter().all(same) {
                    true => Ok(()),
                    false => Err(QueryError::invalid(format!(
                        "Column types for membership test {self} do not agree."
                    ))),
                }
            }
            Self::InRange {
                member,
                start,
                stop,
                step,
            } => validate_range(member, *start, *stop, *step),
            Self::InQuery {
                member,
                column,
                query_tree,
            } => self.validate_in_query(member, column, query_tree),
        }
    }

    fn validate_member(&self, member: &ColumnExpression) -> Result<(), QueryError> {
        match member.column_type() {
            QueryColumnType::Timespan | QueryColumnType::Region => Err(QueryError::invalid(
                format!("Timespan or region column {member} may not be used in IN expressions."),
            )),
            _ => Ok(()),
        }
    }

    fn validate_comparison(
        &self,
        a: &ColumnExpression,
        operator: ComparisonOperator,
        b: &ColumnExpression,
    ) -> Result<(), QueryError> {
        use ComparisonOperator as O;
        use QueryColumnType as T;
        let (type_a, type_b) = (a.column_type(), b.column_type());
        let is_pair = |x, y| (type_a, type_b) == (x, y) || (type_b, type_a) == (x, y);
        let compares = !matches!(operator, O::Overlaps | O::Glob);
        let mixed = match operator {
            O::Overlaps => is_pair(T::Timespan, T::DateTime) || is_pair(T::Timespan, T::IngestDate),
            _ if compares => {
                is_pair(T::DateTime, T::IngestDate) || (type_a.is_numeric() && type_b.is_numeric())
            }
            _ => false,
        };
        if mixed {
            return Ok(());
        }
        if type_a != type_b {
            return Err(QueryError::invalid(format!(
                "Column types for comparison {self} do not agree ({type_a}, {type_b})."
            )));
        }
        let is_column = |e: &ColumnExpression| e.as_reference().is_some();
        match (operator, type_a) {
            (O::Equal | O::NotEqual, _)
            | (O::Overlaps, T::Timespan)
            | (O::Glob, T::String)
            | (
                O::Less | O::Greater | O::LessEqual | O::GreaterEqual,
                T::Int | T::String | T::Float | T::DateTime,
            ) => Ok(()),
            (O::Overlaps, T::Region) if is_column(a) || is_column(b) => Ok(()),
            (O::Overlaps, T::Region) => Err(QueryError::invalid(
                "Spatial overlap comparison requires at least one dimension region column.",
            )),
            _ => Err(QueryError::invalid(format!(
                "Invalid column type {type_a} for operator '{}'.",
                operator.name()
            ))),
        }
    }

    fn validate_in_query(
        &self,
        member: &ColumnExpression,
        column: &ColumnExpression,
        tree: &QueryTree,
    ) -> Result<(), QueryError> {
        self.validate_member(member)?;
        let (type_a, type_b) = (member.column_type(), column.column_type());
        if type_a != type_b {
            return Err(QueryError::invalid(format!(
                "Column types for membership test {self} do not agree ({type_a}, {type_b})."
            )));
        }
        let mut required = ColumnSet::new(&tree.dimensions);
        column.gather_required_columns(&mut required);
        if *required.dimensions() != tree.dimensions {
            return Err(QueryError::invalid(format!(
                "Column {column} requires dimensions {}, but query tree only has {}.",
                required.dimensions(),
                tree.dimensions
            )));
        }
        let needed = required.dataset_fields().keys();
        match needed.clone().all(|k| tree.has_named_search(k)) {
            true => Ok(()),
            false => Err(QueryError::invalid(format!(
                "Column {column} requires dataset types {{{}}} that are not present in query tree.",
                needed.map(key_repr).collect::<Vec<_>>().join(", ")
            ))),
        }
    }
}

/// A dataset search as the reference's messages have it among others.
fn key_repr(key: &DatasetKey) -> String {
    match key {
        DatasetKey::Any => "ANY_DATASET".to_owned(),
        DatasetKey::Named(name) => str_repr(name),
    }
}

fn validate_range(
    member: &ColumnExpression,
    start: i64,
    stop: Option<i64>,
    step: i64,
) -> Result<(), QueryError> {
    if member.column_type() != QueryColumnType::Int {
        return Err(QueryError::invalid(format!(
            "Column {member} is not an integer."
        )));
    }
    if step < 1 {
        return Err(QueryError::invalid("Range step must be >= 1."));
    }
    match stop {
        Some(stop) if stop < start => Err(QueryError::invalid("Range stop must be >= start.")),
        _ => Ok(()),
    }
}
