//! Listing what a registry holds: collections, dataset types, the files of datasets; and what queries whose rows are listed
//! have in common. Rows themselves are found by [`crate::query`].

mod associations;
mod collection_catalog;
mod collection_tree;
mod dataset_constraint;
mod dataset_type_search;
mod files_of_datasets;
mod record_fields;
mod row_order;
mod row_query;
mod type_search;

pub use associations::each_association;
pub use collection_catalog::CollectionCatalog;
pub use collection_tree::CollectionTree;
pub(crate) use collection_tree::NAMES;
pub use dataset_constraint::{DatasetConstraint, Joined};
pub use dataset_type_search::{DatasetTypeSearch, search_dataset_types, select_dataset_types};
pub use files_of_datasets::{FileOfDataset, FileRecord, files_of_datasets};
pub use record_fields::{RecordField, record_fields, with_pixel};
pub use row_order::{SortKey, compare_rows, usual_order};
pub use row_query::RowQuery;
pub use type_search::TypeSearch;
