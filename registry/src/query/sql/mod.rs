//! From checked queries to SQL.

mod build;
mod columns;
mod context;
mod dataset_table;
mod element_table;
mod expression;
mod find_first;
mod fragment;
mod glob;
mod joins;
mod overlap_table;
mod projection;
mod select;
mod timespan_column;

pub use build::{BuiltQuery, Wanted, build, order_by};
pub use context::{RowSource, SqlContext};
pub use fragment::{Fragment, all_of, any_of};
pub use projection::VALIDITY_MATCH_COUNT;
pub use select::{Select, missing_regions, sql_name};
pub use timespan_column::TimespanColumn;
