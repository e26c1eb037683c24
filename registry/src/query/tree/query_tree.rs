//! The rows of a query: dimensions, joins and a filter.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use uuid::Uuid;

use super::column_set::ColumnSet;
use super::dataset_key::DatasetKey;
use super::predicate::Predicate;
use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;
use crate::query::QueryError;

/// The dimensions of both groups.
pub(crate) fn union(a: &DimensionGroup, b: &DimensionGroup) -> DimensionGroup {
    // Both are of one universe, which has all the names.
    DimensionGroup::conform(a.universe(), a.names().chain(b.names())).unwrap_or_else(|_| a.clone())
}

/// A search for datasets in collections (`queries/tree/_query_tree.py`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetSearch {
    /// The collections in the order of the search; wildcards are resolved.
    pub collections: Vec<String>,
    /// The dimensions of the dataset type.
    pub dimensions: DimensionGroup,
}

/// What rows a query has (`queries/tree/_query_tree.py`); which columns is up to [`super::ResultSpec`].
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTree {
    /// The dimensions that are joined.
    pub dimensions: DimensionGroup,
    /// Dataset searches by dataset type.
    pub datasets: IndexMap<String, DatasetSearch>,
    /// A search for all dataset types with certain dimensions.
    pub any_dataset: Option<DatasetSearch>,
    /// Uploaded data IDs that are joined.
    pub data_coordinate_uploads: BTreeMap<Uuid, DimensionGroup>,
    /// Rows of earlier queries that are joined.
    pub materializations: BTreeMap<Uuid, DimensionGroup>,
    /// The filter.
    pub predicate: Predicate,
    /// Whether governor dimensions must have a value if the filter names dimensions that depend on them.
    pub validate_governor_constraints: bool,
}

impl QueryTree {
    /// One row without columns: what everything can be joined to.
    pub fn identity(universe: &Arc<Universe>) -> Self {
        Self {
            dimensions: DimensionGroup::empty(universe),
            datasets: IndexMap::new(),
            any_dataset: None,
            data_coordinate_uploads: BTreeMap::new(),
            materializations: BTreeMap::new(),
            predicate: Predicate::from_bool(true),
            validate_governor_constraints: true,
        }
    }

    /// The universe of the dimensions.
    pub fn universe(&self) -> &Arc<Universe> {
        self.dimensions.universe()
    }

    /// All dataset searches.
    pub fn dataset_searches(&self) -> impl Iterator<Item = (DatasetKey, &DatasetSearch)> {
        let any = self.any_dataset.iter().map(|s| (DatasetKey::Any, s));
        self.datasets
            .iter()
            .map(|(name, search)| (DatasetKey::Named(name.clone()), search))
            .chain(any)
    }

    /// The different dimension groups of everything that is joined.
    pub fn joined_dimension_groups(&self) -> Vec<DimensionGroup> {
        let searches = self.dataset_searches().map(|(_, s)| &s.dimensions);
        let mut groups: Vec<DimensionGroup> = Vec::new();
        for group in self
            .data_coordinate_uploads
            .values()
            .chain(self.materializations.values())
            .chain(searches)
        {
            if !groups.contains(group) {
                groups.push(group.clone());
            }
        }
        groups
    }

    /// Join dimensions.
    pub fn join_dimensions(mut self, dimensions: &DimensionGroup) -> Self {
        self.dimensions = union(&self.dimensions, dimensions);
        self
    }

    /// Join uploaded data IDs.
    pub fn join_data_coordinate_upload(mut self, key: Uuid, dimensions: &DimensionGroup) -> Self {
        self.data_coordinate_uploads.insert(key, dimensions.clone());
        self.join_dimensions(dimensions)
    }

    /// Join rows of an earlier query.
    pub fn join_materialization(mut self, key: Uuid, dimensions: &DimensionGroup) -> Self {
        self.materializations.insert(key, dimensions.clone());
        self.join_dimensions(dimensions)
    }

    /// Join a search for datasets of one type. A second one must search the same collections.
    pub fn join_dataset(
        mut self,
        dataset_type: &str,
        search: DatasetSearch,
    ) -> Result<Self, QueryError> {
        match self.datasets.get(dataset_type) {
            Some(existing) if *existing == search => Ok(self),
            Some(existing) => Err(QueryError::invalid(format!(
                "Dataset type '{dataset_type}' was already joined into this query with a different collection search path \
                 (previously [{}], now [{}]).",
                existing.collections.join(", "),
                search.collections.join(", "),
            ))),
            None => {
                let dimensions = search.dimensions.clone();
                self.datasets.insert(dataset_type.to_owned(), search);
                Ok(self.join_dimensions(&dimensions))
            }
        }
    }

    /// Join a search for datasets of all types with certain dimensions.
    pub fn join_any_dataset(mut self, search: DatasetSearch) -> Self {
        let dimensions = search.dimensions.clone();
        self.any_dataset = Some(search);
        self.join_dimensions(&dimensions)
    }

    /// Add a filter. Dimensions that it names are joined; datasets must have been joined before.
    pub fn filter(mut self, predicate: Predicate) -> Result<Self, QueryError> {
        let mut columns = ColumnSet::new(&self.dimensions);
        predicate.gather_required_columns(&mut columns);
        let missing: Vec<String> = columns
            .dataset_fields()
            .keys()
            .filter(|key| !self.has_search(key))
            .map(|key| format!("'{key}'"))
            .collect();
        if !missing.is_empty() {
            return Err(QueryError::invalid(format!(
                "Cannot reference dataset type(s) {{{}}} that have not been joined.",
                missing.join(", ")
            )));
        }
        self.dimensions = columns.dimensions().clone();
        self.predicate = self.predicate.logical_and(predicate);
        Ok(self)
    }

    /// Whether there is this dataset search.
    pub fn has_search(&self, key: &DatasetKey) -> bool {
        match key {
            DatasetKey::Any => self.any_dataset.is_some(),
            DatasetKey::Named(name) => self.datasets.contains_key(name),
        }
    }

    /// Whether there is this dataset search and it is for one type: the only ones that the reference looks at when it checks
    /// trees from outside.
    pub(super) fn has_named_search(&self, key: &DatasetKey) -> bool {
        matches!(key, DatasetKey::Named(name) if self.datasets.contains_key(name))
    }

    /// Check what the parts owe each other, for a tree from outside (`QueryTree._validate_...`).
    pub fn validate(&self) -> Result<(), QueryError> {
        for dimensions in self.joined_dimension_groups() {
            if !dimensions.is_subset(&self.dimensions) {
                return Err(QueryError::invalid(format!(
                    "Dimensions {dimensions} of join operand are not a subset of the query tree's dimensions {}.",
                    self.dimensions
                )));
            }
        }
        let mut columns = ColumnSet::new(&self.dimensions);
        self.predicate.gather_required_columns(&mut columns);
        if !columns.dimensions().is_subset(&self.dimensions) {
            return Err(QueryError::invalid(
                "Predicate requires dimensions beyond those in the query tree.",
            ));
        }
        if !columns
            .dataset_fields()
            .keys()
            .all(|k| self.has_named_search(k))
        {
            return Err(QueryError::invalid(
                "Predicate requires dataset columns that are not in the query tree.",
            ));
        }
        Ok(())
    }
}
