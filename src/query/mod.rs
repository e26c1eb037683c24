//! What the query verbs share: the options that say which rows are wanted, and the calls to the engine.
mod constraint;
mod dataset_request;
mod each;
mod each_batch;
mod each_dataset;
pub mod engine;
mod files;
mod filter;
mod limit;
mod open;
mod seen;
mod selected_ids;
mod source;

pub use constraint::constraint;
pub use dataset_request::DatasetRequest;
pub use each::{Repeats, Shown, each_row};
pub use each_batch::each_batch;
pub use each_dataset::{dataset_order, each_dataset};
pub use files::Files;
pub use filter::{Explain, Filter, Where};
pub use limit::Limit;
pub use seen::Seen;
pub use selected_ids::selected_ids;
pub use source::Source;

/// What the verbs print in place of a table without rows.
pub const NO_RESULTS: &str = "No results. Try --help for more information.";
