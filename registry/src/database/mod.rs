//! Connections to the database of a registry: SQLite and PostgreSQL behind one set of methods.

mod connection;
pub mod postgresql;
mod postgresql_connect;
mod row;
pub mod sqlite;
mod statement;
mod timespan_range;
mod tls;
pub mod value;

pub use connection::{Access, Connection};
pub use row::Row;
pub use statement::Statement;
pub use timespan_range::Int8Range;
pub use value::Value;
