//! Spatial and temporal joins that a filter asks for (`queries/overlaps.py`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::disjoint_set::DisjointSet;
use super::families::families;
use super::postprocessing::Postprocessing;
use super::spatial_join::SpatialJoin;
use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnReference, ComparisonOperator, DatasetKey, Predicate, PredicateLeaf,
    QueryColumnType, QueryTree,
};

/// What the overlaps of a query come to.
#[derive(Debug)]
pub struct Overlaps {
    /// The filter without what became joins.
    pub predicate: Predicate,
    /// The joins.
    pub joins: Vec<SpatialJoin>,
    /// What is checked afterwards.
    pub postprocessing: Postprocessing,
}

/// Find the overlaps of a query. `calibrations` are dataset searches whose validity ranges take part in temporal joins.
pub fn overlaps(tree: &QueryTree, calibrations: &[DatasetKey]) -> Result<Overlaps, QueryError> {
    let mut visitor = Visitor::new(tree, calibrations);
    let mut parts = Vec::with_capacity(tree.predicate.operands.len());
    for group in &tree.predicate.operands {
        let mut new = Predicate::from_bool(false);
        for leaf in group {
            let replaced = visitor.leaf(leaf, group.len() > 1, false)?;
            new = new.logical_or(replaced.unwrap_or_else(|| Predicate::from_leaf(leaf.clone())))?;
        }
        parts.push(new);
    }
    for group in tree.joined_dimension_groups() {
        visitor.connect_operand(&group);
    }
    parts.push(visitor.automatic_join(true)?);
    parts.push(visitor.automatic_join(false)?);
    Ok(Overlaps {
        predicate: Predicate::all(parts),
        joins: visitor.joins,
        postprocessing: visitor.postprocessing,
    })
}

/// One side of a temporal join.
fn family_of_dataset(key: &DatasetKey) -> String {
    match key {
        DatasetKey::Any => "<calibrations>".to_owned(),
        DatasetKey::Named(name) => name.clone(),
    }
}

/// Goes through a filter and keeps what its overlaps come to.
pub(super) struct Visitor<'a> {
    pub(super) universe: Arc<Universe>,
    pub(super) dimensions: &'a DimensionGroup,
    pub(super) spatial: DisjointSet,
    pub(super) temporal: DisjointSet,
    pub(super) calibrations: BTreeMap<String, DatasetKey>,
    pub(super) joins: Vec<SpatialJoin>,
    pub(super) postprocessing: Postprocessing,
}

impl<'a> Visitor<'a> {
    fn new(tree: &'a QueryTree, calibrations: &[DatasetKey]) -> Self {
        let dimensions = &tree.dimensions;
        let calibrations: BTreeMap<String, DatasetKey> = calibrations
            .iter()
            .map(|key| (family_of_dataset(key), key.clone()))
            .collect();
        let temporal: Vec<String> = calibrations
            .keys()
            .cloned()
            .chain(families(dimensions, false))
            .collect();
        Self {
            universe: Arc::clone(tree.universe()),
            dimensions,
            spatial: DisjointSet::new(families(dimensions, true)),
            temporal: DisjointSet::new(temporal),
            calibrations,
            joins: Vec::new(),
            postprocessing: Postprocessing::default(),
        }
    }

    /// What takes the place of a leaf, if anything does.
    fn leaf(
        &mut self,
        leaf: &PredicateLeaf,
        is_one_of: bool,
        inverted: bool,
    ) -> Result<Option<Predicate>, QueryError> {
        match leaf {
            PredicateLeaf::Not(operand) => match self.leaf(operand, is_one_of, true)? {
                None => Ok(None),
                Some(_) => Ok(Some(
                    Predicate::from_leaf((**operand).clone()).logical_not()?,
                )),
            },
            PredicateLeaf::Comparison {
                a,
                operator: ComparisonOperator::Overlaps,
                b,
            } => self.overlap(a, b, is_one_of || inverted),
            _ => Ok(None),
        }
    }

    /// What takes the place of a comparison by OVERLAPS, if anything does.
    pub(super) fn overlap(
        &mut self,
        a: &ColumnExpression,
        b: &ColumnExpression,
        is_nested: bool,
    ) -> Result<Option<Predicate>, QueryError> {
        if a.column_type() == QueryColumnType::Region {
            return self.spatial_overlap(a, b, is_nested).map(Some);
        }
        if a.column_type() == QueryColumnType::Timespan
            && b.column_type() == QueryColumnType::Timespan
        {
            self.temporal_overlap(a, b)?;
        }
        Ok(None)
    }

    fn temporal_overlap(
        &mut self,
        a: &ColumnExpression,
        b: &ColumnExpression,
    ) -> Result<(), QueryError> {
        let element = |name: &str| self.universe.get(name).and_then(|e| e.temporal.clone());
        let side = |e: &ColumnExpression| match e.as_reference()? {
            ColumnReference::DimensionField { element: name, .. } => {
                Some((name.clone(), element(name)?, false))
            }
            ColumnReference::DatasetField { dataset_type, .. } => {
                let family = family_of_dataset(dataset_type);
                Some((family.clone(), family, true))
            }
            ColumnReference::DimensionKey { .. } => None,
        };
        let (Some((name_a, family_a, is_dataset)), Some((name_b, family_b, _))) =
            (side(a), side(b))
        else {
            return Ok(());
        };
        if family_a == family_b && !is_dataset {
            return Err(QueryError::invalid(format!(
                "Temporal join between {name_a} and {name_b} is not necessary."
            )));
        }
        self.temporal.merge(&family_a, &family_b);
        Ok(())
    }
}
