//! Making the tables, step by step; the SQL of each step is a folder of `migrations/state/`.

use std::collections::BTreeSet;

use diesel::backend::Backend;
use diesel::migration::MigrationSource as _;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::StateError;
use crate::location::Location;

/// The same text for both back ends.
const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/state");

/// Why the tables are not as this program needs them.
#[derive(Debug)]
pub(crate) enum MigrationFailure {
    /// There is a migration of this version, which this program does not know.
    TooNew(String),
    /// What the back end said.
    Refused(String),
}

impl From<diesel::result::Error> for MigrationFailure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

impl MigrationFailure {
    pub(crate) fn in_database(self, location: &Location) -> StateError {
        let database = location.to_string();
        match self {
            Self::TooNew(found) => StateError::TooNew { database, found },
            Self::Refused(reason) => StateError::Migrate { database, reason },
        }
    }
}

/// Takes the steps that were not taken yet. In a transaction that excludes other processes.
pub(crate) fn run<C, DB>(connection: &mut C) -> Result<(), MigrationFailure>
where
    C: MigrationHarness<DB>,
    DB: Backend,
{
    let refused =
        |e: Box<dyn std::error::Error + Send + Sync>| MigrationFailure::Refused(e.to_string());
    let known: Vec<Box<dyn diesel::migration::Migration<DB>>> =
        MIGRATIONS.migrations().map_err(refused)?;
    let known: BTreeSet<String> = known
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = connection.applied_migrations().map_err(refused)?;
    let unknown = applied.iter().map(ToString::to_string);
    if let Some(version) = unknown.filter(|version| !known.contains(version)).max() {
        return Err(MigrationFailure::TooNew(version));
    }
    connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(refused)?;
    Ok(())
}
