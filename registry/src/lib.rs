//! The Butler registry: pure model, SQL, and the SQLite and PostgreSQL back ends.
//!
//! A [`Registry`] is the database of one repo: its dimension universe, dataset types, collections and datasets. A query is a
//! [`QueryTree`](query::tree::QueryTree) (which rows there are), usually filtered by a where-expression, and a
//! [`ResultSpec`](query::tree::ResultSpec) (what of them is wanted, in which order, how many). [`execute`](query::execute::execute)
//! hands the rows to a function one by one, as the database gives them, so memory does not grow with their number:
//!
//! ```no_run
//! use pantry_registry::Registry;
//! use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
//! use pantry_registry::database::Access;
//! use pantry_registry::model::dimension_group::DimensionGroup;
//! use pantry_registry::query::execute::{QueryInputs, execute};
//! use pantry_registry::query::expression::{Binds, IdentifierContext, where_predicate};
//! use pantry_registry::query::tree::{QueryTree, ResultKind, ResultSpec};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Open a repo: a folder, a `butler.yaml` or an alias.
//! let environment = Environment::from_process();
//! let config = ButlerConfig::load("/repo/main", &[], &environment)?;
//! let config = RegistryConfig::of(&config, &environment)?;
//! let mut registry = Registry::open(&config, &environment, Access::ReadOnly)?;
//!
//! // Data IDs of all detectors of all visits ...
//! let dimensions = DimensionGroup::conform(registry.universe(), ["visit", "detector"])?;
//! let tree = QueryTree::identity(registry.universe()).join_dimensions(&dimensions);
//!
//! // ... that a where-expression selects.
//! let names = IdentifierContext { dimensions: &dimensions, datasets: &[], binds: &Binds::new() };
//! let text = "instrument = 'HSC' AND visit.exposure_time > 30.0 AND detector IN (40..60)";
//! let tree = tree.filter(where_predicate(text, &names)?)?;
//!
//! let spec = ResultSpec::new(ResultKind::DataCoordinate { dimensions, include_dimension_records: false });
//! execute(&mut registry, &tree, &spec, &QueryInputs::default(), |row| {
//!     println!("{:?} {:?}", row.key("visit"), row.key("detector"));
//!     Ok(true) // `false`: no more rows are wanted
//! })?;
//! # Ok(())
//! # }
//! ```
//!
//! The example `find_datasets` of this crate searches datasets in collections and finds the one of a data ID.
//! [`query::execute`] also counts rows, says why there are none, and shows the SQL.
//!
//! Errors are [`RegistryError`] for the database and what it holds, and [`QueryError`](query::QueryError) for queries.

mod attributes;
mod collection_chains;
pub mod collection_summaries;
mod collections;
pub mod config;
mod create;
pub mod database;
pub mod dataset_types;
mod datasets;
mod definition_lock;
mod dimension_config;
mod dimension_groups;
pub mod error;
pub mod listing;
pub mod model;
mod opaque_tables;
mod open;
pub mod query;
mod registry;
pub mod schema;
pub mod skypix;
mod visibility;

pub use create::{create_registry, resume_registry};
pub use dimension_config::dimension_config;
pub use error::RegistryError;
pub use open::managers_of;
pub use registry::Registry;
pub use visibility::CollectionRule;
