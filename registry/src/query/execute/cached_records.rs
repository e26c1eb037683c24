//! Records of elements that rarely change, which results leave out because clients hold them in memory
//! (`lsst/daf/butler/dimensions/record_cache.py`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::query_inputs::QueryInputs;
use super::result_row::ResultValue;
use super::run::execute;
use crate::model::data_coordinate::DataIdValue;
use crate::query::QueryError;
use crate::query::tree::{QueryTree, ResultColumn, ResultKind, ResultSpec};
use crate::registry::Registry;

/// A record: values of dimensions and fields by column.
pub type CachedRecord = Vec<(ResultColumn, ResultValue)>;

/// All records of the universe's cached elements that a dimension group has.
#[derive(Debug, Clone, Default)]
pub struct CachedRecords {
    elements: BTreeMap<String, HashMap<Vec<DataIdValue>, Arc<CachedRecord>>>,
}

impl CachedRecords {
    /// Read the records of these elements, as far as they are cached ones with a table.
    pub fn read<'a>(
        registry: &mut Registry,
        elements: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, QueryError> {
        let universe = Arc::clone(registry.universe());
        let mut cached = Self::default();
        for element in elements.into_iter().filter_map(|name| universe.get(name)) {
            if !element.is_cached || element.is_skypix() {
                continue;
            }
            let kind = ResultKind::dimension_record(&universe, &element.name)?;
            let spec = ResultSpec::new(kind);
            let tree = QueryTree::identity(&universe).join_dimensions(spec.dimensions());
            let mut records = HashMap::new();
            execute(registry, &tree, &spec, &QueryInputs::default(), |row| {
                let key: Option<Vec<DataIdValue>> = element
                    .required
                    .iter()
                    .map(|d| row.key(d).and_then(ResultValue::data_id_value))
                    .collect();
                let fields = row
                    .columns()
                    .iter()
                    .cloned()
                    .zip(row.values().iter().cloned());
                if let Some(key) = key {
                    records.insert(key, Arc::new(fields.collect()));
                }
                Ok(true)
            })?;
            cached.elements.insert(element.name.clone(), records);
        }
        Ok(cached)
    }

    /// All records of an element, by the values of its required dimensions.
    pub fn records(
        &self,
        element: &str,
    ) -> impl Iterator<Item = (&[DataIdValue], &Arc<CachedRecord>)> {
        let records = self.elements.get(element).into_iter().flatten();
        records.map(|(key, record)| (key.as_slice(), record))
    }

    /// The record of an element for values of its required dimensions.
    pub fn get(&self, element: &str, required: &[DataIdValue]) -> Option<&Arc<CachedRecord>> {
        self.elements.get(element)?.get(required)
    }
}
