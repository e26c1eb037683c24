//! Listing what a registry holds: collections, dataset types, and the files of datasets. Datasets themselves are found by
//! [`crate::query`].

mod collection_catalog;
mod collection_tree;
mod dataset_type_search;
mod files_of_datasets;
mod type_search;

pub use collection_catalog::CollectionCatalog;
pub use collection_tree::CollectionTree;
pub(crate) use collection_tree::NAMES;
pub use dataset_type_search::{DatasetTypeSearch, search_dataset_types};
pub use files_of_datasets::{FileOfDataset, FileRecord, files_of_datasets};
pub use type_search::TypeSearch;
