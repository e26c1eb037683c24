//! The Butler registry: pure model, SQL, and the SQLite and PostgreSQL back ends.

pub mod config;
pub mod database;
pub mod error;
pub mod model;
pub mod schema;
