//! Data IDs with all that the registry knows about them (`SqlRegistry.expandDataId`,
//! `lsst/daf/butler/registry/sql_registry.py`).

use std::collections::HashMap;
use std::sync::Arc;

use super::dimension_record::{DimensionRecord, find_record};
use crate::model::data_coordinate::{DataCoordinate, DataIdValue};
use crate::query::QueryError;
use crate::query::execute::ResultValue;
use crate::registry::Registry;

/// A data ID with its implied values and the records of its elements.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpandedDataId {
    /// All values.
    pub data_id: DataCoordinate,
    /// The records that there are, in the order of the elements.
    pub records: Vec<DimensionRecord>,
}

/// Look up the records of a data ID: one statement for each element of its dimensions.
///
/// # Errors
/// [`QueryError::DataIdValue`] for a value that the repo does not have, and [`QueryError::InconsistentDataId`] for values that
/// do not go together.
pub fn expand_data_id(
    registry: &mut Registry,
    data_id: &DataCoordinate,
) -> Result<ExpandedDataId, QueryError> {
    let universe = Arc::clone(registry.universe());
    let dimensions = data_id.dimensions();
    let mut keys: HashMap<&str, DataIdValue> = data_id
        .iter()
        .map(|(dimension, value)| (dimension, value.clone()))
        .collect();
    let mut records: HashMap<&str, DimensionRecord> = HashMap::new();
    for name in dimensions.lookup_order() {
        let Some(element) = universe.get(name) else {
            continue;
        };
        let Some(record) = find_record(registry, element, |dimension| keys.get(dimension))? else {
            if dimensions.contains(name) {
                return Err(QueryError::DataIdValue(format!(
                    "There is no {name} of data ID {data_id}."
                )));
            }
            if element.defines_relationships() {
                return Err(QueryError::InconsistentDataId(format!(
                    "The values of data ID {data_id} do not go together: there is no {name} of them."
                )));
            }
            continue;
        };
        for dimension in &element.implied {
            let implied = record.get(dimension).and_then(ResultValue::data_id_value);
            let Some(implied) = implied else {
                return Err(QueryError::DataIdValue(format!(
                    "The {name} of data ID {data_id} has no {dimension}."
                )));
            };
            let known = keys.entry(dimension).or_insert_with(|| implied.clone());
            if *known != implied {
                return Err(QueryError::InconsistentDataId(format!(
                    "Data ID {data_id} has the {dimension} {known}, but its {name} has {implied}."
                )));
            }
        }
        records.insert(name, record);
    }
    let values = keys.into_iter().map(|(name, v)| (name.to_owned(), v));
    let values: Vec<(String, DataIdValue)> = values.collect();
    let records = dimensions.elements().filter_map(|e| records.remove(e));
    Ok(ExpandedDataId {
        data_id: DataCoordinate::standardize(dimensions, &values, None)?,
        records: records.collect(),
    })
}
