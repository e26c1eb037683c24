//! From the tree to a query that SQL can be made of: pure, given what the registry says about the names in it.

mod analysis;
mod catalog;
mod constraints;
mod disjoint_set;
mod overlaps;
mod postprocessing;

pub use analysis::{QueryAnalysis, ResolvedSearch, analyze};
pub use catalog::{Catalog, SearchedCollection};
pub use constraints::with_default_data_id;
pub use overlaps::SpatialJoin;
pub use postprocessing::Postprocessing;
