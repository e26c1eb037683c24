//! Where the state is.

use std::fmt;
use std::path::PathBuf;

use tokio_postgres_rustls::MakeRustlsConnect;

/// A place for Pantry's own state. Its `Display` is for messages and has no password.
#[derive(Debug)]
pub enum Location {
    /// A file, made if it is missing; its folder must exist.
    Sqlite(PathBuf),
    /// A schema of a PostgreSQL database.
    Postgresql(Box<PostgresqlLocation>),
}

/// A schema of a PostgreSQL database and the ways to it. Who reads URLs, environment and password files for the registry
/// does it for this too, so nothing of that is here.
pub struct PostgresqlLocation {
    /// Tried in this order; the first that lets us in and accepts writing is used.
    pub servers: Vec<PostgresqlServer>,
    /// Name of the schema; made if it is missing.
    pub schema: String,
}

/// One way to a PostgreSQL database.
#[derive(Clone)]
pub struct PostgresqlServer {
    /// Address, user, database and the rest.
    pub config: tokio_postgres::Config,
    /// Encryption, if the configuration asks for it.
    pub tls: Option<MakeRustlsConnect>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(path) => write!(f, "the state file {}", path.display()),
            Location::Postgresql(location) => {
                let config = location.servers.first().map(|server| &server.config);
                let database = config.and_then(tokio_postgres::Config::get_dbname);
                let (schema, database) = (&location.schema, database.unwrap_or_default());
                write!(
                    f,
                    "the state in schema '{schema}' of PostgreSQL database '{database}'"
                )
            }
        }
    }
}

impl fmt::Debug for PostgresqlLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresqlLocation")
            .field("servers", &self.servers.len())
            .field("schema", &self.schema)
            .finish()
    }
}
