//! From checked queries to SQL.

mod fragment;
mod glob;
mod timespan_column;

pub use fragment::{Fragment, all_of, any_of};
pub use timespan_column::TimespanColumn;
