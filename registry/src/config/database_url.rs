//! Database URLs as SQLAlchemy reads them (`sqlalchemy.engine.url.make_url`).

use std::fmt;

use super::error::ConfigError;
use super::percent::{quote, unquote, unquote_plus};
use super::secret::Secret;

/// The parts of `dialect+driver://user:password@host:port/database?key=value`, decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// Dialect and perhaps `+driver`.
    pub drivername: String,
    /// User name.
    pub username: Option<String>,
    /// Password.
    pub password: Option<Secret>,
    /// Host name or address, without brackets.
    pub host: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// Database name; for SQLite the path, absolute if it starts with a slash.
    pub database: Option<String>,
    /// Query parameters in order; a key may repeat.
    pub query: Vec<(String, String)>,
}

impl DatabaseUrl {
    /// Read a URL.
    ///
    /// # Errors
    /// [`ConfigError::Url`] for text without `name://` or with a port that is no number.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let not_a_url = || {
            ConfigError::Url(
                "could not be parsed; use dialect://user@host:port/database".to_owned(),
            )
        };
        let (drivername, rest) = text.split_once("://").ok_or_else(not_a_url)?;
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '+';
        if drivername.is_empty() || !drivername.chars().all(word) {
            return Err(not_a_url());
        }
        let (user, rest) = split_user(rest);
        let (host, rest) = split_host(rest);
        let (port, rest) = match rest.strip_prefix(':') {
            Some(rest) => {
                let (digits, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
                let port = digits.trim().parse().map_err(|_| {
                    ConfigError::Url(format!(
                        "the port '{digits}' is not a number from 0 to 65535"
                    ))
                })?;
                (Some(port), rest)
            }
            None => (None, rest),
        };
        let (database, rest) = match rest.strip_prefix('/') {
            Some(path) => {
                let (database, rest) = path.split_at(path.find('?').unwrap_or(path.len()));
                (Some(unquote(database)), rest)
            }
            None => (None, rest),
        };
        let query = rest.strip_prefix('?').map(parse_query).unwrap_or_default();
        let (username, password) = match user {
            Some((name, password)) => (
                Some(unquote(name)),
                password.map(|p| Secret::new(unquote(p))),
            ),
            None => (None, None),
        };
        Ok(Self {
            drivername: drivername.to_owned(),
            username,
            password,
            host: host.map(str::to_owned),
            port,
            database,
            query,
        })
    }

    /// The part of the driver name before `+`.
    pub fn dialect(&self) -> &str {
        self.drivername.split('+').next().unwrap_or("")
    }

    /// The last value of a query parameter.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// All values of a query parameter.
    pub fn parameters<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query
            .iter()
            .filter(move |(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }
}

/// Query parameters that are not to be shown.
const SECRET_PARAMETERS: [&str; 2] = ["password", "sslpassword"];

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// `user:password@` in front of the host. A user name holds neither colon nor slash; a password anything up to
/// the next `@`.
fn split_user(text: &str) -> (Option<(&str, Option<&str>)>, &str) {
    let end = text.find([':', '/']).unwrap_or(text.len());
    if text[end..].starts_with(':')
        && let Some(at) = text[end..].find('@')
    {
        return (
            Some((&text[..end], Some(&text[end + 1..end + at]))),
            &text[end + at + 1..],
        );
    }
    match text[..end].rfind('@') {
        Some(at) => (Some((&text[..at], None)), &text[at + 1..]),
        None => (None, text),
    }
}

/// The host, an IPv6 address in brackets or anything up to the port, path or query.
fn split_host(text: &str) -> (Option<&str>, &str) {
    if let Some(inner) = text.strip_prefix('[') {
        let end = inner.find(['/', '?']).unwrap_or(inner.len());
        if let Some(close) = inner[..end].rfind(']').filter(|close| *close > 0) {
            return (Some(&inner[..close]), &inner[close + 1..]);
        }
    }
    match text.find(['/', ':', '?']).unwrap_or(text.len()) {
        0 => (None, text),
        end => (Some(&text[..end]), &text[end..]),
    }
}

/// `key=value` pairs; pairs without value are dropped.
fn parse_query(text: &str) -> Vec<(String, String)> {
    let line = text.split('\n').next().unwrap_or("");
    line.split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (unquote_plus(key), unquote_plus(value)))
        .collect()
}

impl fmt::Display for DatabaseUrl {
    /// The URL with `***` for the password, as the reference shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.drivername)?;
        if let Some(user) = &self.username {
            f.write_str(&quote(user, " +"))?;
            if self.password.is_some() {
                f.write_str(":***")?;
            }
            f.write_str("@")?;
        }
        match &self.host {
            Some(host) if host.contains(':') => write!(f, "[{host}]")?,
            Some(host) => f.write_str(host)?,
            None => {}
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        if let Some(database) = &self.database {
            write!(f, "/{}", quote(database, " +/"))?;
        }
        let mut query: Vec<&(String, String)> = self.query.iter().collect();
        query.sort_by(|a, b| a.0.cmp(&b.0));
        for (i, (key, value)) in query.into_iter().enumerate() {
            let value = if SECRET_PARAMETERS.contains(&key.as_str()) {
                "***"
            } else {
                value
            };
            let plus = |text: &str| quote(text, " ").replace(' ', "+");
            write!(
                f,
                "{}{}={}",
                if i == 0 { '?' } else { '&' },
                plus(key),
                plus(value)
            )?;
        }
        Ok(())
    }
}
