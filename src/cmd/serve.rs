//! `pantry serve`: a Butler server.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_api::{FileSettings, Limits, Network, RepoSetting, Settings, serve};
use pantry_registry::config::Environment;
use tokio::sync::oneshot;

use crate::context::Context;
use crate::failure::Failure;
use crate::log::write_stderr;

/// Serve repositories over HTTP: the Butler protocol for the Python client, and REST
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What is served: a folder, a butler.yaml or a label of the repository index. Its label in paths is LABEL, or the
    /// folder's name
    #[arg(value_name = "[LABEL=]REPO", required = true)]
    repos: Vec<String>,

    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    bind: SocketAddr,

    /// Another folder that files of the repositories may be in, besides the roots of their datastores. Repeatable
    #[arg(long, value_name = "FOLDER")]
    allow_prefix: Vec<PathBuf>,

    /// Keys that sign the links to files, one a line: the first signs, all are valid. Without it links are valid until
    /// the server stops, and for this server alone
    #[arg(long, value_name = "FILE")]
    link_keys: Option<PathBuf>,

    /// Seconds that a link to a file is valid
    #[arg(long, value_name = "SECONDS", default_value_t = FileSettings::default().link_time.as_secs())]
    link_time: u64,

    /// A network with proxies that may say for which host and scheme they ask (X-Forwarded-Host, X-Forwarded-Proto).
    /// Repeatable
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<Network>,

    /// Let anybody read who reaches the server. On a loopback address that is so anyway; elsewhere the server does not start
    /// without it
    #[arg(long)]
    anonymous_read: bool,

    /// Streaming queries that run at the same time; more are refused with 503
    #[arg(long, value_name = "N", default_value_t = Limits::default().streams)]
    max_queries: usize,

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
    if !args.anonymous_read && !args.bind.ip().is_loopback() {
        return Err(Failure::Usage(format!(
            "at {} others than this machine's users can read all repositories that are served; say --anonymous-read if \
             they may",
            args.bind
        )));
    }
    let repos = args.repos.iter().map(|word| setting(word));
    let settings = Settings {
        bind: args.bind,
        repos: repos.collect::<Result<_, Failure>>()?,
        limits: Limits {
            streams: args.max_queries,
            connections: args.connections,
            body: args.max_body,
            query_time: Duration::from_secs(args.query_time),
            wait: Duration::from_secs(args.wait),
            stop_time: Duration::from_secs(args.stop_time),
        },
        files: FileSettings {
            allowed: args.allow_prefix,
            link_keys: args.link_keys,
            link_time: Duration::from_secs(args.link_time),
        },
        trusted_proxies: args.trusted_proxy,
        environment: Environment::from_process(),
    };
    let (stop, stopped) = oneshot::channel();
    context.on_interrupt(move || {
        // Nobody listens only if the server has ended.
        let _ = stop.send(());
    })?;
    let labels: Vec<String> = settings.repos.iter().map(|r| r.label.clone()).collect();
    let started = |address: SocketAddr| {
        write_stderr(&format!("pantry: serving at http://{address}"));
        for label in &labels {
            write_stderr(&format!(
                "pantry:   Butler(\"http://{address}/api/butler/repo/{label}\")"
            ));
        }
    };
    serve(settings, started, async {
        let _ = stopped.await;
    })?;
    Ok(())
}

/// A repo and its label: what is before the first `=`, or the name of the folder.
fn setting(word: &str) -> Result<RepoSetting, Failure> {
    let is_label = |text: &str| {
        let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !text.is_empty() && text.chars().all(is_fit)
    };
    if let Some((label, repo)) = word.split_once('=')
        && is_label(label)
    {
        return Ok(RepoSetting {
            label: label.to_owned(),
            repo: repo.to_owned(),
        });
    }
    let path = word.trim_end_matches('/').trim_end_matches("/butler.yaml");
    let full = Path::new(path).canonicalize();
    let name = full.as_deref().unwrap_or(Path::new(path)).file_name();
    match name
        .and_then(|name| name.to_str())
        .filter(|name| is_label(name))
    {
        Some(label) => Ok(RepoSetting {
            label: label.to_owned(),
            repo: word.to_owned(),
        }),
        None => Err(Failure::Usage(format!(
            "'{word}' gives no label for paths; say LABEL={word} with a label of letters, digits, '-', '_' and '.'"
        ))),
    }
}
