//! Reading an export into the stage: one thread parses, this one converts and stages.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use pantry_registry::model::universe::Universe;

use super::Export;
use super::stager::Stager;
use crate::Error;
use crate::stage::Stage;
use crate::yaml::{Event, ExportReader, YamlError};

/// Events handed over at a time, and how many such batches may wait: bounds the memory of the pipeline.
const BATCH: usize = 512;
const WAITING: usize = 8;

/// What a reader of an export needs besides the file.
pub struct ReadOptions<'a> {
    /// The repo's universe.
    pub universe: &'a Universe,
    /// Seconds after midnight TAI at which observing days of an instrument start, for exports of universes before 6.
    pub day_obs_offsets: BTreeMap<String, i64>,
    /// Set when the user asks to stop.
    pub cancelled: &'a AtomicBool,
    /// Called now and then with the bytes of the file read so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Read the export at `file` into `stage`.
///
/// # Errors
/// [`Error::Input`] names the line at fault; the stage is then useless and to be dropped.
pub fn read(file: &Path, stage: &mut Stage, options: &ReadOptions<'_>) -> Result<Export, Error> {
    let reader = ExportReader::open(file)?;
    let (send, receive) = sync_channel::<Batch>(WAITING);
    thread::scope(|scope| {
        // The receiver moves into this closure's frame, so that an error here makes the parser's next send fail and the
        // thread end.
        let receive = receive;
        scope.spawn(move || {
            let mut reader = reader;
            loop {
                let batch = next_batch(&mut reader);
                let last = batch.events.is_err() || batch.is_last;
                if send.send(batch).is_err() || last {
                    return;
                }
            }
        });
        stage_batches(file, &receive, stage, options)
    })
}

struct Batch {
    events: Result<Vec<Event>, YamlError>,
    is_last: bool,
    bytes: u64,
}

fn next_batch(reader: &mut ExportReader) -> Batch {
    let mut events = Vec::with_capacity(BATCH);
    let mut is_last = false;
    let mut failure = None;
    while events.len() < BATCH && !is_last && failure.is_none() {
        match reader.next_event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => is_last = true,
            Err(error) => failure = Some(error),
        }
    }
    Batch {
        events: failure.map_or(Ok(events), Err),
        is_last,
        bytes: reader.bytes_read(),
    }
}

fn stage_batches(
    file: &Path,
    batches: &Receiver<Batch>,
    stage: &mut Stage,
    options: &ReadOptions<'_>,
) -> Result<Export, Error> {
    let mut stager = Stager::new(file, stage, options.universe, &options.day_obs_offsets)?;
    while let Ok(batch) = batches.recv() {
        if options.cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        for event in batch.events? {
            stager.event(event)?;
        }
        (options.progress)(batch.bytes);
        if batch.is_last {
            break;
        }
    }
    stager.finish()
}
