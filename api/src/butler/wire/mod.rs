//! The JSON of the reference's models (`lsst/daf/butler/remote_butler/server_models.py`).

mod data_coordinate;
mod dataset_ref;
mod dataset_type;
mod dimension_record;
mod file_record;
mod record_template;
mod row_template;
mod value;

pub use data_coordinate::push_data_coordinate;
pub use dataset_ref::{found_dataset, push_dataset_ref};
pub use dataset_type::{dataset_type_to_json, push_dataset_type};
pub use file_record::push_file_record;
pub use row_template::RowTemplate;
pub use value::push_text;
