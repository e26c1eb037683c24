//! `pantry serve`: a Butler server.
mod repos;
mod users;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use pantry_api::{FileSettings, Limits, Network, Origin, Settings, TlsSettings, serve};
use pantry_registry::config::Environment;
use tokio::sync::oneshot;

use crate::context::Context;
use crate::failure::Failure;
use crate::log::write_stderr;
use crate::prefixes::prefixes;
use crate::stores::CacheArgs;

/// Serve repositories over HTTP: the Butler protocol for the Python client, and REST
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    repos: repos::RepoArgs,

    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    bind: SocketAddr,

    #[command(flatten)]
    users: users::UserArgs,

    /// Another folder, or prefix of URIs such as s3://bucket/folder, that files of the repositories may be in, besides the
    /// roots of their datastores. Repeatable
    #[arg(long, value_name = "FOLDER")]
    allow_prefix: Vec<String>,

    /// Pass files of S3 stores on, instead of sending clients there with a signed address. For stores that clients cannot
    /// reach
    #[arg(long)]
    pass_on_files: bool,

    #[command(flatten)]
    cache: CacheArgs,

    /// Keys that sign the links to files, one a line: the first signs, all are valid. Without it links are valid until
    /// the server stops, and for this server alone
    #[arg(long, value_name = "FILE")]
    link_keys: Option<PathBuf>,

    /// Seconds that a link to a file is valid
    #[arg(long, value_name = "SECONDS", default_value_t = FileSettings::default().link_time.as_secs())]
    link_time: u64,

    /// A network with proxies that may say for which host and scheme they ask (X-Forwarded-Host, X-Forwarded-Proto), and
    /// with --user-header for whom. Repeatable
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<Network>,

    /// Where pages come from that may ask this server from a browser, such as https://portal.example.org, or '*' for all.
    /// Repeatable
    #[arg(long, value_name = "ORIGIN")]
    cors_origin: Vec<Origin>,

    /// The server's certificate (PEM, with those that sign it), for https. Looked at again every ten seconds
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// A network that may read /metrics; without any only this machine may. Repeatable
    #[arg(long, value_name = "NETWORK")]
    metrics_from: Vec<Network>,

    /// Streaming queries that run at the same time; more are refused with 503
    #[arg(long, value_name = "N", default_value_t = Limits::default().streams)]
    max_queries: usize,

    /// Streaming queries of one user that run at the same time; more are refused with 429
    #[arg(long, value_name = "N", default_value_t = Limits::default().streams_per_user)]
    max_queries_per_user: usize,

    /// Connections to the database of each repository
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections)]
    connections: usize,

    /// Bytes of a request's body
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().body)]
    max_body: usize,

    /// Seconds that a query may take, with all its rows: its connection to the database is free then, even if the client has
    /// not read them. A client that takes nothing of an answer for so long is left
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().query_time.as_secs())]
    query_time: u64,

    /// Seconds that a request waits for a connection, or for a writer that has an SQLite file locked, before it is refused
    /// with 503
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().wait.as_secs())]
    wait: u64,

    /// Seconds that running requests have to end after Ctrl-C or SIGTERM
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().stop_time.as_secs())]
    stop_time: u64,
}

/// Serves until it is told to stop.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let environment = args.repos.environment(Environment::from_process());
    let has_proxies = !args.trusted_proxy.is_empty();
    let auth = args.users.settings(args.bind, has_proxies, &environment)?;
    let repos = args.repos.settings(&environment)?;
    let (allowed, allowed_uris) = prefixes(&args.allow_prefix)?;
    let settings = Settings {
        limits: Limits {
            streams: args.max_queries,
            streams_per_user: args.max_queries_per_user,
            connections: args.connections,
            body: args.max_body,
            query_time: Duration::from_secs(args.query_time),
            wait: Duration::from_secs(args.wait),
            stop_time: Duration::from_secs(args.stop_time),
        },
        files: FileSettings {
            allowed,
            allowed_uris,
            stores: args.cache.stores(auth.state.clone())?,
            pass_on: args.pass_on_files,
            link_keys: args.link_keys,
            link_time: Duration::from_secs(args.link_time),
        },
        auth,
        trusted_proxies: args.trusted_proxy,
        metrics_from: args.metrics_from,
        cors: args.cors_origin,
        tls: tls_settings(args.tls_cert, args.tls_key),
        ..Settings::new(args.bind, repos, environment)
    };
    let (stop, stopped) = oneshot::channel();
    context.on_interrupt(move || {
        // Nobody listens only if the server has ended.
        let _ = stop.send(());
    })?;
    let labels: Vec<String> = settings.repos.iter().map(|r| r.label.clone()).collect();
    let label = labels.first().map_or("*", String::as_str);
    let about_users = args.users.start_lines(&settings.auth, label);
    let scheme = settings.tls.as_ref().map_or("http", |_| "https");
    let started = |address: SocketAddr| {
        write_stderr(&format!("pantry: serving at {scheme}://{address}"));
        for label in &labels {
            write_stderr(&format!(
                "pantry:   Butler(\"{scheme}://{address}/api/butler/repo/{label}\")"
            ));
        }
        for line in &about_users {
            write_stderr(&format!("pantry: {line}"));
        }
    };
    serve(settings, started, async {
        let _ = stopped.await;
    })?;
    Ok(())
}

fn tls_settings(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Option<TlsSettings> {
    let (certificate, key) = certificate.zip(key)?;
    Some(TlsSettings { certificate, key })
}
