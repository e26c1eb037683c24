//! Runs queries: reads what the registry knows about the names in them, has them translated, and streams their rows.

mod cached_records;
mod overlap_filter;
mod prepared;
mod query_inputs;
mod result_row;
mod run;
mod sphere_join;

pub use cached_records::{CachedRecord, CachedRecords};
pub use query_inputs::{Materialization, QueryInputs, Upload};
pub(crate) use result_row::Reader;
pub use result_row::{ResultRow, ResultValue};
pub use run::{
    Statements, any, count, count_to_sql, execute, explain_no_results, in_snapshot, to_sql,
};
