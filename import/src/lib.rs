//! Export YAML in and out, tables of files in, verification: always plan, then apply.

pub mod catalogue;
pub mod checksums;
mod error;
pub mod export;
mod file_bytes;
pub mod files;
mod import;
pub mod ingest;
mod job;
pub mod load;
pub mod plan;
pub mod relocate;
mod repo;
pub mod stage;
mod structure;
pub mod unload;
pub mod verify;
pub mod yaml;

pub use error::Error;
pub use import::{ImportOptions, ImportReport, OnConflict, Origin, Step, Watch, import};
pub use repo::RepoDatastore;
