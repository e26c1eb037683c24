//! Getting files into the datastore: modes, targets, and placing files so that nothing half-done is ever seen.

mod mode;
mod target;

pub use mode::TransferMode;
pub use target::{Target, local_source, source_uri};
