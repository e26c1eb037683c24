//! A server from its start to its end.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::auth::{Authenticator, OidcError};
use crate::files::{LinkKeys, LinkKeysError};
use crate::listen::listen;
use crate::served_repo::ServedRepo;
use crate::settings::Settings;
use crate::streams::Streams;
use crate::tls::{Tls, TlsError};
use crate::traffic::Metrics;

/// Why a server does not start, or ends.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A repo cannot be opened.
    #[error("cannot serve repo '{label}': {reason}")]
    Repo {
        /// Its label.
        label: String,
        /// What is wrong.
        reason: String,
    },
    /// There are no keys to sign links with.
    #[error(transparent)]
    LinkKeys(#[from] LinkKeysError),
    /// There are no keys of the OpenID provider.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// Connections cannot be encrypted.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Two repos have one label.
    #[error("two repos have the label '{0}'; give another one with LABEL=REPO")]
    Label(String),
    /// The address cannot be listened at.
    #[error("cannot listen at {bind}: {reason}")]
    Bind {
        /// The address.
        bind: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// The system gives no threads.
    #[error("cannot start the server's threads: {0}")]
    Threads(io::Error),
}

/// What all requests share.
pub struct Server {
    /// The repos by label.
    pub repos: BTreeMap<String, Arc<ServedRepo>>,
    /// What it was told.
    pub settings: Settings,
    /// What signs links to files.
    pub links: LinkKeys,
    /// What encrypts connections.
    pub tls: Option<Arc<Tls>>,
    /// Who asks.
    pub auth: Authenticator,
    /// What is counted.
    pub metrics: Metrics,
    /// The streaming queries that run.
    pub streams: Arc<Streams>,
}

impl Server {
    /// Open all repos. Blocks.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn open(settings: Settings) -> Result<Self, ServeError> {
        let mut repos = BTreeMap::new();
        for setting in &settings.repos {
            let repo = ServedRepo::open(setting, &settings)?;
            if repos
                .insert(setting.label.clone(), Arc::new(repo))
                .is_some()
            {
                return Err(ServeError::Label(setting.label.clone()));
            }
        }
        Ok(Self {
            repos,
            links: match &settings.files.link_keys {
                Some(path) => LinkKeys::read(path)?,
                None => LinkKeys::random()?,
            },
            tls: match &settings.tls {
                Some(files) => Some(Arc::new(Tls::open(files)?)),
                None => None,
            },
            auth: Authenticator::new(&settings.auth, &settings.trusted_proxies)?,
            metrics: Metrics::new(),
            streams: Arc::new(Streams::new(&settings.limits)),
            settings,
        })
    }
}

/// Serve until `stop` ends; then let requests end in the time that the limits give them. `started` is told the address.
///
/// # Errors
/// [`ServeError`], before a request was answered.
pub fn serve(
    settings: Settings,
    started: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let server = Arc::new(Server::open(settings)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Threads)?;
    let served = runtime.block_on(listen(&server, started, stop));
    runtime.shutdown_timeout(server.settings.limits.stop_time);
    // A connection to PostgreSQL can only be closed where blocking is allowed, such as here.
    server
        .repos
        .values()
        .for_each(|repo| repo.connections().close());
    served
}
