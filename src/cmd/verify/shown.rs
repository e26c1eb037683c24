//! What a verification tells, passed on: to the report, the state file and the progress display.

use pantry_state::StateError;

use pantry_import::Error;
use pantry_import::verify::{Counts, Finding, Position, ResumeFile, VerifyWatch};

use super::groups::Concerned;
use super::history::History;
use super::output::{COLUMNS, row};
use crate::context::Context;
use crate::failure::Failure;
use crate::html::Page;
use crate::progress::{Progress, Task, Unit};
use crate::rows::{Report, Value};

/// Takes the findings.
pub struct Shown {
    progress: Progress,
    task: Option<Task>,
    output: Report,
    state: Option<ResumeFile>,
    history: Option<History>,
    /// Whether there will be a page.
    has_page: bool,
    page: Page,
    concerned: Concerned,
    /// Why the report or the history could not be written; the library only hears that it has to end.
    failed: Option<Failure>,
}

/// What is left when the work is done.
pub struct End {
    /// The rows.
    pub report: Report,
    /// The state file.
    pub state: Option<ResumeFile>,
    /// The page.
    pub page: Page,
    /// The datasets of the findings.
    pub concerned: Concerned,
}

impl Shown {
    /// Findings go to `output`.
    pub fn new(
        context: &Context,
        output: Report,
        history: Option<History>,
        has_page: bool,
    ) -> Self {
        Self {
            progress: context.progress,
            task: None,
            output,
            state: None,
            history,
            has_page,
            page: Page::new("Verification", &COLUMNS),
            concerned: Concerned::default(),
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
            Some(failure) => Err(failure),
            None => Ok(result?),
        }
    }

    /// Write a finding that the state file has already.
    pub fn write(&mut self, finding: &Finding) -> Result<(), Error> {
        let row = row(finding);
        if self.has_page {
            self.concerned.add(finding);
            self.page.row(row.iter().map(|value| match value {
                Value::Text(text) => text.to_string(),
                _ => String::new(),
            }));
        }
        let written = self.output.row(&row);
        self.checked(written)
    }

    fn checked<T, E: Into<Failure>>(&mut self, result: Result<T, E>) -> Result<T, Error> {
        result.map_err(|failure| {
            self.failed = Some(failure.into());
            Error::Interrupted
        })
    }

    /// The work is done.
    pub fn end(self) -> End {
        End {
            report: self.output,
            state: self.state,
            page: self.page,
            concerned: self.concerned,
        }
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

    fn known(&mut self, keys: &[&str]) -> Result<Vec<bool>, Error> {
        let found = match &self.history {
            Some(history) => history.known(keys),
            None => Ok::<_, StateError>(vec![false; keys.len()]),
        };
        self.checked(found)
    }

    fn sound(&mut self, keys: &[&str]) -> Result<(), Error> {
        let done = match &self.history {
            Some(history) => history.remember(keys),
            None => Ok(()),
        };
        self.checked(done)
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
