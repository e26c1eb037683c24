//! What a query comes to: filter, joins, and the collections that each dataset search really has
//! (`direct_query_driver/_query_analysis.py`, `_driver.py`).

use super::catalog::{Catalog, SearchedCollection};
use super::constraints::Constraints;
use super::overlaps;
use super::postprocessing::Postprocessing;
use super::spatial_join::SpatialJoin;
use crate::model::collection::CollectionType;
use crate::query::QueryError;
use crate::query::tree::{ColumnSet, DatasetKey, DatasetSearch, Predicate, QueryTree};
use crate::{model::data_coordinate::DataIdValue, query::tree::ColumnLiteral};
use std::collections::BTreeMap;

/// A dataset search whose collections are known.
#[derive(Debug, Clone)]
pub struct ResolvedSearch {
    /// Which search.
    pub dataset_type: String,
    /// Collections that may hold such datasets, in order; no chains.
    pub collections: Vec<SearchedCollection>,
    /// Whether validity ranges play a part.
    pub is_calibration: bool,
    /// Why collections were left out.
    pub messages: Vec<String>,
}

/// A query ready to be translated.
#[derive(Debug)]
pub struct QueryAnalysis {
    /// The filter without what became joins.
    pub predicate: Predicate,
    /// The columns that filter and postprocessing need, bounded by all dimensions.
    pub columns: ColumnSet,
    /// Spatial joins.
    pub joins: Vec<SpatialJoin>,
    /// Dimension values that the filter fixes.
    pub data_id: BTreeMap<String, DataIdValue>,
    /// Dataset searches.
    pub datasets: Vec<ResolvedSearch>,
    /// What is left to do with rows.
    pub postprocessing: Postprocessing,
    /// Why the query cannot have rows, if that is plain.
    pub messages: Vec<String>,
}

impl QueryAnalysis {
    /// The search for a dataset type.
    pub fn search(&self, dataset_type: &str) -> Option<&ResolvedSearch> {
        self.datasets
            .iter()
            .find(|s| s.dataset_type == dataset_type)
    }

    /// Whether some dataset search has no collection left, so that there are no rows.
    pub fn is_doomed(&self) -> bool {
        self.datasets.iter().any(|s| s.collections.is_empty())
    }
}

/// Analyse a query.
pub fn analyze(tree: &QueryTree, catalog: &Catalog) -> Result<QueryAnalysis, QueryError> {
    if tree.any_dataset.is_some() {
        return Err(QueryError::Unimplemented(
            "Searches for datasets of any type are not supported.".to_owned(),
        ));
    }
    let nothing = BTreeMap::new();
    let mut calibrations = Vec::new();
    for (name, search) in &tree.datasets {
        if resolve(tree, name, search, &nothing, catalog)?.is_calibration {
            calibrations.push(DatasetKey::Named(name.clone()));
        }
    }
    let constraints = Constraints::of(tree)?;
    let overlaps = overlaps::overlaps(tree, &calibrations)?;
    let mut columns = ColumnSet::new(&tree.dimensions);
    overlaps.predicate.gather_required_columns(&mut columns);
    overlaps
        .postprocessing
        .gather_required_columns(&mut columns);
    let mut messages = constraints.messages;
    let mut datasets = Vec::new();
    for (name, search) in &tree.datasets {
        let resolved = resolve(tree, name, search, &constraints.data_id, catalog)?;
        let registered = &catalog.dataset_type(name)?.dataset_type.dimensions;
        if search.dimensions != *registered {
            return Err(QueryError::invalid(format!(
                "Incorrect dimensions {} for dataset '{name}' in query (vs. {registered}).",
                search.dimensions
            )));
        }
        if resolved.collections.is_empty() {
            let shown: Vec<String> = search
                .collections
                .iter()
                .map(|c| format!("'{c}'"))
                .collect();
            messages.push(format!(
                "Search for dataset type '{name}' in [{}] is doomed to fail.",
                shown.join(", ")
            ));
            messages.extend(resolved.messages.iter().cloned());
        }
        datasets.push(resolved);
    }
    Ok(QueryAnalysis {
        predicate: overlaps.predicate,
        columns,
        joins: overlaps.joins,
        data_id: constraints.data_id,
        datasets,
        postprocessing: overlaps.postprocessing,
        messages,
    })
}

/// The collections of a search path that may hold datasets of a type with these dimension values
/// (`DirectQueryDriver._resolve_dataset_search`).
fn resolve(
    tree: &QueryTree,
    name: &str,
    search: &DatasetSearch,
    data_id: &BTreeMap<String, DataIdValue>,
    catalog: &Catalog,
) -> Result<ResolvedSearch, QueryError> {
    let mut resolved = ResolvedSearch {
        dataset_type: name.to_owned(),
        collections: Vec::new(),
        is_calibration: false,
        messages: Vec::new(),
    };
    let candidates = catalog.flatten(&search.collections)?;
    if candidates.is_empty() {
        let nothing = "No datasets can be found because collection list is empty.";
        resolved.messages.push(nothing.to_owned());
    }
    for collection in candidates {
        let before = resolved.messages.len();
        if !collection.summary.dataset_types.contains(name) {
            resolved.messages.push(format!(
                "No datasets of type '{name}' in collection '{}'.",
                collection.name
            ));
        }
        // The reference reads the summaries of collections that may hold any of the query's dataset types, and so says
        // nothing about the others' governors.
        let types = &collection.summary.dataset_types;
        let is_read = tree.datasets.keys().any(|joined| types.contains(joined));
        for (governor, value) in data_id.iter().filter(|_| is_read) {
            let Some(values) = collection.summary.governors.get(governor) else {
                continue;
            };
            let fits = matches!(value, DataIdValue::Str(v) if values.contains(v));
            if search.dimensions.contains(governor) && !fits {
                resolved.messages.push(format!(
                    "No datasets with {governor}={} in collection '{}'.",
                    ColumnLiteral::from(value),
                    collection.name
                ));
            }
        }
        if resolved.messages.len() > before {
            continue;
        }
        resolved.is_calibration |= collection.collection_type == CollectionType::Calibration;
        resolved.collections.push(collection.clone());
    }
    Ok(resolved)
}
