//! Work on many datasets, some at a time, with its progress shown and Ctrl-C heard between two batches.
use std::sync::atomic::Ordering;

use pantry_import::{Step, Watch};
use uuid::Uuid;

use crate::context::Context;
use crate::failure::Failure;
use crate::watch::Shown;

/// Hand the ids to `work`, `size` at a time.
///
/// # Errors
/// Those of the work; [`Failure::Interrupted`], after which the same command goes on.
pub fn each_batch(
    ids: &[Uuid],
    size: usize,
    context: &Context,
    mut work: impl FnMut(&[Uuid]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let shown = Shown::new(context)?;
    shown.begin(Step::Files, ids.len() as u64);
    for (number, some) in ids.chunks(size).enumerate() {
        if shown.cancelled().load(Ordering::Relaxed) {
            let message =
                "interrupted; what was done is recorded. Run the same command again to go on";
            return Err(Failure::Interrupted(message.to_owned()));
        }
        work(some)?;
        shown.reached((number * size + some.len()) as u64);
    }
    Ok(())
}
