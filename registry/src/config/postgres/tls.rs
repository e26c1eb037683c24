//! Encryption of the connection: `sslmode` and certificates.

use std::path::PathBuf;

use super::super::environment::Environment;
use super::super::error::ConfigError;
use super::keywords::Keywords;

/// How much encryption is wanted, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// Only if the server insists.
    Allow,
    /// If the server can (the default).
    Prefer,
    /// Always, whoever the server is.
    Require,
    /// Always, with a certificate from a known authority.
    VerifyCa,
    /// Always, with a certificate from a known authority for this host name.
    VerifyFull,
}

/// The authorities that server certificates are checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCertificates {
    /// None: the certificate is not checked.
    None,
    /// Those of the operating system (`sslrootcert=system`).
    System,
    /// Those in this PEM file.
    File(PathBuf),
}

/// Encryption of a connection. Sockets are never encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// What to insist on. As in libpq, `require` with a file of authorities is already `verify-ca` here.
    pub mode: TlsMode,
    /// Whom to trust.
    pub roots: RootCertificates,
    /// Client certificate and its key, PEM.
    pub client: Option<(PathBuf, PathBuf)>,
}

impl TlsSettings {
    /// Read the keywords; absent files default to those in `~/.postgresql`.
    /// `used`: whether there is a host that is not a socket.
    pub(super) fn resolve(
        keywords: &Keywords,
        used: bool,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let explicit = keywords.get("sslmode").map(mode_of).transpose()?;
        let own = |name: &str| {
            environment
                .home()
                .map(|home| home.join(".postgresql").join(name))
        };
        let roots = match keywords.get("sslrootcert") {
            Some("system") => RootCertificates::System,
            Some(file) => RootCertificates::File(environment.current_dir().join(file)),
            None => own("root.crt")
                .filter(|f| f.exists())
                .map_or(RootCertificates::None, RootCertificates::File),
        };
        let mode = match (explicit, &roots) {
            (None | Some(TlsMode::VerifyFull), RootCertificates::System) => TlsMode::VerifyFull,
            (Some(_), RootCertificates::System) => {
                let reason = "may not be weaker than verify-full with sslrootcert=system";
                return Err(ConfigError::postgres("sslmode", reason));
            }
            (Some(TlsMode::Require), RootCertificates::File(file)) if file.exists() => {
                TlsMode::VerifyCa
            }
            (mode, _) => mode.unwrap_or(TlsMode::Prefer),
        };
        let unreadable = match &roots {
            RootCertificates::File(file) => (!file.exists()).then(|| file.display().to_string()),
            RootCertificates::None => Some("~/.postgresql/root.crt".to_owned()),
            RootCertificates::System => None,
        };
        if let (TlsMode::VerifyCa | TlsMode::VerifyFull, Some(file), true) =
            (mode, unreadable, used)
        {
            let reason = format!(
                "root certificate file \"{file}\" does not exist; provide the file, use the system's trusted roots \
                 with sslrootcert=system, or change sslmode to disable server certificate verification"
            );
            return Err(ConfigError::postgres("sslrootcert", reason));
        }
        let file = |keyword: &str, name: &str| match keywords.get(keyword) {
            Some(file) => Some(environment.current_dir().join(file)),
            None => own(name).filter(|f| f.exists()),
        };
        let client = file("sslcert", "postgresql.crt").zip(file("sslkey", "postgresql.key"));
        Ok(Self {
            mode,
            roots,
            client,
        })
    }
}

fn mode_of(text: &str) -> Result<TlsMode, ConfigError> {
    Ok(match text {
        "disable" => TlsMode::Disable,
        "allow" => TlsMode::Allow,
        "prefer" => TlsMode::Prefer,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        other => {
            return Err(ConfigError::postgres(
                "sslmode",
                format!("invalid value: \"{other}\""),
            ));
        }
    })
}
