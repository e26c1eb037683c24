//! Answers that are sent while their rows are still being read.

use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use pantry_registry::database::Canceller;
use pantry_registry::{Registry, RegistryError};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};

use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::server::Server;

/// After so long without a row a line says that the query still runs, so that nobody on the way gives it up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Pages that wait to be sent.
const PAGES: usize = 2;

/// Takes pages as they come, on the thread that reads rows.
pub struct Pages {
    sender: mpsc::Sender<Bytes>,
    end: End,
    deadline: Instant,
}

impl Pages {
    /// Send a page; `false` if nobody wants more, or if the query's time is over before somebody takes it: who does not read
    /// holds no connection to the registry for longer.
    pub fn send(&self, page: Vec<u8>) -> bool {
        let sent = tokio::time::timeout_at(self.deadline, self.sender.send(page.into()));
        match Handle::current().block_on(sent) {
            Ok(sent) => sent.is_ok(),
            Err(_) => {
                let late = RegistryError::TimedOut {
                    doing: "send the rows of a query".to_owned(),
                };
                self.end(Err(late.into()));
                false
            }
        }
    }

    /// How the answer ends after the pages that were sent; the first word counts.
    fn end(&self, end: Result<(), Refusal>) {
        let _ = self.end.set(end);
    }
}

/// How the work for an answer ended; nothing before that.
type End = Arc<OnceLock<Result<(), Refusal>>>;

/// How an answer in lines tells what is not a row.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// Type of the answer.
    pub content_type: &'static str,
    /// The line that says that the query still runs; empty if the format has none.
    pub keep_alive: &'static [u8],
    /// The last line after an error.
    pub error: fn(&Refusal) -> Vec<u8>,
}

/// Answer with what `work` sends. Refusals before the first page have their status; later ones, and errors of the user, are
/// lines of the answer where `lines` has such a line, as the reference does.
///
/// # Errors
/// [`Refusal::Busy`] and [`Refusal::TooMany`], and those of `work` that come before the first page.
pub async fn stream(
    server: &Arc<Server>,
    asked: &Asked,
    lines: Lines,
    work: impl FnOnce(&mut Registry, &Pages) -> Result<(), Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let stream = server.streams.begin(&asked.payer)?;
    let place = asked.repo.connections().place().await?;
    let (sender, receiver) = mpsc::channel(PAGES);
    let end = End::default();
    let pages = Pages {
        sender,
        end: Arc::clone(&end),
        deadline: Instant::now() + server.settings.limits.query_time,
    };
    let running = Arc::new(Mutex::new(None));
    let (repo, started) = (Arc::clone(&asked.repo), Arc::clone(&running));
    tokio::task::spawn_blocking(move || {
        let done = repo.connections().with(|registry| {
            *lock(&started) = Some(registry.connection().canceller());
            let done = work(registry, &pages);
            *lock(&started) = None;
            done
        });
        pages.end(done);
        // Also for a client that never takes the last pages: the connection is free for others, and so is the place
        // among the streams.
        drop((stream, place));
    });
    let mut rows = Rows {
        receiver,
        end,
        _running: Running(running),
        waiting: Box::pin(tokio::time::sleep(KEEP_ALIVE)),
        lines,
        first: None,
        is_over: false,
    };
    rows.first().await?;
    let mut response = Response::new(Body::from_stream(rows));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(lines.content_type),
    );
    // A proxy that gathers pages would make everybody wait for the last.
    let buffering = HeaderName::from_static("x-accel-buffering");
    headers.insert(buffering, HeaderValue::from_static("no"));
    Ok(response)
}

fn lock(running: &Mutex<Option<Canceller>>) -> std::sync::MutexGuard<'_, Option<Canceller>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The query that runs; it is cancelled when its answer is not wanted any more.
struct Running(Arc<Mutex<Option<Canceller>>>);

impl Drop for Running {
    fn drop(&mut self) {
        let running = Arc::clone(&self.0);
        if lock(&running).is_none() {
            return;
        }
        tokio::task::spawn_blocking(move || {
            // The lock is held, so that the connection is not given to somebody else meanwhile.
            if let Some(canceller) = lock(&running).as_ref()
                && let Err(reason) = canceller.cancel()
            {
                tracing::warn!("{reason}");
            }
        });
    }
}

/// The body of an answer.
struct Rows {
    receiver: mpsc::Receiver<Bytes>,
    end: End,
    _running: Running,
    waiting: Pin<Box<Sleep>>,
    lines: Lines,
    first: Option<Bytes>,
    is_over: bool,
}

impl Rows {
    /// Wait for the first page, or until it is time for a sign of life.
    async fn first(&mut self) -> Result<(), Refusal> {
        let first = tokio::time::timeout(KEEP_ALIVE, self.receiver.recv()).await;
        self.first = match first {
            Ok(Some(page)) => Some(page),
            Ok(None) => self.last().transpose()?,
            Err(_) => Some(Bytes::from_static(self.lines.keep_alive)),
        };
        Ok(())
    }

    /// What comes after the last page.
    fn last(&mut self) -> Option<Result<Bytes, Refusal>> {
        self.is_over = true;
        let refusal = match self.end.get() {
            Some(Ok(())) => return None,
            Some(Err(refusal)) => refusal.clone(),
            None => Refusal::Fault("the work for a query ended without a word".to_owned()),
        };
        let line = match &refusal {
            Refusal::User { .. } => (self.lines.error)(&refusal),
            _ => Vec::new(),
        };
        match line.is_empty() {
            false => Some(Ok(line.into())),
            // The answer is broken off, so that who reads it sees that it is not whole.
            true => Some(Err(refusal)),
        }
    }
}

impl Stream for Rows {
    type Item = Result<Bytes, Refusal>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(page) = self.first.take() {
            return Poll::Ready(Some(Ok(page)));
        }
        if self.is_over {
            return Poll::Ready(None);
        }
        match self.receiver.poll_recv(context) {
            Poll::Ready(Some(page)) => {
                let next = Instant::now() + KEEP_ALIVE;
                self.waiting.as_mut().reset(next);
                return Poll::Ready(Some(Ok(page)));
            }
            Poll::Ready(None) => return Poll::Ready(self.last()),
            Poll::Pending => {}
        }
        let is_time = self.waiting.as_mut().poll(context).is_ready();
        if is_time && !self.lines.keep_alive.is_empty() {
            let next = Instant::now() + KEEP_ALIVE;
            self.waiting.as_mut().reset(next);
            // So that the timer wakes this task again.
            let _ = self.waiting.as_mut().poll(context);
            return Poll::Ready(Some(Ok(Bytes::from_static(self.lines.keep_alive))));
        }
        Poll::Pending
    }
}
