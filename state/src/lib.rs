//! Pantry's own state, which is never in a Butler table: API tokens, where copies of files are, and which files were verified when,
//! in an SQLite file or a schema of a PostgreSQL database.
//!
//! The tables are fixed, so they are diesel's ([`schema`](self) is private; what others see are values such as [`Token`]).
//! One set of queries serves both back ends, synchronously and without libpq: SQLite is the one that the rest of Pantry
//! has built in, PostgreSQL is tokio-postgres behind `diesel-async`'s blocking wrapper. Functions here block; from
//! asynchronous code call them where blocking is allowed (`tokio::task::spawn_blocking`).
//!
//! ```
//! use chrono::{TimeDelta, Utc};
//! use pantry_state::{Location, LookUp, NewToken, Role, State};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let state = State::open(Location::Sqlite(folder.path().join("state.sqlite3")))?;
//! let new = NewToken {
//!     name: Some("notebooks".to_owned()),
//!     repos: vec!["survey*".to_owned()],
//!     collections: None,
//!     role: Role::Read,
//!     expires: Some(Utc::now() + TimeDelta::days(30)),
//! };
//! let (secret, token) = state.create_token(&new, Utc::now())?;
//! assert!(matches!(state.look_up(secret.reveal(), Utc::now())?, LookUp::Valid(found) if found == token));
//! assert_eq!(state.look_up("pantry_guess", Utc::now())?, LookUp::Unknown);
//! # Ok(())
//! # }
//! ```
//!
//! Reading order: [`Token`] (`token.rs`), `secret.rs` (how a token looks and what is kept of it), `tokens.rs` (what can be
//! done with tokens), `replica.rs`, `verifications.rs`, `state.rs` (connections), `migrations.rs`, `database/` (the two back ends).

mod database;
mod error;
mod location;
mod migrations;
mod replica;
mod schema;
mod secret;
mod state;
mod token;
mod tokens;
mod verifications;

pub use error::StateError;
pub use location::{Location, PostgresqlLocation, PostgresqlServer};
pub use replica::Replica;
pub use secret::Secret;
pub use state::State;
pub use token::{NewToken, Role, Token};
pub use tokens::LookUp;
pub use verifications::{Looked, VerifiedRepo};
