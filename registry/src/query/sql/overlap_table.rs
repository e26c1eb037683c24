//! Spatial joins through the tables of common skypix overlaps (`registry/dimensions/static.py`,
//! `_CommonSkyPixMediatedOverlapsVisitor`).
//!
//! The reference leaves the order of the tables to the database, which on SQLite has no statistics and scans whole overlap
//! tables. Here the statement is written so that pixels lead to rows: ranges, or the element that the filter fixes more of,
//! come first, and the index that begins with the pixel is the longest that fits.

use std::collections::BTreeMap;

use super::context::SqlContext;
use super::fragment::{Fragment, any_of};
use super::joins::Joins;
use super::select::{Select, Unique};
use crate::database::Value;
use crate::model::data_coordinate::DataIdValue;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::check::{Postprocessing, SpatialJoin};
use crate::query::tree::{ColumnSet, minimal_group, union};
use crate::schema::dialect::Dialect;

type DataId = BTreeMap<String, DataIdValue>;

/// The tables of a spatial join. Dimension values that the filter fixes are fixed here too.
pub fn spatial_join(
    context: &SqlContext,
    join: &SpatialJoin,
    data_id: &DataId,
) -> Result<Joins, QueryError> {
    match join {
        SpatialJoin::CommonSkyPix(element) => overlap_table(context, element, data_id),
        SpatialJoin::Ranges(element, ranges) => {
            let group = minimal_group(&context.universe, element);
            let joins = in_ranges(context, element, ranges, data_id)?;
            without_pixels(context, joins, &group)
        }
        SpatialJoin::Elements(a, b) => {
            let (group_a, group_b) = (
                minimal_group(&context.universe, a),
                minimal_group(&context.universe, b),
            );
            let fixed =
                |g: &DimensionGroup| g.required().filter(|d| data_id.contains_key(*d)).count();
            let (first, second) = if fixed(&group_b) > fixed(&group_a) {
                (b, a)
            } else {
                (a, b)
            };
            let mut joins = overlap_table(context, first, data_id)?;
            joins.join(overlap_table(context, second, data_id)?);
            joins.is_ordered = true;
            without_pixels(context, joins, &union(&group_a, &group_b))
        }
    }
}

/// An overlap table with its dimensions and the common skypix dimension.
fn overlap_table(
    context: &SqlContext,
    element: &str,
    data_id: &DataId,
) -> Result<Joins, QueryError> {
    let (system, level) = context
        .universe
        .common_skypix_level()
        .ok_or_else(|| QueryError::invalid("The universe has no common skypix dimension."))?;
    let name = format!("{element}_skypix_overlap");
    let alias = context.alias(&name);
    let column = |name: &str| context.column(&alias, name);
    let mut joins = Joins::of(context.table(&name, &alias));
    joins.filter(column("skypix_system").sql(" = ").add_bind(system));
    let level = i64::from(level);
    joins.filter(column("skypix_level").sql(" = ").add_bind(level));
    for dimension in minimal_group(&context.universe, element).required() {
        let key = column(dimension);
        if let Some(value) = data_id.get(dimension) {
            let fixed = key
                .clone()
                .sql(" = ")
                .append(Fragment::bind(Value::from(value)));
            joins.filter(fixed);
        }
        joins.columns.add_key(dimension, key);
    }
    joins
        .columns
        .add_key(context.universe.common_skypix(), column("skypix_index"));
    Ok(joins)
}

/// Rows of an overlap table whose pixel is in one of the ranges.
fn in_ranges(
    context: &SqlContext,
    element: &str,
    ranges: &[(i64, i64)],
    data_id: &DataId,
) -> Result<Joins, QueryError> {
    let table = overlap_table(context, element, data_id)?;
    let pixel = table.columns.key(context.universe.common_skypix())?.clone();
    let mut joins = match context.dialect {
        Dialect::Postgresql => {
            let mut joins = table;
            let within = |&(begin, end): &(i64, i64)| {
                let lower = pixel.clone().sql(" >= ").add_bind(begin);
                lower
                    .sql(" AND ")
                    .append(pixel.clone())
                    .sql(" < ")
                    .add_bind(end)
            };
            joins.filter(any_of(ranges.iter().map(within).collect()).parens());
            return Ok(joins);
        }
        Dialect::Sqlite => {
            let alias = context.alias("ranges");
            let rows = ranges
                .iter()
                .map(|&(begin, end)| Fragment::bind(begin).sql(", ").add_bind(end).parens());
            let values = if ranges.is_empty() {
                Fragment::text("SELECT 0, 0 WHERE false")
            } else {
                Fragment::text("VALUES ").append(Fragment::join(", ", rows))
            };
            let mut joins = Joins::of(values.parens().sql(&format!(" AS {alias}")));
            joins.filter(pixel.clone().sql(&format!(" >= {alias}.column1")));
            joins.filter(pixel.sql(&format!(" < {alias}.column2")));
            joins.join(table);
            joins
        }
    };
    joins.is_ordered = true;
    Ok(joins)
}

/// The joined rows without their pixels, each once unless the caller does not mind. Then, as in the reference, the pixel stays a
/// column, and several spatial joins of one query must meet in it.
fn without_pixels(
    context: &SqlContext,
    joins: Joins,
    group: &DimensionGroup,
) -> Result<Joins, QueryError> {
    if context.allow_duplicate_overlaps {
        return Ok(joins);
    }
    let mut select = Select::new(joins, ColumnSet::new(group).drop_implied_dimension_keys());
    select.unique = Unique::Distinct;
    let alias = context.alias("overlap");
    select.nested(context.dialect, &alias, &Postprocessing::default())
}
