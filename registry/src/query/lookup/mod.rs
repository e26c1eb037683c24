//! Looks up single things as people name them: a dataset type or a component of one, the dataset of a data ID, the records
//! of a data ID.

mod complete_data_id;
mod dataset_type;
mod dimension_record;
mod dimension_records;
mod expand_data_id;
mod find_dataset;
mod find_to_get;

pub use dataset_type::find_dataset_type;
pub use dimension_record::DimensionRecord;
pub use dimension_records::find_records;
pub use expand_data_id::{ExpandedDataId, expand_data_id};
pub use find_dataset::{DatasetLookup, find_dataset};
pub use find_to_get::find_dataset_to_get;
