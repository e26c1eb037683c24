//! Data IDs and records only of what datasets exist for.

use super::collection_catalog::CollectionCatalog;
use super::dataset_type_search::{DatasetTypeSearch, search_dataset_types};
use crate::model::collection::CollectionType;
use crate::model::dataset_type::DatasetType;
use crate::model::dimension_group::DimensionGroup;
use crate::model::glob::{Wildcard, split_commas};
use crate::query::QueryError;
use crate::query::tree::{DatasetSearch, QueryTree};
use crate::registry::Registry;

/// Dataset types, and the collections in which they must be.
#[derive(Debug, Clone)]
pub struct DatasetConstraint {
    /// The dataset types, in the order in which the registry finds them.
    pub types: Vec<DatasetType>,
    /// Names that are no dataset types.
    pub missing: Vec<String>,
    /// The collections as they were given.
    pub collections: Vec<String>,
}

/// A query tree with the constraint, or none because no collection can have such datasets.
#[derive(Debug, Clone)]
pub enum Joined {
    /// The searches are joined.
    Tree(Box<QueryTree>),
    /// No collection may hold any of the types; these were looked at.
    Nothing(Vec<String>),
}

impl DatasetConstraint {
    /// Look the dataset types up. A comma is part of a name here, as in the reference.
    ///
    /// # Errors
    /// Those of the registry.
    pub fn read(
        registry: &mut Registry,
        datasets: &str,
        collections: &[String],
    ) -> Result<Self, QueryError> {
        let found = search_dataset_types(registry, &Wildcard::parse(&[datasets]))?;
        Ok(Self::of(found, collections))
    }

    /// Of dataset types that were looked up.
    pub fn of<T: Into<DatasetType>>(found: DatasetTypeSearch<T>, collections: &[String]) -> Self {
        Self {
            types: found.found.into_iter().map(T::into).collect(),
            missing: found.missing,
            collections: split_commas(collections).values,
        }
    }

    /// Names of the dataset types.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.types.iter().map(|t| t.name.as_str())
    }

    /// The dimensions that all the types have; `None` if there are none.
    ///
    /// # Errors
    /// None for dataset types of one registry.
    pub fn common_dimensions(&self) -> Result<Option<DimensionGroup>, QueryError> {
        let mut groups = self.types.iter().map(|t| &t.dimensions);
        let Some(first) = groups.next() else {
            return Ok(None);
        };
        let mut common = first.clone();
        for group in groups {
            let names: Vec<&str> = common.names().filter(|name| group.contains(name)).collect();
            common = DimensionGroup::conform(first.universe(), names)?;
        }
        Ok(Some(common).filter(|common| !common.is_empty()))
    }

    /// Join a search for each type in those of the collections that may hold it.
    ///
    /// # Errors
    /// A collection that does not exist.
    pub fn join(&self, registry: &mut Registry, tree: QueryTree) -> Result<Joined, QueryError> {
        self.join_in(&CollectionCatalog::read(registry)?, tree)
    }

    /// As [`DatasetConstraint::join`], with the collections at hand.
    ///
    /// # Errors
    /// A collection that does not exist.
    pub fn join_in(
        &self,
        catalog: &CollectionCatalog,
        tree: QueryTree,
    ) -> Result<Joined, QueryError> {
        let wildcard = Wildcard::parse(&self.collections);
        let collections = catalog.resolve(&wildcard, &CollectionType::ALL, false, None)?;
        let mut searched: Vec<Vec<String>> = vec![Vec::new(); self.types.len()];
        for collection in &collections {
            let held = catalog.dataset_types(&collection.name);
            for (at, name) in self.names().enumerate() {
                if held.contains(name) {
                    searched[at].push(collection.name.clone());
                }
            }
        }
        if searched.iter().all(Vec::is_empty) {
            let names = collections.iter().map(|c| c.name.clone());
            return Ok(Joined::Nothing(names.collect()));
        }
        let mut tree = tree;
        for (found, collections) in self.types.iter().zip(searched) {
            if !collections.is_empty() {
                let search = DatasetSearch {
                    collections,
                    dimensions: found.dimensions.clone(),
                };
                tree = tree.join_dataset(&found.name, search)?;
            }
        }
        Ok(Joined::Tree(Box::new(tree)))
    }
}
