//! The tables of a registry: what they are ([`table`]), which a repo has ([`static_tables`] and the dynamic ones), and
//! the SQL text that makes them ([`ddl`]).

pub mod attribute_table;
pub mod collection_tables;
pub mod dataset_tables;
pub mod datastore_tables;
pub mod ddl;
pub mod dialect;
pub mod dimension_tables;
pub mod managers;
mod name_shrinker;
pub mod overlap_tables;
mod reserved_words;
pub mod static_tables;
pub mod table;
