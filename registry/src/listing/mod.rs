//! Listing what a registry holds: collections, dataset types, and the datasets of one type.

mod collection_catalog;
mod dataset_search;
mod dataset_sql;
mod dataset_type_search;
mod dimension_joins;
mod files_of_datasets;
mod found_dataset;
mod order_by;
mod source_rows;

pub use collection_catalog::CollectionCatalog;
pub use dataset_search::{DatasetSearch, SearchOutcome};
pub use dataset_type_search::{DatasetTypeSearch, search_dataset_types};
pub use files_of_datasets::{FileOfDataset, files_of_datasets};
pub use found_dataset::{FileRecord, FoundDataset, KeyValue};
pub use order_by::{OrderBy, OrderByError, OrderColumn};

#[cfg(test)]
mod tests;
