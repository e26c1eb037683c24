//! Shows how far work on files is while it is done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pantry_datastore::transfer::TransferProgress;

use crate::{Error, Watch};

/// How often the other thread looks.
const INTERVAL: Duration = Duration::from_millis(50);

/// Do `work` while another thread shows how many files are dealt with and passes on a wish to stop.
pub(crate) fn watched<T>(
    watch: &dyn Watch,
    progress: &TransferProgress,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let is_over = AtomicBool::new(false);
    let done = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                if watch.cancelled().load(Ordering::Relaxed) {
                    progress.stop();
                }
                watch.reached(progress.files());
                std::thread::park_timeout(INTERVAL);
            }
        });
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        watcher.thread().unpark();
        done
    });
    match done {
        Err(_) if progress.is_stopped() => Err(Error::Interrupted),
        done => done,
    }
}
