//! Pairs of data IDs whose regions overlap, for whole sky maps: the database gives each side once, and the pairs are found here.
//!
//! SQL pairs by pixels of the common skypix dimension, a hundred times more coarsely than regions are small, and looks up records
//! for every such pair. Here the smaller side is held by pixel, the larger one streams by; only pairs that overlap become rows.
//! Which pairs those are is the same: a common pixel in the overlap tables, and regions that are not proven to be disjoint.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use pantry_sky::{Region, UnitVector3d};

use super::query_inputs::QueryInputs;
use super::result_row::{ResultRow, ResultValue};
use super::run::execute_in_sql;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::check::{QueryAnalysis, SpatialJoin};
use crate::query::tree::{
    ColumnExpression, ColumnReference, ColumnSet, OrderExpression, Predicate, QueryTree,
    ResultColumn, ResultKind, ResultSpec, minimal_group, union,
};
use crate::registry::Registry;

/// Records of the smaller side that are held in memory; above that SQL does it all.
const HELD: u64 = 100_000;

/// A margin, in radians, in which rounding of the test by circles is lost: two tenths of an arc second.
const MARGIN: f64 = 1e-6;

/// The two sides of a join.
pub(super) struct SphereJoin {
    streamed: Side,
    held: Side,
    columns: Vec<ResultColumn>,
    /// Which value each column is: of the streamed side or of the held one, and which of its dimensions.
    sources: Vec<(bool, usize)>,
}

/// One element with its dimensions.
struct Side {
    element: String,
    dimensions: DimensionGroup,
    tree: QueryTree,
    spec: ResultSpec,
}

/// A record: values of its side's dimensions in their order, and its region.
struct Record {
    values: Vec<ResultValue>,
    shape: Option<Shape>,
}

/// A record of the smaller side.
struct Held {
    record: Record,
    /// Number of the last record of the other side that met this one.
    met: u64,
}

/// A region with a circle around it.
struct Shape {
    region: Region,
    circle: Option<(UnitVector3d, f64, f64)>,
}

impl SphereJoin {
    /// Whether a query may come to such a join, as far as its form tells.
    pub(super) fn is_candidate(tree: &QueryTree, spec: &ResultSpec) -> bool {
        let ResultKind::DataCoordinate {
            dimensions,
            include_dimension_records: false,
        } = &spec.kind
        else {
            return false;
        };
        tree.datasets.is_empty()
            && tree.data_coordinate_uploads.is_empty()
            && tree.materializations.is_empty()
            && tree.predicate.subqueries().next().is_none()
            && spec.order_by.is_empty()
            && !spec.allow_duplicate_overlaps
            && *dimensions == tree.dimensions
    }

    /// The join that a candidate comes to, if it is nothing else: data IDs of all dimensions of two elements that have none
    /// in common, in any order, with a filter that is about one side or the other.
    pub(super) fn of(
        registry: &mut Registry,
        tree: &QueryTree,
        spec: &ResultSpec,
        analysis: &QueryAnalysis,
    ) -> Result<Option<Self>, QueryError> {
        let [SpatialJoin::Elements(a, b)] = analysis.joins.as_slice() else {
            return Ok(None);
        };
        let universe = Arc::clone(tree.universe());
        let groups = [minimal_group(&universe, a), minimal_group(&universe, b)];
        let shared = groups[0].names().any(|d| groups[1].contains(d));
        let is_plain = analysis.postprocessing.constraints.is_empty();
        if !is_plain || shared || union(&groups[0], &groups[1]) != tree.dimensions {
            return Ok(None);
        }
        let Some(predicates) = split(&analysis.predicate, &groups) else {
            return Ok(None);
        };
        let (rows_a, rows_b) = (records(registry, a)?, records(registry, b)?);
        if rows_a.min(rows_b) > HELD {
            return Ok(None);
        }
        let [group_a, group_b] = groups;
        let [filter_a, filter_b] = predicates;
        let side_a = Side::new(a, group_a, filter_a)?;
        let side_b = Side::new(b, group_b, filter_b)?;
        let (streamed, held) = match rows_a >= rows_b {
            true => (side_a, side_b),
            false => (side_b, side_a),
        };
        let columns = spec.result_columns().columns();
        let place = |side: &Side, column: &ResultColumn| {
            let name = column.qualified_name();
            side.dimensions.names().position(|d| d == name)
        };
        let sources: Option<Vec<(bool, usize)>> = columns
            .iter()
            .map(|column| match place(&streamed, column) {
                Some(i) => Some((true, i)),
                None => place(&held, column).map(|i| (false, i)),
            })
            .collect();
        Ok(sources.map(|sources| Self {
            streamed,
            held,
            columns,
            sources,
        }))
    }

