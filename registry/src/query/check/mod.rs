//! From the tree to a query that SQL can be made of: pure, given what the registry says about the names in it.

mod analysis;
mod automatic_join;
mod catalog;
mod catalog_rows;
mod constraints;
mod disjoint_set;
mod families;
mod overlaps;
mod postprocessing;
mod spatial_join;

pub use analysis::{QueryAnalysis, ResolvedSearch, analyze};
pub use catalog::{Catalog, SearchedCollection};
pub use constraints::with_default_data_id;
pub use postprocessing::Postprocessing;
pub use spatial_join::SpatialJoin;
