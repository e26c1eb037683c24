//! Overlaps of regions: joins of elements, and elements that overlap a region of the filter (`queries/overlaps.py`).

use super::overlaps::Visitor;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, Predicate, PredicateLeaf, RegionLiteral,
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

impl Visitor<'_> {
    /// What takes the place of an overlap of regions.
    pub(super) fn spatial_overlap(
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
}

fn region_element(expression: &ColumnExpression) -> Option<&str> {
    match expression.as_reference()? {
        ColumnReference::DimensionField { element, .. } => Some(element),
        _ => None,
    }
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
