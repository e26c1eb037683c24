//! What can go wrong with Pantry's own state.

/// An error of the state or of its database.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The database could not be reached or opened: check the address, the server and the permissions. It may pass.
    #[error("cannot open {database}: {reason}")]
    Connect {
        /// The database, without password.
        database: String,
        /// What the back end said.
        reason: String,
    },
    /// The tables could not be made or brought up to date.
    #[error("cannot make the tables of {database}: {reason}")]
    Migrate {
        /// The database, without password.
        database: String,
        /// What the back end said.
        reason: String,
    },
    /// A newer Pantry has changed the tables.
    #[error(
        "{database} was made by a newer Pantry (it has the migration {found}, which this program does not know); use that \
         program or another --state"
    )]
    TooNew {
        /// The database, without password.
        database: String,
        /// The newest migration that is there and not known.
        found: String,
    },
    /// A live token has this name.
    #[error("there is a token with the name '{0}'; give another --name, or revoke that one")]
    NameTaken(String),
    /// No live token has this id or name.
    #[error("there is no token with the id or name '{0}', or it is revoked already")]
    NoSuchToken(String),
    /// A value that no token may have.
    #[error("{0}")]
    Invalid(String),
    /// The back end refused a statement, was locked for too long, or lost the connection. It may pass.
    #[error("cannot {doing} in {database}: {reason}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The database, without password.
        database: String,
        /// What the back end said.
        reason: String,
    },
    /// A row holds something that this program never writes.
    #[error("{database} is damaged: {reason}")]
    Corrupt {
        /// The database, without password.
        database: String,
        /// What is wrong, and where.
        reason: String,
    },
}
