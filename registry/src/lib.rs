//! The Butler registry: pure model, SQL, and the SQLite and PostgreSQL back ends.

pub mod config;
pub mod model;
