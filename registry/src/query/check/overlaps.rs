//! Spatial and temporal joins: those that the filter asks for, and those that dimensions without a relation need
//! (`queries/overlaps.py`, `registry/dimensions/static.py`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::disjoint_set::DisjointSet;
use super::postprocessing::Postprocessing;
use crate::model::dimension_group::DimensionGroup;
use crate::model::element::ElementKind;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator, DatasetField, DatasetKey,
    Predicate, PredicateLeaf, QueryColumnType, QueryTree, RegionLiteral,
};
use crate::skypix::SkyPixelization;

/// A spatial relation that SQL answers with the table of common skypix overlaps.
#[derive(Debug, Clone, PartialEq)]
pub enum SpatialJoin {
    /// Rows of an element's overlaps are joined to the common skypix dimension, which is in the query.
    CommonSkyPix(String),
    /// Two elements that share a pixel.
    Elements(String, String),
    /// An element with a pixel in ranges (begin, end exclusive).
    Ranges(String, Vec<(i64, i64)>),
}

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
    let mut predicate = Predicate::from_bool(true);
    for group in &tree.predicate.operands {
        let mut new = Predicate::from_bool(false);
        for leaf in group {
            let replaced = visitor.leaf(leaf, group.len() > 1, false)?;
            new = new.logical_or(replaced.unwrap_or_else(|| Predicate::from_leaf(leaf.clone())))?;
        }
        predicate = predicate.logical_and(new);
    }
    for group in tree.joined_dimension_groups() {
        visitor.connect_operand(&group);
    }
    predicate = predicate.logical_and(visitor.automatic_join(true)?);
    predicate = predicate.logical_and(visitor.automatic_join(false)?);
    Ok(Overlaps {
        predicate,
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

struct Visitor<'a> {
    universe: Arc<Universe>,
    dimensions: &'a DimensionGroup,
    spatial: DisjointSet,
    temporal: DisjointSet,
    calibrations: BTreeMap<String, DatasetKey>,
    joins: Vec<SpatialJoin>,
    postprocessing: Postprocessing,
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

    fn overlap(
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

    fn spatial_overlap(
        &mut self,
        a: &ColumnExpression,
        b: &ColumnExpression,
        is_nested: bool,
    ) -> Result<Predicate, QueryError> {
        let (element, other) = match (region_element(a), region_element(b)) {
            (Some(a), Some(b)) => return self.spatial_join(a, b, is_nested),
            (Some(element), None) => (element, b),
            (None, Some(element)) => (element, a),
            (None, None) => {
                return Err(QueryError::invalid(format!(
                    "Spatial overlap comparison requires at least one dimension region column; got {a} and {b}."
                )));
            }
        };
        match other.as_literal() {
            Some(ColumnLiteral::Region(region)) => {
                self.spatial_constraint(element, region, is_nested)
            }
            _ => Err(QueryError::invalid(format!(
                "Spatial overlap comparison requires its other operand to be a region literal; got {other}."
            ))),
        }
    }

    fn spatial_constraint(
        &mut self,
        element: &str,
        region: &RegionLiteral,
        is_nested: bool,
    ) -> Result<Predicate, QueryError> {
        if is_nested {
            return Err(QueryError::Unimplemented(
                "Spatial overlap constraints nested inside OR or NOT are not supported.".to_owned(),
            ));
        }
        let common = self.universe.common_skypix().to_owned();
        let is_skypix = self.universe.get(element).is_some_and(|e| e.is_skypix());
        let skypix = if is_skypix {
            element
        } else {
            self.postprocessing
                .constraints
                .push((element.to_owned(), region.clone()));
            if !self.dimensions.contains(&common) {
                let ranges = envelope(&self.universe, &common, region)?;
                self.joins
                    .push(SpatialJoin::Ranges(element.to_owned(), ranges));
                return Ok(Predicate::from_bool(true));
            }
            self.join_common_skypix(element);
            common.as_str()
        };
        let key = ColumnReference::dimension_key(&self.universe, skypix)?;
        let mut leaves = Vec::new();
        for (begin, end) in envelope(&self.universe, skypix, region)? {
            leaves.push(PredicateLeaf::InRange {
                member: ColumnExpression::Reference(key.clone()),
                start: begin,
                stop: Some(end),
                step: 1,
            });
        }
        Ok(Predicate {
            operands: vec![leaves],
        })
    }

    fn spatial_join(&mut self, a: &str, b: &str, is_nested: bool) -> Result<Predicate, QueryError> {
        if is_nested {
            return Err(QueryError::Unimplemented(
                "Spatial overlap joins nested inside OR or NOT are not supported.".to_owned(),
            ));
        }
        let family = |e: &str| self.universe.get(e).and_then(|e| e.spatial.clone());
        let (family_a, family_b) = (family(a), family(b));
        if family_a == family_b {
            return Err(QueryError::invalid(format!(
                "Spatial join between {a} and {b} is not necessary."
            )));
        }
        self.spatial
            .merge(&family_a.unwrap_or_default(), &family_b.unwrap_or_default());
        let is_skypix = |e: &str| self.universe.get(e).is_some_and(|e| e.is_skypix());
        let common = self.universe.common_skypix().to_owned();
        match (is_skypix(a), is_skypix(b)) {
            (true, false) if a == common => self.join_common_skypix(b),
            (false, true) if b == common => self.join_common_skypix(a),
            (false, false) => {
                if self.dimensions.contains(&common) {
                    self.join_common_skypix(a);
                    self.join_common_skypix(b);
                } else {
                    self.joins
                        .push(SpatialJoin::Elements(a.to_owned(), b.to_owned()));
                }
                self.postprocessing.joins.push((a.to_owned(), b.to_owned()));
            }
            _ => {
                return Err(QueryError::Unimplemented(format!(
                    "Unsupported combination for spatial join: {a}, {b}."
                )));
            }
        }
        Ok(Predicate::from_bool(true))
    }

    fn join_common_skypix(&mut self, element: &str) {
        let join = SpatialJoin::CommonSkyPix(element.to_owned());
        if !self.joins.contains(&join) {
            self.joins.push(join);
        }
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

    /// A joined table brings the relations between its own dimensions with it.
    fn connect_operand(&mut self, operand: &DimensionGroup) {
        for is_spatial in [true, false] {
            let families = families(operand, is_spatial);
            for (i, a) in families.iter().enumerate() {
                for b in families.iter().skip(i + 1) {
                    let has = |family: &str| {
                        self.choose(family, is_spatial)
                            .is_some_and(|e| operand.elements().any(|o| o == e))
                    };
                    if has(a) && has(b) {
                        let set = if is_spatial {
                            &mut self.spatial
                        } else {
                            &mut self.temporal
                        };
                        set.merge(a, b);
                    }
                }
            }
        }
    }

    /// The finest element of a family among the query's dimensions.
    fn choose(&self, family: &str, is_spatial: bool) -> Option<String> {
        choose(self.dimensions, family, is_spatial)
    }

    fn automatic_join(&mut self, is_spatial: bool) -> Result<Predicate, QueryError> {
        let kind = if is_spatial { "spatial" } else { "temporal" };
        let connections = if is_spatial {
            &self.spatial
        } else {
            &self.temporal
        };
        let shown = |set: &[String]| format!("{{{}}}", set.join(", "));
        let (a, b) = match connections.subsets() {
            [] | [_] => return Ok(Predicate::from_bool(true)),
            [a, b] => (a, b),
            more => {
                let sets: Vec<String> = more.iter().map(|s| shown(s)).collect();
                return Err(QueryError::invalid(format!(
                    "Too many disconnected sets of {kind} families for an automatic join: [{}].  \
                     Add explicit {kind} joins to avoid this error.",
                    sets.join(", ")
                )));
            }
        };
        let ([family_a], [family_b]) = (a.as_slice(), b.as_slice()) else {
            return Err(QueryError::invalid(format!(
                "A {kind} join is needed between {} and {}, but which join to add is ambiguous.  \
                 Add an explicit spatial or temporal join to avoid this error.",
                shown(a),
                shown(b)
            )));
        };
        let (a, b) = (
            self.endpoint(family_a, is_spatial)?,
            self.endpoint(family_b, is_spatial)?,
        );
        match self.overlap(&a, &b, false)? {
            Some(replaced) => Ok(replaced),
            None => Predicate::compare(a, ComparisonOperator::Overlaps, b),
        }
    }

    fn endpoint(&self, family: &str, is_spatial: bool) -> Result<ColumnExpression, QueryError> {
        if !is_spatial && let Some(key) = self.calibrations.get(family) {
            return Ok(ColumnExpression::Reference(ColumnReference::DatasetField {
                dataset_type: key.clone(),
                field: DatasetField::Timespan,
            }));
        }
        let field = if is_spatial { "region" } else { "timespan" };
        let element = self.choose(family, is_spatial).unwrap_or_default();
        ColumnReference::dimension_field(&self.universe, &element, field)
            .map(ColumnExpression::Reference)
    }
}

fn region_element(expression: &ColumnExpression) -> Option<&str> {
    match expression.as_reference()? {
        ColumnReference::DimensionField { element, .. } => Some(element),
        _ => None,
    }
}

/// Families of the elements of a group, in the universe's order.
pub fn families(group: &DimensionGroup, is_spatial: bool) -> Vec<String> {
    let mut families: Vec<String> = Vec::new();
    for name in group.elements() {
        let element = group.universe().get(name);
        let family = element.and_then(|e| {
            if is_spatial {
                e.spatial.clone()
            } else {
                e.temporal.clone()
            }
        });
        families.extend(family.filter(|f| !families.contains(f)));
    }
    families
}

fn choose(dimensions: &DimensionGroup, family: &str, is_spatial: bool) -> Option<String> {
    let universe = dimensions.universe();
    let known = if is_spatial {
        universe.spatial_families()
    } else {
        universe.temporal_families()
    };
    if let Some(found) = known.iter().find(|f| f.name == family) {
        return found
            .members
            .iter()
            .find(|m| dimensions.elements().any(|e| e == m.as_str()))
            .cloned();
    }
    // A skypix system: its highest level.
    dimensions
        .names()
        .filter_map(|name| match &universe.get(name)?.kind {
            ElementKind::SkyPix { system, level } if system == family => Some((*level, name)),
            _ => None,
        })
        .max()
        .map(|(_, name)| name.to_owned())
}

/// The pixels of a skypix dimension that a region may overlap, as ranges.
fn envelope(
    universe: &Universe,
    skypix: &str,
    region: &RegionLiteral,
) -> Result<Vec<(i64, i64)>, QueryError> {
    SkyPixelization::of(universe, skypix)?
        .envelope(region.region())?
        .iter()
        .map(
            |(begin, end)| match (i64::try_from(begin), i64::try_from(end)) {
                (Ok(begin), Ok(end)) => Ok((begin, end)),
                _ => Err(QueryError::invalid("pixel index out of range")),
            },
        )
        .collect()
}
