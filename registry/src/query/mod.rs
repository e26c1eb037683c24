//! Queries: text -> tree -> checked query -> SQL -> streamed rows; all but the last pure.

mod error;
pub mod expression;
pub mod sql;
pub mod tree;

pub use error::QueryError;
