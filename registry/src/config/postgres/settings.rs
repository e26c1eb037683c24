//! The settings of a PostgreSQL connection.

use std::time::Duration;

use super::super::database_url::DatabaseUrl;
use super::super::environment::Environment;
use super::super::error::ConfigError;
use super::super::secret::Secret;
use super::hosts::{self, HostAddress, PostgresHost, SOCKET_FOLDERS};
use super::keywords::Keywords;
use super::number::integer;
use super::password_file::{PasswordFile, Wanted};
use super::tls::TlsSettings;

/// Which servers of several are acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetSession {
    /// Any.
    Any,
    /// One that accepts writing.
    ReadWrite,
    /// One that does not.
    ReadOnly,
    /// One that is not in recovery.
    Primary,
    /// One that is.
    Standby,
    /// A standby if there is one, else any.
    PreferStandby,
}

/// Binding of the login to the TLS connection (SCRAM-SHA-256-PLUS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If the server offers it.
    Prefer,
    /// Always.
    Require,
}

/// Everything a client needs to connect: what the URL says, then libpq's service file, environment, password file
/// and defaults.
#[derive(Debug, Clone)]
pub struct PostgresSettings {
    /// Servers to try, in this order (or in any, see `random_order`); never empty.
    pub hosts: Vec<PostgresHost>,
    /// Try the hosts in random order.
    pub random_order: bool,
    /// User name.
    pub user: String,
    /// Database name.
    pub database: String,
    /// Encryption.
    pub tls: TlsSettings,
    /// Command-line options for the server (`-c search_path=x`).
    pub options: Option<String>,
    /// Time limit for each connection attempt; `None` waits for ever.
    pub connect_timeout: Option<Duration>,
    /// Name shown in `pg_stat_activity`.
    pub application_name: Option<String>,
    /// Which servers are acceptable.
    pub target_session: TargetSession,
    /// Whether SCRAM authentication is bound to the TLS connection.
    pub channel_binding: ChannelBinding,
    /// Whether TCP keep-alives are sent (libpq's default: yes).
    pub keepalives: bool,
    /// Idle time before the first keep-alive.
    pub keepalives_idle: Option<Duration>,
    /// Time between keep-alives.
    pub keepalives_interval: Option<Duration>,
    /// Lost keep-alives before the connection counts as dead.
    pub keepalives_count: Option<u32>,
    /// How long sent data may stay unacknowledged.
    pub tcp_user_timeout: Option<Duration>,
    /// Things the caller should tell the user, such as a password file that was left alone.
    pub warnings: Vec<String>,
}

impl PostgresSettings {
    /// Gather the settings of a URL.
    ///
    /// # Errors
    /// [`ConfigError::Postgres`] for an unknown or contradictory parameter.
    pub fn resolve(url: &DatabaseUrl, environment: &Environment) -> Result<Self, ConfigError> {
        let keywords = Keywords::gather(url, environment)?;
        let text = |keyword: &str| keywords.get(keyword).map(str::to_owned);
        let user = text("user").or_else(|| environment.user().map(str::to_owned));
        let user = user.ok_or_else(|| {
            ConfigError::postgres("user", "is not given and the system names none")
        })?;
        let database = text("dbname").unwrap_or_else(|| user.clone());
        let seconds = |keyword: &str| -> Result<Option<Duration>, ConfigError> {
            let number = integer(&keywords, keyword)?;
            Ok(number
                .and_then(|s| u64::try_from(s).ok())
                .filter(|s| *s > 0)
                .map(Duration::from_secs))
        };
        if keywords.get("gssencmode") == Some("require") {
            return Err(ConfigError::postgres(
                "gssencmode",
                "GSSAPI encryption is not supported",
            ));
        }
        let hosts = hosts::resolve(&keywords)?;
        let mut settings = Self {
            tls: TlsSettings::resolve(
                &keywords,
                hosts.iter().any(PostgresHost::is_tcp),
                environment,
            )?,
            hosts,
            random_order: random_order(&keywords)?,
            user,
            database,
            options: options(&keywords, environment),
            connect_timeout: seconds("connect_timeout")?,
            application_name: text("application_name")
                .or_else(|| text("fallback_application_name")),
            target_session: target_session(&keywords)?,
            channel_binding: channel_binding(&keywords)?,
            keepalives: integer(&keywords, "keepalives")? != Some(0),
            keepalives_idle: seconds("keepalives_idle")?,
            keepalives_interval: seconds("keepalives_interval")?,
            keepalives_count: integer(&keywords, "keepalives_count")?
                .and_then(|n| u32::try_from(n).ok()),
            tcp_user_timeout: integer(&keywords, "tcp_user_timeout")?
                .and_then(|ms| u64::try_from(ms).ok())
                .filter(|ms| *ms > 0)
                .map(Duration::from_millis),
            warnings: Vec::new(),
        };
        settings.add_passwords(&keywords, environment);
        Ok(settings)
    }

