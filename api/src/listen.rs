//! Connections of clients, from the first to the last.

use std::fmt::Display;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::router::router;
use crate::server::{ServeError, Server};
use crate::tls::{self, Tls};

/// How long a client may take to agree on encryption, and to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How long nothing is accepted after the system gave no connection, such as when too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// Answer all connections until `stop` ends, then those that are open for the time that the limits give them. A client that
/// takes nothing of its answer for the time of a query is left.
pub async fn listen(
    server: &Arc<Server>,
    started: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let bind = server.settings.bind;
    let fail = |reason| ServeError::Bind { bind, reason };
    let listener = TcpListener::bind(bind).await.map_err(fail)?;
    started(listener.local_addr().map_err(fail)?);
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME);
    let door = Door {
        router: router(server),
        http,
        tls: server.tls.clone(),
        patience: server.settings.limits.query_time,
    };
    if let Some(tls) = server.tls.clone() {
        tokio::spawn(look_again(tls));
    }
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    tokio::spawn(door.clone().answer(stream, peer, open.watcher()));
                }
                Err(reason) => {
                    tracing::warn!("cannot accept a connection: {reason}");
                    tokio::time::sleep(PAUSE).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    let stop_time = server.settings.limits.stop_time;
    if tokio::time::timeout(stop_time, open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time and were broken off");
    }
    Ok(())
}

/// Have the files of the certificate looked at as long as the server runs.
async fn look_again(tls: Arc<Tls>) {
    loop {
        tokio::time::sleep(tls::LOOK).await;
        let tls = Arc::clone(&tls);
        // Only a panic would make it fail.
        let _ = tokio::task::spawn_blocking(move || tls.look()).await;
    }
}

/// How connections are answered.
#[derive(Clone)]
struct Door {
    router: Router,
    http: Builder<TokioExecutor>,
    tls: Option<Arc<Tls>>,
    /// How long a client may take nothing.
    patience: Duration,
}

impl Door {
    async fn answer(self, stream: TcpStream, peer: SocketAddr, open: Watcher) {
        let stream = patient(stream, self.patience);
        let Some(tls) = &self.tls else {
            return self.speak(stream, peer, open).await;
        };
        let agreed = TlsAcceptor::from(tls.config()).accept(stream);
        match tokio::time::timeout(HEAD_TIME, agreed).await {
            Ok(Ok(stream)) => self.speak(stream, peer, open).await,
            Ok(Err(reason)) => broken(peer, &reason),
            Err(reason) => broken(peer, &reason),
        }
    }

    async fn speak<S>(&self, stream: S, peer: SocketAddr, open: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // Not as a layer: that would be put around every route anew for every connection.
        let router = self
            .router
            .clone()
            .map_request(move |mut request: Request<_>| {
                request.extensions_mut().insert(Peer(peer));
                request
            });
        let service = TowerToHyperService::new(router);
        let connection = self
            .http
            .serve_connection_with_upgrades(TokioIo::new(stream), service);
        if let Err(reason) = open.watch(connection.into_owned()).await {
            broken(peer, &reason);
        }
    }
}

/// A connection whose writes fail when the client reads nothing for so long.
fn patient(stream: TcpStream, patience: Duration) -> Pin<Box<TimeoutStream<TcpStream>>> {
    // Small answers go out at once; a system that cannot do that is only slower.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience));
    Box::pin(stream)
}

fn broken(peer: SocketAddr, reason: &dyn Display) {
    tracing::debug!("a connection from {peer} was broken off: {reason}");
}

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);
