//! Truth-valued expressions in conjunctive normal form.

use std::collections::BTreeSet;
use std::fmt;

use super::column_expression::ColumnExpression;
use super::column_set::ColumnSet;
use super::comparison_operator::ComparisonOperator;
use super::predicate_leaf::PredicateLeaf;
use super::query_tree::QueryTree;
use crate::model::universe::Universe;
use crate::query::QueryError;

/// Leaves that a predicate may have: normal form can double them with every nesting of AND in OR, and trees come from outside.
const MAX_LEAVES: usize = 100_000;

/// A truth-valued expression: an AND of ORs of leaves. No groups are true, an empty group is false.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    /// Groups of leaves.
    pub operands: Vec<Vec<PredicateLeaf>>,
}

impl Predicate {
    /// Always the same.
    pub fn from_bool(value: bool) -> Self {
        Self {
            operands: if value { Vec::new() } else { vec![Vec::new()] },
        }
    }

    /// One leaf, if its operands fit.
    pub fn leaf(leaf: PredicateLeaf) -> Result<Self, QueryError> {
        leaf.validate()?;
        Ok(Self::from_leaf(leaf))
    }

    /// One leaf that is known to be valid.
    pub fn from_leaf(leaf: PredicateLeaf) -> Self {
        Self {
            operands: vec![vec![leaf]],
        }
    }

    /// A comparison, if the operands fit.
    pub fn compare(
        a: ColumnExpression,
        operator: ComparisonOperator,
        b: ColumnExpression,
    ) -> Result<Self, QueryError> {
        Self::leaf(PredicateLeaf::Comparison { a, operator, b })
    }

    /// Both.
    pub fn logical_and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// All of them.
    pub fn all(predicates: impl IntoIterator<Item = Self>) -> Self {
        let mut predicates = predicates.into_iter();
        let mut all = predicates.next().unwrap_or(Self::from_bool(true));
        all.operands.extend(predicates.flat_map(|p| p.operands));
        match all.operands.iter().any(Vec::is_empty) {
            true => Self::from_bool(false),
            false => all,
        }
    }

    /// Either: in normal form every group of one with every group of the other. As in the reference nothing is left out, also
    /// not what stands there twice: `NOT NOT` of a mix of AND and OR is far larger than the mix.
    ///
    /// # Errors
    /// More leaves than any sensible query has.
    pub fn logical_or(mut self, mut other: Self) -> Result<Self, QueryError> {
        let size = |p: &Self| p.operands.iter().map(Vec::len).sum::<usize>();
        let leaves = size(&self)
            .saturating_mul(other.operands.len())
            .saturating_add(size(&other).saturating_mul(self.operands.len()));
        let groups = self.operands.len().saturating_mul(other.operands.len());
        if leaves.max(groups) > MAX_LEAVES {
            return Err(QueryError::invalid(format!(
                "The expression has more than {MAX_LEAVES} terms in conjunctive normal form."
            )));
        }
        // So that a long OR, which grows by one at a time, is not copied each time.
        if let ([own], [more]) = (self.operands.as_mut_slice(), other.operands.as_mut_slice()) {
            own.append(more);
            return Ok(self);
        }
        let mut operands = Vec::with_capacity(groups);
        for a in &self.operands {
            for b in &other.operands {
                operands.push(a.iter().chain(b).cloned().collect());
            }
        }
        Ok(Self { operands })
    }

    /// The opposite.
    ///
    /// # Errors
    /// As [`Predicate::logical_or`].
    pub fn logical_not(self) -> Result<Self, QueryError> {
        let mut result = Self::from_bool(false);
        for group in self.operands {
            let inverted = Self {
                operands: group.into_iter().map(|leaf| vec![leaf.invert()]).collect(),
            };
            result = result.logical_or(inverted)?;
        }
        Ok(result)
    }

    /// The queries of IN.
    pub fn subqueries(&self) -> impl Iterator<Item = &QueryTree> {
        self.operands.iter().flatten().filter_map(|leaf| {
            let leaf = match leaf {
                PredicateLeaf::Not(operand) => operand,
                other => other,
            };
            match leaf {
                PredicateLeaf::InQuery { query_tree, .. } => Some(&**query_tree),
                _ => None,
            }
        })
    }

    /// Add the columns that are needed to evaluate this.
    pub fn gather_required_columns(&self, columns: &mut ColumnSet) {
        for leaf in self.operands.iter().flatten() {
            leaf.gather_required_columns(columns);
        }
    }

    /// Add the governor dimensions that must have a value for this to mean anything.
    pub fn gather_governors(&self, universe: &Universe, governors: &mut BTreeSet<String>) {
        for leaf in self.operands.iter().flatten() {
            leaf.gather_governors(universe, governors);
        }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups: Vec<String> = self
            .operands
            .iter()
            .map(|group| {
                let leaves: Vec<String> = group.iter().map(ToString::to_string).collect();
                match (leaves.len(), self.operands.len()) {
                    (0, _) => "False".to_owned(),
                    (1, _) | (_, 1) => leaves.join(" OR "),
                    _ => format!("({})", leaves.join(" OR ")),
                }
            })
            .collect();
        match groups.is_empty() {
            true => f.write_str("True"),
            false => f.write_str(&groups.join(" AND ")),
        }
    }
}
