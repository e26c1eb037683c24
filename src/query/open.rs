//! Opening a repo to ask it.
use std::time::Duration;

use pantry_registry::config::Environment;

use super::filter::Filter;
use crate::context::Context;
use crate::failure::Failure;
use crate::repo::Repo;

/// Opens REPO for reading. Ctrl-C stops its queries, also on a PostgreSQL server, which would go on working for nobody.
///
/// # Errors
/// What keeps the repo from being opened.
pub fn open(repo: &str, context: &Context) -> Result<Repo, Failure> {
    let mut repo = Repo::open(repo, false, &Environment::from_process())?;
    let canceller = repo.registry.connection().canceller();
    context.on_interrupt(move || {
        if let Err(error) = canceller.cancel() {
            tracing::warn!("{error}");
        }
    })?;
    Ok(repo)
}

impl Filter {
    /// Opens REPO as [`open`] does; no query takes longer than `--timeout` allows.
    ///
    /// # Errors
    /// What keeps the repo from being opened.
    pub fn open(&self, repo: &str, context: &Context) -> Result<Repo, Failure> {
        let mut repo = open(repo, context)?;
        let limit = self.timeout.map(Duration::from_secs_f64);
        repo.registry.connection().limit_reads(limit)?;
        Ok(repo)
    }
}
