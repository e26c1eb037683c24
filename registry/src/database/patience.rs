//! What ends a query before its last row: its time is over, or somebody asked it to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::postgresql;
use crate::error::RegistryError;

/// Asks a connection to stop what it does; for another thread than the one that waits for rows.
///
/// A connection that was asked answers nothing any more: open another one.
#[derive(Clone)]
pub struct Canceller {
    asked: Arc<Patience>,
    server: Option<(CancelToken, Option<MakeRustlsConnect>)>,
}

impl Canceller {
    pub(super) fn new(
        asked: &Arc<Patience>,
        server: Option<(CancelToken, Option<MakeRustlsConnect>)>,
    ) -> Self {
        Self {
            asked: Arc::clone(asked),
            server,
        }
    }

    /// Stop the running query, and refuse all that come later, with [`RegistryError::Cancelled`].
    ///
    /// # Errors
    /// [`RegistryError::Database`] if a PostgreSQL server cannot be told; the query then ends with its next row.
    pub fn cancel(&self) -> Result<(), RegistryError> {
        self.asked.is_over.store(true, Ordering::SeqCst);
        self.stop_statement()
    }

    /// Tell a PostgreSQL server to end the statement that runs; later ones are run.
    pub(super) fn stop_statement(&self) -> Result<(), RegistryError> {
        let Some((token, tls)) = &self.server else {
            return Ok(());
        };
        let told = match tls {
            Some(tls) => token.cancel_query(tls.clone()),
            None => token.cancel_query(NoTls),
        };
        told.map_err(|e| postgresql::error("cancel the query", &e))
    }
}

/// How long the queries of one connection may go on.
#[derive(Debug)]
pub(super) struct Patience {
    /// Somebody asked to stop.
    is_over: AtomicBool,
    /// Nanoseconds from `start` to the end of the transaction's time; 0 without a limit.
    deadline: AtomicU64,
    start: Instant,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            is_over: AtomicBool::new(false),
            deadline: AtomicU64::new(0),
            start: Instant::now(),
        }
    }
}

impl Patience {
    /// Count a transaction's time from now on; `None` is without end.
    pub(super) fn start(&self, limit: Option<Duration>) {
        let deadline = limit.map_or(0, |limit| {
            u64::try_from((self.start.elapsed() + limit).as_nanos()).unwrap_or(u64::MAX)
        });
        self.deadline.store(deadline, Ordering::SeqCst);
    }

    /// Whether a query is to end now.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_over.load(Ordering::Relaxed) || self.is_late()
    }

    fn is_late(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        deadline != 0 && self.start.elapsed().as_nanos() > u128::from(deadline)
    }

    /// Whether a query may go on.
    ///
    /// # Errors
    /// [`RegistryError::Cancelled`], [`RegistryError::TimedOut`].
    pub(super) fn check(&self, doing: impl FnOnce() -> String) -> Result<(), RegistryError> {
        match self.is_at_end() {
            true => Err(self.reason(doing())),
            false => Ok(()),
        }
    }

    /// Why the back end broke off a query.
    pub(super) fn reason(&self, doing: String) -> RegistryError {
        match self.is_over.load(Ordering::SeqCst) {
            true => RegistryError::Cancelled { doing },
            false => RegistryError::TimedOut { doing },
        }
    }
}
