//! What every verb is given beside its own arguments.
use std::io::{self, BufWriter, StdoutLock};
use std::sync::atomic::AtomicBool;

use crate::failure::Failure;
use crate::interrupt;
use crate::progress::Progress;

/// The surroundings of a verb.
#[derive(Debug)]
pub struct Context {
    /// Shows how far long work is.
    pub progress: Progress,
    /// `--quiet`: say nothing that was not asked for.
    pub quiet: bool,
}

impl Context {
    /// Standard output, buffered. Flush it before returning; a reader that went away is a
    /// [`Failure::BrokenPipe`] by `?`.
    pub fn stdout(&self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::with_capacity(1 << 16, io::stdout().lock())
    }

    /// The flag that Ctrl-C raises, for work that can stop cleanly; see [`interrupt::watch`].
    ///
    /// # Errors
    /// When the operating system refuses the signal handlers.
    pub fn interrupt(&self) -> Result<&'static AtomicBool, Failure> {
        interrupt::watch()
            .map_err(|reason| Failure::error(format!("watching for Ctrl-C: {reason}")))
    }

    /// Has `work` done at the first Ctrl-C, by another thread; see [`interrupt::watch`].
    ///
    /// # Errors
    /// When the operating system refuses the signal handlers.
    pub fn on_interrupt(&self, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
        interrupt::at_signal(work);
        self.interrupt().map(|_| ())
    }
}

/// How many threads can work at the same time here.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
