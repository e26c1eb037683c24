//! The ways to a PostgreSQL database, for clients that are not the registry.

use postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::postgresql_connect::{config, describe};
use super::tls;
use crate::config::postgres::{HostAddress, PostgresSettings, TlsMode};
use crate::error::RegistryError;

/// How to connect to each server that the settings name, in their order, and what encrypts the connection. Encryption that
/// is only preferred is given up where the server has none.
///
/// # Errors
/// [`RegistryError::Connect`] for certificate files that cannot be used.
pub fn servers(
    settings: &PostgresSettings,
) -> Result<Vec<(tokio_postgres::Config, Option<MakeRustlsConnect>)>, RegistryError> {
    let server = |host| {
        let mut config = config(settings, host);
        let mode = match settings.tls.mode {
            _ if matches!(host.address, HostAddress::Socket(_)) => SslMode::Disable,
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Allow | TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
        };
        config.ssl_mode(mode);
        let tls = match mode {
            SslMode::Disable => None,
            _ => Some(tls::connector(&settings.tls)?),
        };
        Ok((config, tls))
    };
    let servers: Result<Vec<_>, String> = settings.hosts.iter().map(server).collect();
    servers.map_err(|reason| RegistryError::Connect {
        database: describe(settings),
        reason,
    })
}
