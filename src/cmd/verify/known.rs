//! Files that belong in a repo although no dataset is in them.
use std::collections::HashSet;
use std::path::PathBuf;

use pantry_registry::config::{
    DatabaseTarget, Environment, RegistryConfig, RepoLocation, resolve_repo,
};

use super::Args;
use crate::failure::Failure;
use crate::repo::Repo;

/// The configuration, an SQLite registry with what SQLite puts beside it, and our own state and report.
pub fn files(
    args: &Args,
    repo: &Repo,
    environment: &Environment,
) -> Result<HashSet<PathBuf>, Failure> {
    let mut known = HashSet::new();
    if let RepoLocation::Local { config_file } = resolve_repo(&args.repo, environment)?.location {
        known.insert(config_file.to_path());
    }
    let registry = RegistryConfig::of(&repo.config, environment)?;
    let target = registry
        .connection_string(environment)?
        .target(environment)?;
    if let DatabaseTarget::Sqlite(file) = target {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(suffix);
            known.insert(name.into());
        }
    }
    for path in [&args.resume, &args.report, &args.html]
        .into_iter()
        .flatten()
    {
        known.insert(std::path::absolute(path)?);
    }
    Ok(known)
}
