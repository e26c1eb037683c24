//! Which repositories are served, and under which labels.
use std::path::{Path, PathBuf};

use pantry_api::RepoSetting;
use pantry_registry::config::{Environment, RepoLocation, RepositoryIndex, resolve_repo};

use crate::failure::Failure;

/// Variables by which the index is found (`lsst/daf/butler/_butler_repo_index.py`).
const INDEX: &str = "DAF_BUTLER_REPOSITORY_INDEX";
const REPOSITORIES: &str = "DAF_BUTLER_REPOSITORIES";

/// Arguments that say what is served.
#[derive(Debug, clap::Args)]
pub struct RepoArgs {
    /// What is served: a folder, a butler.yaml or a label of the repository index. Its label in paths is LABEL, or the
    /// folder's name
    #[arg(value_name = "[LABEL=]REPO", required_unless_present_any = ["all", "repo_index"])]
    repos: Vec<String>,

    /// Serve every repository of the index, under its labels there
    #[arg(long)]
    all: bool,

    /// The repository index, in place of $DAF_BUTLER_REPOSITORY_INDEX; without REPO every repository in it is served
    #[arg(long, value_name = "FILE")]
    repo_index: Option<PathBuf>,
}

impl RepoArgs {
    /// The environment with the index that was given.
    pub fn environment(&self, environment: Environment) -> Environment {
        match &self.repo_index {
            Some(file) => environment
                .with_variable(INDEX, &file.to_string_lossy())
                .with_variable(REPOSITORIES, ""),
            None => environment,
        }
    }

    /// The repositories and their labels.
    ///
    /// # Errors
    /// Those of the index; a usage error for a repository that gives no label.
    pub fn settings(&self, environment: &Environment) -> Result<Vec<RepoSetting>, Failure> {
        let mut settings = Vec::new();
        if self.all || self.repos.is_empty() {
            settings = indexed(environment)?;
        }
        for word in &self.repos {
            settings.push(setting(word)?);
        }
        Ok(settings)
    }
}

/// The repositories of the index that can be served. Others do not keep these from being served.
fn indexed(environment: &Environment) -> Result<Vec<RepoSetting>, Failure> {
    let index = RepositoryIndex::from_environment(environment)?;
    let mut settings = Vec::new();
    for label in index.labels() {
        let repo = index.uri(label)?;
        if !is_label(label) {
            tracing::warn!("'{label}' of the index is not served: it cannot be part of a path");
        } else if let RepoLocation::Remote { .. } = resolve_repo(repo, environment)?.location {
            tracing::warn!("'{label}' of the index is not served: it is on a server already");
        } else {
            settings.push(RepoSetting {
                label: label.to_owned(),
                repo: repo.to_owned(),
            });
        }
    }
    match settings.is_empty() {
        true => Err(Failure::error("the index has no repository to serve")),
        false => Ok(settings),
    }
}

fn is_label(text: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !text.is_empty() && text.chars().all(is_fit)
}

/// A repo and its label: what is before the first `=`, or the name of the folder.
fn setting(word: &str) -> Result<RepoSetting, Failure> {
    if let Some((label, repo)) = word.split_once('=')
        && is_label(label)
    {
        return Ok(RepoSetting {
            label: label.to_owned(),
            repo: repo.to_owned(),
        });
    }
    let path = word.trim_end_matches('/').trim_end_matches("/butler.yaml");
    let full = Path::new(path).canonicalize();
    let name = full.as_deref().unwrap_or(Path::new(path)).file_name();
    match name
        .and_then(|name| name.to_str())
        .filter(|name| is_label(name))
    {
        Some(label) => Ok(RepoSetting {
            label: label.to_owned(),
            repo: word.to_owned(),
        }),
        None => Err(Failure::Usage(format!(
            "'{word}' gives no label for paths; say LABEL={word} with a label of letters, digits, '-', '_' and '.'"
        ))),
    }
}
