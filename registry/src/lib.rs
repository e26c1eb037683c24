//! The Butler registry: pure model, SQL, and the SQLite and PostgreSQL back ends.

mod attributes;
mod collection_chains;
pub mod collection_summaries;
mod collections;
pub mod config;
mod create;
pub mod database;
pub mod dataset_types;
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

pub use create::{create_registry, resume_registry};
pub use dimension_config::dimension_config;
pub use error::RegistryError;
pub use open::managers_of;
pub use registry::Registry;
