//! Joins that nobody wrote: those that dimensions without a relation need (`queries/overlaps.py`).

use super::families::{families, finest_element};
use super::overlaps::Visitor;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnReference, ComparisonOperator, DatasetField, Predicate,
};

impl Visitor<'_> {
    /// A joined table brings the relations between its own dimensions with it.
    pub(super) fn connect_operand(&mut self, operand: &DimensionGroup) {
        for is_spatial in [true, false] {
            let families = families(operand, is_spatial);
            for (i, a) in families.iter().enumerate() {
                for b in families.iter().skip(i + 1) {
                    let has = |family: &str| {
                        finest_element(self.dimensions, family, is_spatial)
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

    /// The join of two sets of families that nobody wrote a join for.
    pub(super) fn automatic_join(&mut self, is_spatial: bool) -> Result<Predicate, QueryError> {
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
        let element = finest_element(self.dimensions, family, is_spatial).unwrap_or_default();
        ColumnReference::dimension_field(&self.universe, &element, field)
            .map(ColumnExpression::Reference)
    }
}
