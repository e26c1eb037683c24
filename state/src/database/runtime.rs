//! The asynchronous runtime below the PostgreSQL connections: one thread for the whole process.
//!
//! Not the caller's runtime: a connection must live on when the runtime of its first user has ended, and be dropped anywhere.

use std::future::Future;
use std::io;
use std::sync::LazyLock;

use diesel_async::async_connection_wrapper::BlockOn;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("pantry-state")
        .enable_all()
        .build()
});

/// The runtime, started at first use.
pub(super) fn runtime() -> Result<&'static Runtime, String> {
    RUNTIME
        .as_ref()
        .map_err(|e| format!("no thread for its connections: {e}"))
}

/// Waits on the runtime of this module.
pub(crate) struct OwnRuntime(&'static Runtime);

impl BlockOn for OwnRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }

    /// # Panics
    /// Never: a connection, for which this is, was made by the runtime.
    fn get_runtime() -> Self {
        match &*RUNTIME {
            Ok(runtime) => Self(runtime),
            Err(e) => unreachable!("a connection without runtime ({e})"),
        }
    }
}
