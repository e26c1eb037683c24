//! What a verification tells, passed on: to the report, the state file and the progress display.
use std::io;

use pantry_import::Error;
use pantry_import::verify::{Counts, Finding, Position, ResumeFile, VerifyWatch};

use super::output::Output;
use crate::context::Context;
use crate::failure::Failure;
use crate::progress::{Progress, Task, Unit};

/// Takes the findings.
pub struct Shown {
    progress: Progress,
    task: Option<Task>,
    output: Output,
    state: Option<ResumeFile>,
    /// Why the report could not be written; the library only hears that it has to end.
    failed: Option<io::Error>,
}

impl Shown {
    /// Findings go to `output`.
    pub fn new(context: &Context, output: Output) -> Self {
        Self {
            progress: context.progress,
            task: None,
            output,
            state: None,
            failed: None,
        }
    }

    /// From now on keep the state in this file.
    pub fn keep(&mut self, state: ResumeFile) {
        self.state = Some(state);
    }

    /// Do work that tells this; a report that could not be written is the reason that counts.
    pub fn verdict<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let result = work(self);
        match self.failed.take() {
            Some(error) => Err(error.into()),
            None => Ok(result?),
        }
    }

    /// Write a finding that the state file has already.
    pub fn write(&mut self, finding: &Finding) -> Result<(), Error> {
        self.output.add(finding).map_err(|error| {
            self.failed = Some(error);
            Error::Interrupted
        })
    }

    /// The work is done.
    pub fn end(self) -> (Output, Option<ResumeFile>) {
        (self.output, self.state)
    }
}

impl VerifyWatch for Shown {
    fn finding(&mut self, finding: &Finding) -> Result<(), Error> {
        if let Some(state) = &mut self.state {
            state.finding(finding)?;
        }
        self.write(finding)
    }

    fn checkpoint(&mut self, position: &Position, counts: &Counts) -> Result<(), Error> {
        match &mut self.state {
            Some(state) => state.checkpoint(position, counts),
            None => Ok(()),
        }
    }

    fn step(&mut self, name: &'static str, total: Option<u64>) {
        // The step before must end before the next begins, or two would be shown.
        self.task.take();
        self.task = Some(self.progress.start(name, Unit::Count("records"), total));
    }

    fn advance(&mut self, count: u64) {
        if let Some(task) = &self.task {
            task.advance(count);
        }
    }
}
