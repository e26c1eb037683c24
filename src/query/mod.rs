//! What the query verbs share: the options that say which rows are wanted, the constraint by datasets, the calls to the
//! engine, and the way from its rows to columns.
mod constraint;
mod each;
pub mod engine;
mod filter;
mod layout;
mod limit;
mod open;
mod order;

pub use constraint::{Constraint, Joined};
pub use each::{Repeats, Shown, each_row};
pub use engine::Query;
pub use filter::Filter;
pub use layout::{Layout, Part};
pub use limit::Limit;
pub use open::open;
pub use order::{SortKey, usual_order};

/// What the verbs print in place of a table without rows.
pub const NO_RESULTS: &str = "No results. Try --help for more information.";
