//! Connection keywords and where their values come from: URL, service file, environment.

use std::collections::BTreeMap;

use super::super::database_url::DatabaseUrl;
use super::super::environment::Environment;
use super::super::error::ConfigError;
use super::hosts;
use super::service_file;

/// Keywords that are used, with their environment variables.
const USED: &[(&str, &str)] = &[
    ("application_name", "PGAPPNAME"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("dbname", "PGDATABASE"),
    ("fallback_application_name", ""),
    ("gssencmode", "PGGSSENCMODE"),
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("keepalives", ""),
    ("keepalives_count", ""),
    ("keepalives_idle", ""),
    ("keepalives_interval", ""),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    ("options", "PGOPTIONS"),
    ("passfile", "PGPASSFILE"),
    ("password", "PGPASSWORD"),
    ("port", "PGPORT"),
    ("service", "PGSERVICE"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("tcp_user_timeout", ""),
    ("user", "PGUSER"),
];

/// Keywords that change nothing here: the encoding is always UTF-8, TLS is 1.2 or newer, Kerberos is not spoken.
const WITHOUT_EFFECT: &[&str] = &[
    "client_encoding",
    "gssdelegation",
    "gsslib",
    "krbsrvname",
    "max_protocol_version",
    "min_protocol_version",
    "sslcertmode",
    "sslcompression",
    "sslnegotiation",
    "sslsni",
];

/// Keywords of libpq that cannot be honoured; ignoring them could make a connection less safe than asked for.
const REFUSED: &[(&str, &str)] = &[
    ("replication", ""),
    ("require_auth", "PGREQUIREAUTH"),
    ("requirepeer", "PGREQUIREPEER"),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    ("sslcrl", "PGSSLCRL"),
    ("sslcrldir", "PGSSLCRLDIR"),
    ("sslkeylogfile", ""),
    ("sslpassword", ""),
    ("scram_client_key", ""),
    ("scram_server_key", ""),
    ("oauth_client_id", ""),
    ("oauth_client_secret", ""),
    ("oauth_issuer", ""),
    ("oauth_scope", ""),
];

/// Values by keyword.
#[derive(Default)]
pub(super) struct Keywords {
    values: BTreeMap<String, String>,
}

impl Keywords {
    /// Gather all keywords: the URL's first, then those of a service, then the environment's.
    pub fn gather(url: &DatabaseUrl, environment: &Environment) -> Result<Self, ConfigError> {
        let mut keywords = Self::from_url(url)?;
        let service = keywords.get("service").map(str::to_owned);
        if let Some(service) =
            service.or_else(|| environment.non_empty("PGSERVICE").map(str::to_owned))
        {
            for (keyword, value) in service_file::read(&service, environment)? {
                check(&keyword)?;
                keywords.values.entry(keyword).or_insert(value);
            }
        }
        for (keyword, variable) in USED.iter().chain(REFUSED) {
            if let Some(value) = environment.variable(variable)
                && !keywords.values.contains_key(*keyword)
            {
                if REFUSED.iter().any(|(refused, _)| refused == keyword) && !value.is_empty() {
                    return Err(refused(variable));
                }
                keywords
                    .values
                    .insert((*keyword).to_owned(), value.to_owned());
            }
        }
        Ok(keywords)
    }

    fn from_url(url: &DatabaseUrl) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                values.insert(key.to_owned(), value);
            }
        };
        put("user", url.username.clone());
        put(
            "password",
            url.password.as_ref().map(|p| p.reveal().to_owned()),
        );
        put("host", url.host.clone());
        put("port", url.port.filter(|p| *p != 0).map(|p| p.to_string()));
        put("dbname", url.database.clone());
        for (key, value) in &url.query {
            if matches!(key.as_str(), "host" | "port") {
                continue;
            }
            check(key)?;
            if url.parameters(key).count() > 1 {
                return Err(ConfigError::postgres(key, "is given more than once"));
            }
            values.insert(key.clone(), value.clone());
        }
        for (key, value) in hosts::from_query(url)? {
            values.insert(key.to_owned(), value);
        }
        Ok(Self { values })
    }

    /// The value of a keyword; an empty one counts as unset.
    pub fn get(&self, keyword: &str) -> Option<&str> {
        self.values
            .get(keyword)
            .map(String::as_str)
            .filter(|v| !v.is_empty())
    }
}

fn check(keyword: &str) -> Result<(), ConfigError> {
    if REFUSED.iter().any(|(k, _)| *k == keyword) {
        return Err(refused(keyword));
    }
    if WITHOUT_EFFECT.contains(&keyword) || USED.iter().any(|(k, _)| *k == keyword) {
        return Ok(());
    }
    Err(ConfigError::postgres(
        keyword,
        "is not a connection option of PostgreSQL",
    ))
}

fn refused(what: &str) -> ConfigError {
    ConfigError::postgres(what, "is not supported; remove it")
}
