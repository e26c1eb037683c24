//! A Butler server seen from its other end: what the query verbs ask of a repo, asked over HTTP
//! (`lsst/daf/butler/remote_butler/_remote_butler.py`). Any server of the protocol will do.

mod collections;
mod connection;
mod dataset_types;
mod error;
mod files;
mod query;
mod row_reader;
mod token;

use std::sync::Arc;
use std::time::Duration;

use pantry_registry::config::Environment;
use pantry_registry::model::universe::Universe;
use serde_json::Value;

use connection::ServerConnection;
pub(crate) use connection::agent;
pub use error::RemoteError;

/// A repo behind a Butler server.
pub struct RemoteButler {
    connection: ServerConnection,
    universe: Arc<Universe>,
}

impl RemoteButler {
    /// Find out how the server at `url` (its `butler.yaml`, or the folder of it) wants to be asked, and what dimensions
    /// its repo has. Afterwards no request goes on for longer than `patience` without an answer.
    ///
    /// # Errors
    /// [`RemoteError`]: no such server, none of Butler's, or one that does not let us in.
    pub fn open(
        url: &str,
        environment: &Environment,
        patience: Option<Duration>,
    ) -> Result<Self, RemoteError> {
        let connection = ServerConnection::open(url, environment, patience)?;
        let answer: Value = connection.get("universe")?;
        let text = answer.get("universe").map(Value::to_string);
        let universe = Universe::from_json(text.as_deref().unwrap_or("null"))
            .map_err(|e| connection.not_understood("universe", &e))?;
        Ok(Self {
            connection,
            universe,
        })
    }

    /// The dimensions of the repo.
    pub fn universe(&self) -> &Arc<Universe> {
        &self.universe
    }
}
