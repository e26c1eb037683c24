//! Encryption of connections: certificate and key from files, which may be replaced while the server runs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How often the files are looked at.
pub const LOOK: Duration = Duration::from_secs(10);

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// The server's certificate and those between it and its root, in this order, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// Why connections cannot be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// A file is not what it should be.
    #[error("{} is no {what} in PEM: {reason}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Certificate and key do not serve together.
    #[error("cannot use {} with {}: {reason}", certificate.display(), key.display())]
    Use {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong.
        reason: rustls::Error,
    },
}

/// The certificate that is used now.
pub struct Tls {
    settings: TlsSettings,
    current: RwLock<Loaded>,
}

struct Loaded {
    config: Arc<ServerConfig>,
    written: [Option<SystemTime>; 2],
}

impl Tls {
    /// Read the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(settings: &TlsSettings) -> Result<Self, TlsError> {
        Ok(Self {
            settings: settings.clone(),
            current: RwLock::new(Loaded::read(settings)?),
        })
    }

    /// What a new connection is answered with.
    pub fn config(&self) -> Arc<ServerConfig> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current.config)
    }

    /// Read the files again if they were written since. If they are of no use, perhaps because only one of them was written
    /// yet, what was read before stays. Blocks.
    pub fn look(&self) {
        let known = {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            current.written
        };
        if self.settings.written() == known {
            return;
        }
        match Loaded::read(&self.settings) {
            Ok(new) => {
                tracing::info!(
                    "the new certificate {} is used",
                    self.settings.certificate.display()
                );
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
            }
            Err(e) => tracing::warn!("the old certificate is used still: {e}"),
        }
    }
}

impl TlsSettings {
    fn written(&self) -> [Option<SystemTime>; 2] {
        let written = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
        [written(&self.certificate), written(&self.key)]
    }
}

impl Loaded {
    fn read(settings: &TlsSettings) -> Result<Self, TlsError> {
        // Before the files, so that what is written meanwhile is read the next time.
        let written = settings.written();
        let read = |path: &Path| {
            std::fs::read(path).map_err(|reason| TlsError::Read {
                path: path.to_owned(),
                reason,
            })
        };
        let wrong = |path: &Path, what, reason: &dyn ToString| TlsError::Pem {
            path: path.to_owned(),
            what,
            reason: reason.to_string(),
        };
        let (certificate, key) = (settings.certificate.as_path(), settings.key.as_path());
        let text = read(certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let chain = chain.map_err(|e| wrong(certificate, "certificate", &e))?;
        if chain.is_empty() {
            return Err(wrong(certificate, "certificate", &"there is none in it"));
        }
        let secret = PrivateKeyDer::from_pem_slice(&read(key)?);
        let secret = secret.map_err(|e| wrong(key, "private key", &e))?;
        let unusable = |reason| TlsError::Use {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            reason,
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, secret)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            written,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::process::Command;

    use pantry_testkit::run;

    use super::*;

    /// A certificate and its key, written so many seconds from now.
    fn make(settings: &TlsSettings, seconds: u64) {
        let words =
            "req -x509 -days 2 -subj /CN=x -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        let mut command = Command::new("openssl");
        command.args(words.split(' ')).arg("-out");
        command.arg(&settings.certificate).arg("-keyout");
        let _ = run(command.arg(&settings.key)).ok();
        written(&settings.certificate, seconds);
        written(&settings.key, seconds);
    }

    /// Two writes may have one time on some file systems.
    fn written(path: &Path, seconds: u64) {
        let file = File::options().write(true).open(path).unwrap();
        let time = SystemTime::now() + Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
    }

    #[test]
    fn a_new_certificate_is_used_if_it_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let settings = TlsSettings {
            certificate: folder.path().join("server.crt"),
            key: folder.path().join("server.key"),
        };
        assert!(matches!(Tls::open(&settings), Err(TlsError::Read { .. })));
        make(&settings, 0);
        let tls = Tls::open(&settings).unwrap();
        let first = tls.config();
        tls.look();
        assert!(Arc::ptr_eq(&first, &tls.config()));
        // A key of another certificate does not serve.
        let old = std::fs::read(&settings.key).unwrap();
        make(&settings, 10);
        std::fs::write(&settings.key, old).unwrap();
        written(&settings.key, 20);
        tls.look();
        assert!(Arc::ptr_eq(&first, &tls.config()));
        assert!(matches!(Tls::open(&settings), Err(TlsError::Use { .. })));
        make(&settings, 30);
        tls.look();
        assert!(!Arc::ptr_eq(&first, &tls.config()));
    }
}
