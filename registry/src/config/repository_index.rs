//! Labels for repos: the index named by `DAF_BUTLER_REPOSITORY_INDEX` or given in `DAF_BUTLER_REPOSITORIES`.

use std::collections::BTreeMap;

use super::configuration::Config;
use super::environment::Environment;
use super::error::ConfigError;
use super::reader;
use super::resource_path::ResourcePath;
use super::value::Mapping;

/// Variable with the URI of the index file.
const INDEX: &str = "DAF_BUTLER_REPOSITORY_INDEX";
/// Variable with the index itself.
const REPOSITORIES: &str = "DAF_BUTLER_REPOSITORIES";

/// Label to URI (`lsst.daf.butler.ButlerRepoIndex`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryIndex {
    repositories: BTreeMap<String, String>,
}

impl RepositoryIndex {
    /// Read the index that the environment names.
    ///
    /// # Errors
    /// [`ConfigError::RepositoryIndex`] when none or both of the variables are set, the file is missing, or the
    /// index is not a mapping from text to text.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        match (
            environment.non_empty(INDEX),
            environment.non_empty(REPOSITORIES),
        ) {
            (Some(_), Some(_)) => Err(ConfigError::RepositoryIndex(format!(
                "Only one of the environment variables {REPOSITORIES} and {INDEX} should be set."
            ))),
            (None, Some(text)) => {
                let value = reader::read_text(text, environment);
                let value = value.map_err(|error| {
                    ConfigError::RepositoryIndex(format!("{REPOSITORIES}: {error}"))
                })?;
                value
                    .as_map()
                    .and_then(Self::from_mapping)
                    .ok_or_else(wrong_format)
            }
            (Some(uri), None) => Self::from_file(uri, environment),
            (None, None) => Err(ConfigError::RepositoryIndex(format!(
                "No repository index defined. Neither of the environment variables {REPOSITORIES} or {INDEX} was set."
            ))),
        }
    }

    fn from_file(uri: &str, environment: &Environment) -> Result<Self, ConfigError> {
        let unreadable = |error: ConfigError| match error {
            ConfigError::NotFound { .. } => ConfigError::RepositoryIndex(format!(
                "Butler repository index file not found at {uri}."
            )),
            other => ConfigError::RepositoryIndex(format!(
                "Butler repository index file at {uri} could not be read: {other}"
            )),
        };
        let file = ResourcePath::parse(uri, environment).map_err(unreadable)?;
        let config = Config::read(&file, environment).map_err(unreadable)?;
        Self::from_mapping(&config.data).ok_or_else(|| unreadable(wrong_format()))
    }

    fn from_mapping(mapping: &Mapping) -> Option<Self> {
        let repositories = mapping
            .iter()
            .map(|(label, uri)| Some((label.as_str()?.to_owned(), uri.as_str()?.to_owned())))
            .collect::<Option<_>>()?;
        Some(Self { repositories })
    }

    /// Every label, sorted.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.repositories.keys().map(String::as_str)
    }

    /// The URI of a label.
    ///
    /// # Errors
    /// [`ConfigError::RepositoryIndex`] for an unknown label.
    pub fn uri(&self, label: &str) -> Result<&str, ConfigError> {
        self.repositories
            .get(label)
            .map(String::as_str)
            .ok_or_else(|| {
                ConfigError::RepositoryIndex(format!(
                    "Label '{label}' not known to repository index"
                ))
            })
    }
}

fn wrong_format() -> ConfigError {
    ConfigError::RepositoryIndex("Repository index not in expected format".to_owned())
}
