//! What is asked of one dataset type.
use pantry_registry::dataset_types::DatasetTypeRecord;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::query::tree::{DatasetSearch, QueryTree, ResultKind};

use crate::failure::Failure;
use crate::query::{Filter, Query};

/// A search for the datasets of one type.
#[derive(Debug, Clone)]
pub struct TypeSearch {
    /// The dataset type.
    pub dataset_type: DatasetType,
    /// The collections that may hold such datasets, in search order; none is a chain.
    pub collections: Vec<Collection>,
    /// Whether of each data ID only the dataset in the first collection is wanted.
    pub find_first: bool,
}

impl TypeSearch {
    /// A search in those of the collections that may hold datasets of the type.
    pub fn new(
        record: DatasetTypeRecord,
        collections: &[&Collection],
        find_first: bool,
        catalog: &CollectionCatalog,
    ) -> Self {
        let dataset_type = record.dataset_type;
        let may_hold = |c: &&&Collection| catalog.may_hold(&c.name, &dataset_type.name);
        let collections = collections.iter().filter(may_hold);
        Self {
            collections: collections.map(|c| (*c).clone()).collect(),
            find_first,
            dataset_type,
        }
    }

    /// Whether the same dataset may be found more than once.
    pub fn may_repeat(&self) -> bool {
        let has = |of| self.collections.iter().any(|c| c.collection_type == of);
        let elsewhere = has(CollectionType::Tagged) && self.collections.len() > 1;
        !self.find_first && (elsewhere || has(CollectionType::Calibration))
    }

    /// The question.
    ///
    /// # Errors
    /// What is wrong with the filter.
    pub fn query(&self, filter: &Filter) -> Result<Query, Failure> {
        let dimensions = &self.dataset_type.dimensions;
        let search = DatasetSearch {
            collections: self.collections.iter().map(|c| c.name.clone()).collect(),
            dimensions: dimensions.clone(),
        };
        let tree = QueryTree::identity(dimensions.universe());
        let tree = tree.join_dataset(&self.dataset_type.name, search)?;
        let kind = ResultKind::DatasetRef {
            dataset_type_name: self.dataset_type.name.clone(),
            dimensions: dimensions.clone(),
            storage_class_name: self.dataset_type.storage_class.clone(),
            include_dimension_records: false,
            find_first: self.find_first,
        };
        Query::new(tree, kind).filter(filter)
    }
}
