//! Pure values of the registry: universe, dimension groups, data IDs, dataset types, collections, times.

pub mod collection;
pub mod column;
pub mod data_coordinate;
pub mod dataset_id;
pub mod dataset_ref;
pub mod dataset_type;
pub mod dimension_group;
pub mod element;
pub mod glob;
pub mod time;
pub mod timespan;
pub mod universe;
mod universe_config;
mod universe_simple;
