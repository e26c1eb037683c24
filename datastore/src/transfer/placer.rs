//! Placing many files below a datastore root, so that every final name always is a whole file.
//!
//! Copies are written under temporary names, flushed together, and only then renamed; links are made in one
//! step. Nothing is ever replaced. Whatever was placed can be taken back until the caller says to keep it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;

use super::durable::FEW;
use super::folders::Folders;
use super::journal::Journal;
use super::lock::FolderLock;
use super::mode::TransferMode;
use super::progress::TransferProgress;
use super::publish::{publish, remove_temporary};
use super::request::{PlaceRequest, Placed};
use super::stage::{Stage, Stager};
use crate::error::{DatastoreError, Result};

/// How to place.
#[derive(Debug, Clone)]
pub struct PlaceOptions {
    /// One of the modes that place files ([`TransferMode::places_files`]); `auto` counts as `link`.
    pub mode: TransferMode,
    /// Compute BLAKE3 of every file: free of reading for copies, one read for links.
    pub checksum: bool,
    /// Threads.
    pub jobs: usize,
    /// Counters and stop switch.
    pub progress: Arc<TransferProgress>,
}

/// A run that places files. Dropped without [`Placer::keep`], it takes everything back.
#[derive(Debug)]
pub struct Placer {
    options: PlaceOptions,
    threads: rayon::ThreadPool,
    created: Mutex<Created>,
    next_unique: AtomicU64,
    lock: Option<FolderLock>,
    /// Set when going on is pointless, as on a full disk.
    failed: AtomicBool,
    is_settled: bool,
}

#[derive(Debug)]
struct Created {
    folders: Folders,
    journal: Journal,
}

impl Placer {
    /// Begin below `root`, whose folder `lock` holds.
    pub fn new(root: &Path, lock: FolderLock, options: PlaceOptions) -> Result<Self> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(options.jobs.max(1))
            .build();
        let threads = threads.map_err(|e| {
            DatastoreError::io("starting threads for", root, std::io::Error::other(e))
        })?;
        let folders = Folders::new(root, lock.is_held())?;
        // Unlike the counter that follows, the start differs between runs.
        let started = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let seed =
            blake3::hash(format!("{} {}", std::process::id(), started.as_nanos()).as_bytes());
        let mut unique = [0; 8];
        unique.copy_from_slice(&seed.as_bytes()[..8]);
        Ok(Self {
            options,
            threads,
            created: Mutex::new(Created {
                folders,
                journal: Journal::new()?,
            }),
            next_unique: AtomicU64::new(u64::from_le_bytes(unique)),
            lock: Some(lock),
            failed: AtomicBool::new(false),
            is_settled: false,
        })
    }

    /// Place a batch; the answers are in the order of the requests. Copies of a batch of many are flushed
    /// together, so batches of thousands are cheapest. One file failing does not hinder the others, except
    /// where all must fail ([`DatastoreError::stops_everything`]).
    pub fn place(&self, requests: &[PlaceRequest]) -> Vec<Result<Placed>> {
        let prepared: Vec<Result<()>> = requests
            .iter()
            .map(|request| self.prepare(&request.destination))
            .collect();
        let stager = Stager {
            mode: self.options.mode,
            checksum: self.options.checksum,
            durable: requests.len() <= FEW,
            progress: &self.options.progress,
        };
        self.threads.install(|| {
            let staged: Vec<Result<Stage>> = requests
                .par_iter()
                .zip(prepared)
                .map(|(request, prepared)| prepared.and_then(|()| self.stage(&stager, request)))
                .collect();
            let flushed = if stager.durable {
                Ok(())
            } else {
                self.flush(&staged)
            };
            let publish = |(request, stage): (&PlaceRequest, Result<Stage>)| {
                let placed = self.publish(request, stage, flushed.is_ok());
                placed.and_then(|placed| self.note(request, placed))
            };
            let mut answers: Vec<Result<Placed>> =
                requests.par_iter().zip(staged).map(publish).collect();
            let stopped = |answer: &&mut Result<Placed>| {
                matches!(answer, Err(DatastoreError::Stopped { .. }))
            };
            if let (Err(error), Some(first)) = (flushed, answers.iter_mut().find(stopped)) {
                *first = Err(error);
            }
            answers
        })
    }

    /// Flush the folders; to be called once after the last batch and before the records are committed.
    pub fn sync(&self) -> Result<()> {
        self.created().folders.written.flush_folders()
    }

    /// The records are committed (or may be): everything stays. The lock goes back to the caller, who may have
    /// sources to unlink.
    pub fn keep(mut self) -> Option<FolderLock> {
        self.is_settled = true;
        self.lock.take()
    }

    /// Remove every file this run placed and every folder it made that is empty. Returns how many files.
    pub fn undo(mut self) -> Result<u64> {
        self.is_settled = true;
        self.created().journal.take_back()
    }

    /// Make the folder of a destination ready, also for files that come from elsewhere: it is there, leads nowhere else, and has
    /// no leftovers of a run that was killed.
    ///
    /// # Errors
    /// Those of the system; a folder that leads elsewhere.
    pub fn prepare(&self, destination: &Path) -> Result<()> {
        let created = &mut *self.created();
        created.folders.prepare(destination, &mut created.journal)
    }

    fn stage(&self, stager: &Stager<'_>, request: &PlaceRequest) -> Result<Stage> {
        if self.failed.load(Ordering::Relaxed) || self.options.progress.is_stopped() {
            return Err(DatastoreError::Stopped {
                path: request.source.clone(),
            });
        }
        let unique = self.next_unique.fetch_add(1, Ordering::Relaxed);
        let stage = stager.stage(request, unique);
        if let Err(error) = &stage {
            self.failed
                .fetch_or(error.stops_everything(), Ordering::Relaxed);
        }
        stage
    }

    fn flush(&self, staged: &[Result<Stage>]) -> Result<()> {
        let temporary =
            |stage: &'_ Result<Stage>| stage.as_ref().ok()?.temporary().map(Path::to_path_buf);
        let files: Vec<PathBuf> = staged.iter().filter_map(temporary).collect();
        if files.is_empty() {
            return Ok(());
        }
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        self.created().folders.written.flush_files(&files)
    }

    fn publish(
        &self,
        request: &PlaceRequest,
        stage: Result<Stage>,
        is_flushed: bool,
    ) -> Result<Placed> {
        match stage? {
            Stage::Done(placed) => Ok(placed),
            Stage::Temporary(path, _) if !is_flushed || self.options.progress.is_stopped() => {
                remove_temporary(&path);
                Err(DatastoreError::Stopped {
                    path: request.source.clone(),
                })
            }
            Stage::Temporary(path, placed) => publish(&path, request, placed, &self.options),
        }
    }

    /// Count, and list what is new; a file that cannot be listed could not be taken back, so it goes at once.
    fn note(&self, request: &PlaceRequest, placed: Placed) -> Result<Placed> {
        self.options.progress.add_file();
        if placed.is_new {
            let listed = self.created().journal.add_file(&request.destination);
            listed.inspect_err(|_| remove_temporary(&request.destination))?;
        }
        Ok(placed)
    }

    fn created(&self) -> MutexGuard<'_, Created> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Placer {
    fn drop(&mut self) {
        if !self.is_settled {
            // Reached by an error on its way up, which is what the user gets to see.
            let _ = self.created().journal.take_back();
        }
    }
}
