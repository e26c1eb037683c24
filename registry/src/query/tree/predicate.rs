//! Truth-valued expressions in conjunctive normal form.

use std::collections::BTreeSet;
use std::fmt;

use super::column_expression::ColumnExpression;
use super::column_reference::ColumnReference;
use super::column_set::ColumnSet;
use super::column_type::QueryColumnType;
use super::dataset_key::DatasetKey;
use super::query_tree::QueryTree;
use crate::config::str_repr;
use crate::model::universe::Universe;
use crate::query::QueryError;

/// Leaves that a predicate may have: normal form can double them with every nesting of AND in OR, and trees come from outside.
const MAX_LEAVES: usize = 100_000;

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Smaller.
    Less,
    /// Larger.
    Greater,
    /// Larger or equal.
    GreaterEqual,
    /// Smaller or equal.
    LessEqual,
    /// Regions or timespans have something in common.
    Overlaps,
    /// Text matches a pattern.
    Glob,
}

impl ComparisonOperator {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::Greater,
        Self::GreaterEqual,
        Self::LessEqual,
        Self::Overlaps,
        Self::Glob,
    ];

    /// The reference's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::LessEqual => "<=",
            Self::Overlaps => "overlaps",
            Self::Glob => "glob",
        }
    }
}

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

    /// Check the types of the operands (`_validate...` of the reference's leaves).
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
    pub fn logical_and(mut self, other: Self) -> Self {
        self.operands.extend(other.operands);
        if self.operands.iter().any(Vec::is_empty) {
            return Self::from_bool(false);
        }
        self
    }

    /// Either: in normal form every group of one with every group of the other.
    ///
    /// # Errors
    /// More leaves than any sensible query has.
    pub fn logical_or(self, other: Self) -> Result<Self, QueryError> {
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
