//! Finding a PostgreSQL server among those that the settings name, with libpq's rules.

use std::time::Duration;

use postgres::Client;
use postgres::config::SslMode;

use super::postgresql::{PostgresqlDatabase, message};
use super::tls;
use crate::config::postgres::{
    HostAddress, PostgresHost, PostgresSettings, TargetSession, TlsMode,
};
use crate::error::RegistryError;

/// Connect to the first server that answers, lets us in and is of the wanted kind.
pub(super) fn connect(settings: &PostgresSettings) -> Result<PostgresqlDatabase, RegistryError> {
    let mut hosts: Vec<&PostgresHost> = settings.hosts.iter().collect();
    if settings.random_order {
        shuffle(&mut hosts);
    }
    let mut wanted = vec![settings.target_session];
    if settings.target_session == TargetSession::PreferStandby {
        wanted = vec![TargetSession::Standby, TargetSession::Any];
    }
    let mut reasons = Vec::new();
    for session in wanted {
        for host in &hosts {
            match connect_to(settings, host, session) {
                Ok(database) => return Ok(database),
                Err(reason) => reasons.push(format!("{}: {reason}", host_name(host))),
            }
        }
    }
    reasons.dedup();
    Err(RegistryError::Connect {
        database: describe(settings),
        reason: reasons.join("; "),
    })
}

/// The database in words, without password.
pub(super) fn describe(settings: &PostgresSettings) -> String {
    let hosts: Vec<String> = settings.hosts.iter().map(host_name).collect();
    let database = &settings.database;
    format!("PostgreSQL database '{database}' at {}", hosts.join(", "))
}

fn host_name(host: &PostgresHost) -> String {
    match &host.address {
        HostAddress::Socket(folder) => format!("{}:{}", folder.display(), host.port),
        HostAddress::Tcp { name, .. } => format!("{name}:{}", host.port),
    }
}

/// Any order that differs from call to call will do; the clock is random enough for that.
fn shuffle(hosts: &mut [&PostgresHost]) {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
    let mut seed = now.as_ref().map_or(1, Duration::subsec_nanos) as usize;
    for i in (1..hosts.len()).rev() {
        hosts.swap(i, seed % (i + 1));
        seed /= i + 1;
    }
}

fn connect_to(
    settings: &PostgresSettings,
    host: &PostgresHost,
    session: TargetSession,
) -> Result<PostgresqlDatabase, String> {
    let modes: &[SslMode] = match settings.tls.mode {
        _ if matches!(host.address, HostAddress::Socket(_)) => &[SslMode::Disable],
        TlsMode::Disable => &[SslMode::Disable],
        TlsMode::Allow => &[SslMode::Disable, SslMode::Require],
        TlsMode::Prefer => &[SslMode::Prefer, SslMode::Disable],
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => &[SslMode::Require],
    };
    let mut config = postgres::Config::from(config(settings, host));
    let mut first = None;
    for mode in modes {
        config.ssl_mode(*mode);
        let tls = match mode {
            SslMode::Disable => None,
            _ => Some(tls::connector(&settings.tls)?),
        };
        let attempt = match &tls {
            None => config.connect(postgres::NoTls),
            Some(tls) => config.connect(tls.clone()),
        };
        match attempt {
            Ok(mut client) => {
                check(&mut client, session)?;
                return Ok(PostgresqlDatabase::new(client, tls));
            }
            // Encryption can only help when a server answered without and refused.
            Err(e) if e.as_db_error().is_none() && *mode == SslMode::Disable => {
                return Err(first.unwrap_or_else(|| message(&e)));
            }
            Err(e) => first = first.or(Some(message(&e))),
        }
    }
    Err(first.unwrap_or_default())
}

/// All that a connection to a server needs but its encryption.
pub(super) fn config(settings: &PostgresSettings, host: &PostgresHost) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    match &host.address {
        HostAddress::Socket(folder) => config.host_path(folder),
        HostAddress::Tcp { name, address } => {
            if let Some(address) = address {
                config.hostaddr(*address);
            }
            config.host(name)
        }
    };
    config
        .port(host.port)
        .user(&settings.user)
        .dbname(&settings.database)
        .keepalives(settings.keepalives);
    if let Some(password) = &host.password {
        config.password(password.reveal());
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if let Some(name) = &settings.application_name {
        config.application_name(name);
    }
    if let Some(timeout) = settings.connect_timeout {
        config.connect_timeout(timeout);
    }
    if let Some(timeout) = settings.tcp_user_timeout {
        config.tcp_user_timeout(timeout);
    }
    if let Some(idle) = settings.keepalives_idle {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = settings.keepalives_interval {
        config.keepalives_interval(interval);
    }
    if let Some(count) = settings.keepalives_count {
        config.keepalives_retries(count);
    }
    config
}

/// Whether a server is of the wanted kind.
fn check(client: &mut Client, session: TargetSession) -> Result<(), String> {
    if session == TargetSession::Any {
        return Ok(());
    }
    let sql = "SELECT current_setting('transaction_read_only') = 'on', pg_is_in_recovery()";
    let row = client.query_typed_one(sql, &[]).map_err(|e| message(&e))?;
    let (read_only, standby): (bool, bool) = (row.get(0), row.get(1));
    match session {
        TargetSession::ReadWrite if read_only => Err("the session is read-only".to_owned()),
        TargetSession::ReadOnly if !read_only => Err("the session is not read-only".to_owned()),
        TargetSession::Primary if standby => Err("the server is a standby".to_owned()),
        TargetSession::Standby if !standby => Err("the server is not a standby".to_owned()),
        _ => Ok(()),
    }
}