    /// The given password for every host, else what the password file has for each.
    fn add_passwords(&mut self, keywords: &Keywords, environment: &Environment) {
        if let Some(password) = keywords.get("password") {
            for host in &mut self.hosts {
                host.password = Some(Secret::new(password));
            }
            return;
        }
        let file = match keywords.get("passfile") {
            Some(file) => Some(environment.current_dir().join(file)),
            None => environment.home().map(|home| home.join(".pgpass")),
        };
        let Some(file) = file.and_then(|file| PasswordFile::read(&file, &mut self.warnings)) else {
            return;
        };
        for host in &mut self.hosts {
            let name = name_in_password_file(&host.address);
            let wanted = Wanted {
                host: &name,
                port: host.port,
                database: &self.database,
                user: &self.user,
            };
            host.password = file.password(&wanted);
        }
    }
}

/// Sockets in a default folder are listed under `localhost`.
fn name_in_password_file(address: &HostAddress) -> String {
    match address {
        HostAddress::Tcp { name, .. } => name.clone(),
        HostAddress::Socket(folder) => match folder.to_str() {
            Some(folder) if SOCKET_FOLDERS.contains(&folder) => "localhost".to_owned(),
            _ => folder.to_string_lossy().into_owned(),
        },
    }
}

/// `options`, with the session settings that libpq takes from the environment added.
fn options(keywords: &Keywords, environment: &Environment) -> Option<String> {
    let mut options = keywords.get("options").unwrap_or("").to_owned();
    for (variable, setting) in [
        ("PGDATESTYLE", "DateStyle"),
        ("PGTZ", "TimeZone"),
        ("PGGEQO", "geqo"),
    ] {
        if let Some(value) = environment.non_empty(variable) {
            let escaped = value.replace('\\', "\\\\").replace(' ', "\\ ");
            options.push_str(&format!(" -c {setting}={escaped}"));
        }
    }
    let options = options.trim();
    (!options.is_empty()).then(|| options.to_owned())
}

fn random_order(keywords: &Keywords) -> Result<bool, ConfigError> {
    match keywords.get("load_balance_hosts") {
        None | Some("disable") => Ok(false),
        Some("random") => Ok(true),
        Some(other) => Err(ConfigError::postgres(
            "load_balance_hosts",
            format!("invalid value: \"{other}\""),
        )),
    }
}

fn channel_binding(keywords: &Keywords) -> Result<ChannelBinding, ConfigError> {
    Ok(match keywords.get("channel_binding") {
        Some("disable") => ChannelBinding::Disable,
        None | Some("prefer") => ChannelBinding::Prefer,
        Some("require") => ChannelBinding::Require,
        Some(other) => {
            return Err(ConfigError::postgres(
                "channel_binding",
                format!("invalid value: \"{other}\""),
            ));
        }
    })
}

fn target_session(keywords: &Keywords) -> Result<TargetSession, ConfigError> {
    Ok(match keywords.get("target_session_attrs") {
        None | Some("any") => TargetSession::Any,
        Some("read-write") => TargetSession::ReadWrite,
        Some("read-only") => TargetSession::ReadOnly,
        Some("primary") => TargetSession::Primary,
        Some("standby") => TargetSession::Standby,
        Some("prefer-standby") => TargetSession::PreferStandby,
        Some(other) => {
            return Err(ConfigError::postgres(
                "target_session_attrs",
                format!("invalid value: \"{other}\""),
            ));
        }
    })
}
