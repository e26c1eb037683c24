//! PostgreSQL: a schema of a database, by tokio-postgres instead of libpq.

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection as _, RunQueryDsl as _, sql_query};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use tokio_postgres::NoTls;
use tokio_postgres::config::TargetSessionAttrs;

use super::runtime::{OwnRuntime, runtime};
use crate::location::{PostgresqlLocation, PostgresqlServer};
use crate::migrations::{self, MigrationFailure};

/// A connection whose calls wait for the answer.
pub(crate) type PostgresqlConnection = AsyncConnectionWrapper<AsyncPgConnection, OwnRuntime>;

/// Key of the lock under which tables are made: any number will do that nobody else uses ("pantry" in ASCII).
const MIGRATION_LOCK: i64 = 0x7061_6e74_7279;

/// Connects to the first server that lets us in and accepts writing. `Err` says why none does.
pub(super) fn open(location: &PostgresqlLocation) -> Result<PostgresqlConnection, String> {
    let mut reasons = Vec::new();
    for server in &location.servers {
        match connect(server) {
            Ok(mut raw) => {
                raw.batch_execute(&format!("SET search_path TO {}", quoted(&location.schema)))
                    .map_err(|e| e.to_string())?;
                return Ok(raw);
            }
            Err(reason) => reasons.push(reason),
        }
    }
    reasons.dedup();
    Err(reasons.join("; "))
}

fn connect(server: &PostgresqlServer) -> Result<PostgresqlConnection, String> {
    let mut config = server.config.clone();
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    let connecting = async {
        let connected = match &server.tls {
            None => {
                let (client, driver) = config.connect(NoTls).await.map_err(|e| in_words(&e))?;
                AsyncPgConnection::try_from_client_and_connection(client, driver).await
            }
            Some(tls) => {
                let (client, driver) = config
                    .connect(tls.clone())
                    .await
                    .map_err(|e| in_words(&e))?;
                AsyncPgConnection::try_from_client_and_connection(client, driver).await
            }
        };
        connected.map_err(|e| e.to_string())
    };
    runtime()?.block_on(connecting).map(Into::into)
}

/// The error with what the server or the system said.
fn in_words(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Migrates in one transaction under a lock of the database: of two processes one waits and then finds nothing to do.
pub(super) fn migrate(
    raw: &mut PostgresqlConnection,
    schema: &str,
) -> Result<(), MigrationFailure> {
    raw.transaction(|raw| {
        raw.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))?;
        // Not `CREATE SCHEMA IF NOT EXISTS`, which needs the right to create one also where there is one.
        let exists: Answer =
            sql_query("SELECT to_regnamespace(quote_ident($1)) IS NOT NULL AS yes")
                .bind::<Text, _>(schema)
                .get_result(raw)?;
        if !exists.yes {
            raw.batch_execute(&format!("CREATE SCHEMA {}", quoted(schema)))?;
        }
        migrations::run(raw)
    })
}
