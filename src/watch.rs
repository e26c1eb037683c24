//! Shows how far an import or an export is.
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use pantry_import::{Step, Watch};

use crate::context::Context;
use crate::failure::Failure;
use crate::progress::{Progress, Task, Unit};

/// The display of one import or export: one task at a time.
pub struct Shown {
    cancelled: &'static AtomicBool,
    progress: Progress,
    task: Mutex<Option<Task>>,
    done: AtomicU64,
}

impl Shown {
    /// Begin to watch.
    pub fn new(context: &Context) -> Result<Self, Failure> {
        Ok(Self {
            cancelled: context.interrupt()?,
            progress: context.progress,
            task: Mutex::new(None),
            done: AtomicU64::new(0),
        })
    }
}

impl Watch for Shown {
    fn begin(&self, step: Step, total: u64) {
        let (what, unit, total) = match step {
            Step::Read => ("reading the export", Unit::Bytes, Some(total)),
            Step::Check => ("comparing checksums", Unit::Count("files"), Some(total)),
            Step::Plan => ("planning", Unit::Count("steps"), None),
            Step::Files => ("files", Unit::Count("files"), Some(total)),
            Step::Load => ("filling the registry", Unit::Count("rows"), None),
            Step::Select => ("finding datasets", Unit::Count("datasets"), None),
            Step::Records => ("finding dimension records", Unit::Count("steps"), None),
            Step::Write => ("writing the export", Unit::Count("datasets"), Some(total)),
            Step::Unlink => ("removing sources", Unit::Count("files"), Some(total)),
        };
        tracing::debug!("{what}");
        let mut task = self
            .task
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        // The task before must end before the next begins, or two would be shown.
        task.take();
        *task = Some(self.progress.start(what, unit, total));
        self.done.store(0, Ordering::Relaxed);
    }

    fn reached(&self, done: u64) {
        let before = self.done.swap(done, Ordering::Relaxed);
        if let Some(task) = &*self
            .task
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            task.advance(done.saturating_sub(before));
        }
    }

    fn warn(&self, message: &str) {
        tracing::warn!("{message}");
    }

    fn cancelled(&self) -> &AtomicBool {
        self.cancelled
    }
}
