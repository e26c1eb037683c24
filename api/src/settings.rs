//! What a server is told at its start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_registry::config::Environment;

use crate::auth::AuthSettings;
use crate::cors::Origin;
use crate::network::Network;
use crate::tls::TlsSettings;

/// A server's repos, its address and its limits.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens.
    pub bind: SocketAddr,
    /// What it serves, by label.
    pub repos: Vec<RepoSetting>,
    /// What it refuses to do.
    pub limits: Limits,
    /// How files are served.
    pub files: FileSettings,
    /// How users are known, and what they may read.
    pub auth: AuthSettings,
    /// Where proxies are that may say by which host and scheme they were asked (`X-Forwarded-Host`, `X-Forwarded-Proto`).
    pub trusted_proxies: Vec<Network>,
    /// Where the metrics are read from; if there is none, only on this machine.
    pub metrics_from: Vec<Network>,
    /// Origins of pages that may ask from a browser.
    pub cors: Vec<Origin>,
    /// How connections are encrypted; `None` if they are not.
    pub tls: Option<TlsSettings>,
    /// Variables that configuration and credentials are read from.
    pub environment: Environment,
}

impl Settings {
    /// With defaults for the rest: nobody is let in.
    pub fn new(bind: SocketAddr, repos: Vec<RepoSetting>, environment: Environment) -> Self {
        Self {
            bind,
            repos,
            limits: Limits::default(),
            files: FileSettings::default(),
            auth: AuthSettings::default(),
            trusted_proxies: Vec::new(),
            metrics_from: Vec::new(),
            cors: Vec::new(),
            tls: None,
            environment,
        }
    }
}

/// One repo of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoSetting {
    /// Its name in paths: `/api/butler/repo/LABEL`.
    pub label: String,
    /// Its folder, `butler.yaml` or label of the repository index.
    pub repo: String,
}

/// How a server serves files.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// Folders besides the roots of datastores that recorded paths and symbolic links may lead to.
    pub allowed: Vec<PathBuf>,
    /// Prefixes of URIs in other stores that recorded paths may be below, besides the roots of datastores.
    pub allowed_uris: Vec<ResourcePath>,
    /// Where files are reached that are not on this machine.
    pub stores: Stores,
    /// Whether clients are never sent to another store: the server passes its files on.
    pub pass_on: bool,
    /// The file with the keys that sign links; `None` for a random key.
    pub link_keys: Option<PathBuf>,
    /// How long a link is valid.
    pub link_time: Duration,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            allowed: Vec::new(),
            allowed_uris: Vec::new(),
            stores: Stores::from_process(),
            pass_on: false,
            link_keys: None,
            // As the reference's (`handlers/_file_info.py`).
            link_time: Duration::from_secs(3600),
        }
    }
}

/// Limits of a server; who meets one is refused with 503 or 429 and a `Retry-After`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Streaming queries that run at the same time.
    pub streams: usize,
    /// Streaming queries of one user that run at the same time.
    pub streams_per_user: usize,
    /// Connections to the database of one repo.
    pub connections: usize,
    /// Bytes of a request's body.
    pub body: usize,
    /// How long a query may take, with all its rows.
    pub query_time: Duration,
    /// How long a request waits for a connection, or for a writer that has an SQLite file locked.
    pub wait: Duration,
    /// How long running requests have to end when the server is asked to stop.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            streams: 25,
            streams_per_user: 25,
            connections: 8,
            body: 64 << 20,
            query_time: Duration::from_secs(600),
            wait: Duration::from_secs(10),
            stop_time: Duration::from_secs(30),
        }
    }
}
