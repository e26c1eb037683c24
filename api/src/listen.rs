//! Connections of clients, from the first to the last.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;

use crate::server::ServeError;
use crate::settings::Limits;

/// How long a client may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How long nothing is accepted after the system gave no connection, such as when too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// Answer all connections until `stop` ends, then those that are open for at most the limits' `stop_time` more. A client that
/// takes nothing of its answer for the time of a query is left.
pub async fn listen(
    bind: SocketAddr,
    router: Router,
    limits: &Limits,
    started: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let fail = |reason| ServeError::Bind { bind, reason };
    let listener = TcpListener::bind(bind).await.map_err(fail)?;
    started(listener.local_addr().map_err(fail)?);
    let mut http = Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let patience = limits.query_time;
                    answer(patient(stream, patience), peer, &router, &http, &open);
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
    if tokio::time::timeout(limits.stop_time, open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end in time and were broken off");
    }
    Ok(())
}

/// A connection whose writes fail when the client reads nothing for so long.
fn patient(stream: TcpStream, patience: Duration) -> PatientStream {
    // Small answers go out at once; a system that cannot do that is only slower.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience));
    Box::pin(stream)
}

type PatientStream = Pin<Box<TimeoutStream<TcpStream>>>;

fn answer(
    stream: PatientStream,
    peer: SocketAddr,
    router: &Router,
    http: &Builder<TokioExecutor>,
    open: &GracefulShutdown,
) {
    let router = router.clone().layer(axum::Extension(Peer(peer)));
    let service = TowerToHyperService::new(router);
    let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let connection = open.watch(connection.into_owned());
    tokio::spawn(async move {
        if let Err(reason) = connection.await {
            tracing::debug!("a connection from {peer} was broken off: {reason}");
        }
    });
}

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);