    /// Hand all rows to `visit`, until it says `false` or `limit` is reached.
    pub(super) fn run(
        &self,
        registry: &mut Registry,
        limit: Option<u64>,
        mut visit: impl FnMut(ResultRow<'_>) -> Result<bool, QueryError>,
    ) -> Result<(), QueryError> {
        let mut left = limit.unwrap_or(u64::MAX);
        if left == 0 {
            return Ok(());
        }
        let mut held: Vec<Held> = Vec::new();
        let mut pixels: HashMap<i64, Vec<usize>> = HashMap::new();
        self.held.records(registry, |record, own| {
            for pixel in own {
                pixels.entry(*pixel).or_default().push(held.len());
            }
            held.push(Held { record, met: 0 });
            Ok(true)
        })?;
        let mut number = 0;
        let mut row: Vec<ResultValue> = Vec::with_capacity(self.columns.len());
        self.streamed.records(registry, |record, own| {
            number += 1;
            for pixel in own {
                for &i in pixels.get(pixel).into_iter().flatten() {
                    let Some(other) = held.get_mut(i).filter(|o| o.met != number) else {
                        continue;
                    };
                    other.met = number;
                    if !may_overlap(&record.shape, &other.record.shape) {
                        continue;
                    }
                    row.clear();
                    for &(is_streamed, i) in &self.sources {
                        let side = if is_streamed { &record } else { &other.record };
                        row.push(side.values.get(i).cloned().unwrap_or(ResultValue::Null));
                    }
                    left -= 1;
                    if !visit(ResultRow::new(&self.columns, &row))? || left == 0 {
                        return Ok(false);
                    }
                }
            }
            Ok(true)
        })
    }
}

impl Side {
    fn new(
        element: &str,
        dimensions: DimensionGroup,
        predicate: Predicate,
    ) -> Result<Self, QueryError> {
        let universe = Arc::clone(dimensions.universe());
        let with_pixels = union(
            &dimensions,
            &minimal_group(&universe, universe.common_skypix()),
        );
        let mut tree = QueryTree::identity(&universe).join_dimensions(&with_pixels);
        tree.predicate = predicate;
        // The whole query has been checked.
        tree.validate_governor_constraints = false;
        let region = BTreeSet::from(["region".to_owned()]);
        let mut spec = ResultSpec::new(ResultKind::General {
            dimensions: with_pixels,
            dimension_fields: BTreeMap::from([(element.to_owned(), region)]),
            dataset_fields: BTreeMap::new(),
            include_dimension_records: false,
            find_first: false,
        });
        for dimension in dimensions.required() {
            let key = ColumnReference::dimension_key(&universe, dimension)?;
            spec.order_by.push(OrderExpression::new(
                ColumnExpression::Reference(key),
                false,
            )?);
        }
        Ok(Self {
            element: element.to_owned(),
            dimensions,
            tree,
            spec,
        })
    }

