//! The URL patterns of a credentials file.

use super::glob;

/// A connection that credentials are wanted for.
pub(super) struct Target<'a> {
    pub dialect: &'a str,
    pub username: Option<&'a str>,
    pub host: &'a str,
    pub port: Option<u16>,
    pub database: &'a str,
}

/// A pattern such as `postgresql://*.example.com:5432/my_*`, split as Python's `urlparse` does (so `?` and `#`
/// end it).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AuthPattern {
    text: String,
    scheme: String,
    username: Option<String>,
    host: Option<String>,
    port: Result<Option<u16>, String>,
    path: String,
}

impl AuthPattern {
    /// Split a pattern; the errors are those of the reference.
    pub fn parse(text: &str) -> Result<Self, String> {
        let clean: String = text
            .trim_start_matches(|c: char| c <= ' ')
            .trim_end_matches(|c: char| c <= ' ')
            .chars()
            .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
            .collect();
        let (scheme, rest) = split_scheme(&clean);
        if scheme.is_empty() {
            return Err(format!("Missing database dialect in URL: {text}"));
        }
        if scheme.contains('+') {
            return Err(format!(
                "Authorization dictionary URLs should only specify dialects, got: {scheme}. instead."
            ));
        }
        let (authority, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        if authority.contains('[') != authority.contains(']') {
            return Err(format!("Invalid host in URL: {text}"));
        }
        let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        let (user_info, host_info) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        let username = user_info.map(|info| info.split(':').next().unwrap_or("").to_owned());
        let (host, port) = split_port(host_info);
        let port = match port {
            "" => Ok(None),
            digits => digits
                .parse()
                .map(Some)
                .map_err(|_| format!("Invalid port in URL: {text}")),
        };
        let host = Some(host.to_lowercase()).filter(|h| !h.is_empty());
        Ok(Self {
            text: text.to_owned(),
            scheme: scheme.to_lowercase(),
            username,
            host,
            port,
            path: path.to_owned(),
        })
    }

    /// Whether the pattern fits; checks in the reference's order, so that a fault only matters if it is reached.
    pub fn matches(&self, target: &Target<'_>) -> Result<bool, String> {
        if self.scheme != target.dialect {
            return Ok(false);
        }
        let database = self.path.trim_start_matches('/');
        if !matches!(self.path.as_str(), "" | "/") && !glob::matches(target.database, database) {
            return Ok(false);
        }
        if let Some(username) = &self.username
            && target.username != Some(username)
        {
            return Ok(false);
        }
        let host = self
            .host
            .as_ref()
            .ok_or_else(|| format!("Missing host in URL: {}", self.text))?;
        if !glob::matches(target.host, host) {
            return Ok(false);
        }
        let port = self.port.clone()?;
        Ok(port.is_none() || port == target.port)
    }
}

fn split_scheme(text: &str) -> (&str, &str) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match text.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(allowed) =>
        {
            (scheme, rest)
        }
        _ => ("", text),
    }
}

fn split_port(host: &str) -> (&str, &str) {
    if let Some((_, bracketed)) = host.split_once('[') {
        let (name, rest) = bracketed.split_once(']').unwrap_or((bracketed, ""));
        return (name, rest.split_once(':').map_or("", |(_, port)| port));
    }
    host.split_once(':').unwrap_or((host, ""))
}
