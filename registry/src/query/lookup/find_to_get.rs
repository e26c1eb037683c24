//! The dataset that a `get` with a data ID means (`DirectButler._findDatasetRef`,
//! `lsst/daf/butler/direct_butler/_direct_butler.py`).

use std::sync::Arc;

use super::complete_data_id::complete_data_id;
use super::expand_data_id::expand_data_id;
use super::find_dataset::{DatasetLookup, find_dataset};
use crate::model::data_coordinate::DataCoordinate;
use crate::model::dataset_ref::DatasetRef;
use crate::model::dimension_group::DimensionGroup;
use crate::model::timespan::Timespan;
use crate::query::QueryError;
use crate::query::execute::{ResultValue, Statements, in_snapshot};
use crate::registry::Registry;

/// As [`find_dataset`], but a calibration without a time is looked for at the time of the data ID, which may have an exposure
/// for that; without one at any time.
///
/// # Errors
/// Those of [`find_dataset`] and [`expand_data_id`].
pub fn find_dataset_to_get(
    registry: &mut Registry,
    lookup: &DatasetLookup<'_>,
) -> Result<Option<DatasetRef>, QueryError> {
    if !lookup.dataset_type.is_calibration || lookup.timespan.is_some() {
        return find_dataset(registry, lookup);
    }
    in_snapshot(registry, Statements::Several, |registry| {
        let timespan = time_of(registry, lookup)?;
        find_dataset(
            registry,
            &DatasetLookup {
                timespan,
                ..*lookup
            },
        )
    })
}

/// The time of a data ID; any time if none of its dimensions has one, and `None` if a record of one has none.
fn time_of(
    registry: &mut Registry,
    lookup: &DatasetLookup<'_>,
) -> Result<Option<Timespan>, QueryError> {
    let defaults = lookup.default_data_id;
    let values = complete_data_id(registry, lookup.dataset_type, lookup.data_id, defaults)?;
    let universe = Arc::clone(registry.universe());
    let names = values.iter().map(|(name, _)| name);
    let dimensions = DimensionGroup::conform(&universe, names)?;
    let data_id = DataCoordinate::standardize(&dimensions, &values, Some(defaults))?;
    let finest = |members: &[String]| {
        let mut members = members.iter();
        let found = members.find(|member| dimensions.elements().any(|e| e == member.as_str()));
        found.cloned()
    };
    let families = universe.temporal_families().iter();
    let temporal: Vec<String> = families.filter_map(|f| finest(&f.members)).collect();
    if temporal.is_empty() {
        return Ok(Some(Timespan::UNBOUNDED));
    }
    let expanded = expand_data_id(registry, &data_id)?;
    let time = |name: &String| {
        let record = expanded.records.iter().find(|r| r.definition == *name);
        match record.and_then(|record| record.get("timespan")) {
            Some(ResultValue::Timespan(timespan)) => Some(*timespan),
            _ => None,
        }
    };
    let times: Option<Vec<Timespan>> = temporal.iter().map(time).collect();
    Ok(times.map(|times| {
        let both = |a: Timespan, b: Timespan| a.intersection(b);
        times.into_iter().fold(Timespan::UNBOUNDED, both)
    }))
}
