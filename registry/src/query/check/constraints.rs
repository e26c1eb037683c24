//! What a filter says about data IDs, and which governor dimensions it leaves open
//! (`queries/predicate_constraints_summary.py`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::data_coordinate::DataIdValue;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator, Predicate, PredicateLeaf,
    QueryTree,
};

/// What a filter fixes.
#[derive(Debug, Default)]
pub struct Constraints {
    /// Dimension values that every row must have.
    pub data_id: BTreeMap<String, DataIdValue>,
    /// Why no row can match, if that is plain.
    pub messages: Vec<String>,
    /// Governors that the filter names.
    governors: BTreeSet<String>,
}

impl Constraints {
    /// Of the filter of a tree.
    ///
    /// # Errors
    /// [`QueryError::Invalid`] if it names a dimension that means nothing without a governor that it leaves open.
    pub fn of(tree: &QueryTree) -> Result<Self, QueryError> {
        let mut constraints = Self::default();
        for group in &tree.predicate.operands {
            for leaf in group {
                constraints.add(tree.universe(), leaf, group.len() > 1, false);
            }
        }
        constraints.check_governors(tree)?;
        Ok(constraints)
    }

    fn check_governors(&self, tree: &QueryTree) -> Result<(), QueryError> {
        if !tree.validate_governor_constraints {
            return Ok(());
        }
        let mut needed = BTreeSet::new();
        tree.predicate
            .gather_governors(tree.universe(), &mut needed);
        let open = |g: &&String| !self.data_id.contains_key(*g) && !self.governors.contains(*g);
        match needed.iter().find(open) {
            Some(governor) => Err(QueryError::invalid(format!(
                "Query 'where' expression references a dimension dependent on {governor} without constraining it directly."
            ))),
            None => Ok(()),
        }
    }

    fn add(&mut self, universe: &Universe, leaf: &PredicateLeaf, is_one_of: bool, inverted: bool) {
        match leaf {
            PredicateLeaf::Not(operand) => self.add(universe, operand, is_one_of, true),
            PredicateLeaf::Comparison { a, operator, b } => {
                self.mention(universe, a);
                self.mention(universe, b);
                let equals = match inverted {
                    false => *operator == ComparisonOperator::Equal,
                    true => *operator == ComparisonOperator::NotEqual,
                };
                if equals && !is_one_of {
                    self.fix(a, b);
                }
            }
            // The reference looks at comparisons only.
            _ => {}
        }
    }

    fn fix(&mut self, a: &ColumnExpression, b: &ColumnExpression) {
        let (key, literal) = match (a, b) {
            (ColumnExpression::Reference(r), ColumnExpression::Literal(l))
            | (ColumnExpression::Literal(l), ColumnExpression::Reference(r)) => (r, l),
            _ => return,
        };
        let ColumnReference::DimensionKey { dimension, .. } = key else {
            return;
        };
        let value = match literal {
            ColumnLiteral::Int(v) => DataIdValue::Int(*v),
            ColumnLiteral::String(v) => DataIdValue::Str(v.clone()),
            // Numbers of both types compare, but no key is a fraction.
            _ => return,
        };
        match self.data_id.get(dimension) {
            Some(old) if *old != value => {
                let shown = |v: &DataIdValue| ColumnLiteral::from(v).to_string();
                self.messages.push(format!(
                    "'where' expression requires both {dimension}={} and {dimension}={}.",
                    shown(&value),
                    shown(old)
                ));
            }
            Some(_) => {}
            None => drop(self.data_id.insert(dimension.clone(), value)),
        }
    }

    /// Note the governors that an expression names, which counts as fixing them.
    fn mention(&mut self, universe: &Universe, expression: &ColumnExpression) {
        match expression {
            ColumnExpression::Literal(_) => {}
            ColumnExpression::Reference(ColumnReference::DimensionKey { dimension, .. }) => {
                if universe.get(dimension).is_some_and(|e| e.is_governor()) {
                    self.governors.insert(dimension.clone());
                }
            }
            ColumnExpression::Reference(ColumnReference::DimensionField {
                element, field, ..
            }) => {
                if let Some(found) = universe.get(element)
                    && found.is_governor()
                    && found.alternate_keys().iter().any(|c| c.name == *field)
                {
                    self.governors.insert(element.clone());
                }
            }
            ColumnExpression::Reference(ColumnReference::DatasetField { .. }) => {}
            ColumnExpression::Unary { operand, .. } => self.mention(universe, operand),
            ColumnExpression::Binary { a, b, .. } => {
                self.mention(universe, a);
                self.mention(universe, b);
            }
        }
    }
}

/// The filter that a default data ID adds: values of governors that the query uses and does not fix.
pub fn with_default_data_id(
    mut tree: QueryTree,
    default: &[(String, String)],
) -> Result<QueryTree, QueryError> {
    let universe = std::sync::Arc::clone(tree.universe());
    let mut used = BTreeSet::new();
    tree.predicate.gather_governors(&universe, &mut used);
    used.extend(tree.dimensions.governors().map(str::to_owned));
    let mut found = Constraints::default();
    for group in &tree.predicate.operands {
        for leaf in group {
            found.add(&universe, leaf, group.len() > 1, false);
        }
    }
    for (governor, value) in default {
        let open = !found.data_id.contains_key(governor) && !found.governors.contains(governor);
        if used.contains(governor) && open {
            let key = ColumnReference::dimension_key(&universe, governor)?;
            let equal = Predicate::compare(
                ColumnExpression::Reference(key),
                ComparisonOperator::Equal,
                ColumnExpression::Literal(ColumnLiteral::String(value.clone())),
            )?;
            tree.predicate = tree.predicate.logical_and(equal);
        }
    }
    Ok(tree)
}