    /// Hand each record with its pixels to `visit`, until it says `false`.
    fn records(
        &self,
        registry: &mut Registry,
        mut visit: impl FnMut(Record, &[i64]) -> Result<bool, QueryError>,
    ) -> Result<(), QueryError> {
        let skypix = registry.universe().common_skypix().to_owned();
        let region = ResultColumn::DimensionField(self.element.clone(), "region".to_owned());
        let mut current: Option<(Vec<ResultValue>, Record)> = None;
        let mut pixels: Vec<i64> = Vec::new();
        let mut goes_on = true;
        let none = QueryInputs::default();
        execute_in_sql(registry, &self.tree, &self.spec, &none, |row| {
            let is_same = current.as_ref().is_some_and(|(keys, _)| {
                let mut pairs = self.dimensions.required().zip(keys);
                pairs.all(|(d, key)| row.key(d) == Some(key))
            });
            if !is_same {
                if let Some((_, record)) = current.take() {
                    goes_on = visit(record, &pixels)?;
                }
                pixels.clear();
                let value = |d: &str| row.key(d).cloned().unwrap_or(ResultValue::Null);
                let record = Record {
                    values: self.dimensions.names().map(value).collect(),
                    shape: match row.get(&region) {
                        Some(ResultValue::Bytes(bytes)) => Some(Shape::of(bytes)?),
                        _ => None,
                    },
                };
                let keys = self.dimensions.required().map(value).collect();
                current = Some((keys, record));
            }
            if let Some(ResultValue::Int(pixel)) = row.key(&skypix) {
                pixels.push(*pixel);
            }
            Ok(goes_on)
        })?;
        if let Some((_, record)) = current.filter(|_| goes_on) {
            visit(record, &pixels)?;
        }
        Ok(())
    }
}

impl Shape {
    fn of(bytes: &[u8]) -> Result<Self, QueryError> {
        let region = Region::decode(bytes).map_err(|e| {
            QueryError::invalid(format!("a region in the registry is damaged: {e}"))
        })?;
        // Of polygons alone it is sure that those which are apart are also proven to be.
        let circle = match &region {
            Region::ConvexPolygon(_) => region.bounding_circle().ok().map(|circle| {
                let radius = circle.opening_angle().as_radians() + MARGIN;
                (*circle.center(), radius.cos(), radius.sin())
            }),
            _ => None,
        };
        Ok(Self { region, circle })
    }
}

/// Whether two regions are not proven to be disjoint; an unknown one is not.
fn may_overlap(a: &Option<Shape>, b: &Option<Shape>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return true;
    };
    if let (Some((center_a, cos_a, sin_a)), Some((center_b, cos_b, sin_b))) = (&a.circle, &b.circle)
    {
        // The cosine of the sum of the radii: those of regions that come into question are far below a right angle.
        let apart = cos_a * cos_b - sin_a * sin_b;
        if *cos_a > 0.0 && *cos_b > 0.0 && center_a.dot(center_b.as_vector()) < apart {
            return false;
        }
    }
    a.region.overlaps(&b.region) != Some(false)
}

/// The parts of a filter that are about one group of dimensions or the other; `None` if a part is about both, or neither.
fn split(predicate: &Predicate, groups: &[DimensionGroup; 2]) -> Option<[Predicate; 2]> {
    let mut parts = [Predicate::from_bool(true), Predicate::from_bool(true)];
    for group in &predicate.operands {
        let mut columns = ColumnSet::new(&DimensionGroup::empty(groups[0].universe()));
        for leaf in group {
            leaf.gather_required_columns(&mut columns);
        }
        let dimensions = columns.dimensions();
        let side = groups
            .iter()
            .position(|g| !dimensions.is_empty() && dimensions.is_subset(g))?;
        parts.get_mut(side)?.operands.push(group.clone());
    }
    Some(parts)
}

/// Number of records of an element in the registry.
fn records(registry: &mut Registry, element: &str) -> Result<u64, QueryError> {
    let statement = registry
        .connection()
        .statement()
        .text("SELECT count(*) FROM ");
    let statement = statement.table(element);
    let counts = registry
        .connection()
        .collect(&statement, |row| row.get_i64(0))?;
    let count = counts.first().copied().unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests;
