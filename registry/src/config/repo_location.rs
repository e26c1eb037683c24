//! What the argument REPO means: a label, a folder, a configuration file, or a server.

use super::environment::Environment;
use super::error::ConfigError;
use super::repository_index::RepositoryIndex;
use super::resource_path::ResourcePath;

/// Name of the configuration file in the root of a repo.
pub const CONFIG_FILE: &str = "butler.yaml";

/// Where a repo is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepoLocation {
    /// A configuration file on this machine.
    Local {
        /// The file; it may not exist.
        config_file: ResourcePath,
    },
    /// Something else: a Butler server or an object store.
    Remote {
        /// Its URI.
        uri: String,
    },
}

/// A location and how it came about, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedRepo {
    /// Where the repo is.
    pub location: RepoLocation,
    /// What stands behind "not found" when the file is missing: the label it came from or the labels that exist.
    pub hint: String,
}

/// Find out what REPO means. As in the reference a label of the repository index goes before a path; any trouble
/// with the index only matters if there is no such path (`lsst/daf/butler/_butler_config.py`).
pub fn resolve_repo(repo: &str, environment: &Environment) -> Result<ResolvedRepo, ConfigError> {
    let index = RepositoryIndex::from_environment(environment);
    let resolved = index.as_ref().ok().and_then(|index| index.uri(repo).ok());
    let hint = match (&index, resolved) {
        (_, Some(_)) => format!(" (resolved from alias '{repo}')"),
        (Ok(index), None) if index.labels().next().is_some() => {
            let known: Vec<&str> = index.labels().collect();
            format!(" (given '{repo}' and known aliases: {})", known.join(", "))
        }
        (Ok(_), None) => format!(" (given '{repo}' and no known aliases)"),
        (Err(reason), None) => format!(" (given '{repo}' and no known aliases: {reason})"),
    };
    let location = match ResourcePath::parse(resolved.unwrap_or(repo), environment) {
        Ok(path) if path.is_dir() => {
            let config_file = path.as_folder().sibling(CONFIG_FILE);
            RepoLocation::Local { config_file }
        }
        Ok(config_file) => RepoLocation::Local { config_file },
        Err(ConfigError::Remote { uri }) => RepoLocation::Remote { uri },
        Err(other) => return Err(other),
    };
    Ok(ResolvedRepo { location, hint })
}
