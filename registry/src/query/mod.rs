//! Queries: text -> tree -> checked query -> SQL -> streamed rows; all but the last pure.

pub mod check;
mod error;
pub mod execute;
pub mod expression;
pub mod lookup;
pub mod sql;
pub mod tree;

pub use error::QueryError;
