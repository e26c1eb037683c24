//! Connections to the database of a registry: SQLite and PostgreSQL behind one set of methods.

mod connection;
mod patience;
pub mod postgresql;
mod postgresql_connect;
mod postgresql_servers;
mod row;
pub mod sqlite;
mod statement;
mod timespan_range;
mod tls;
mod transaction;
pub mod value;

pub use connection::{Access, Connection};
pub use patience::Canceller;
pub use postgresql_servers::servers as postgresql_servers;
pub use row::Row;
pub use statement::Statement;
pub use timespan_range::Int8Range;
pub use value::Value;
