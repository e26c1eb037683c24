//! What is asked of one dataset type.

use super::collection_catalog::CollectionCatalog;
use crate::model::collection::{Collection, CollectionType};
use crate::model::dataset_type::DatasetType;
use crate::query::QueryError;
use crate::query::tree::{DatasetSearch, QueryTree, ResultKind};

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
        dataset_type: impl Into<DatasetType>,
        collections: &[&Collection],
        find_first: bool,
        catalog: &CollectionCatalog,
    ) -> Self {
        let dataset_type = dataset_type.into();
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

    /// The query: what is joined, and what rows become.
    ///
    /// # Errors
    /// [`QueryError::DatasetType`] if the type is not as the tree has it.
    pub fn query(
        &self,
        include_dimension_records: bool,
    ) -> Result<(QueryTree, ResultKind), QueryError> {
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
            include_dimension_records,
            find_first: self.find_first,
        };
        Ok((tree, kind))
    }
}
