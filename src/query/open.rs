//! Opening a repo to ask it.
use std::time::Duration;

use super::filter::Filter;
use super::source::Source;
use crate::context::Context;
use crate::failure::Failure;

impl Filter {
    /// Opens REPO for reading; no query takes longer than `--timeout` allows.
    ///
    /// # Errors
    /// What keeps the repo from being opened.
    pub fn open(&self, repo: &str, context: &Context) -> Result<Source, Failure> {
        Source::open(repo, self.timeout.map(Duration::from_secs_f64), context)
    }
}
