//! The complete configuration of a repo: its `butler.yaml` over the defaults of every part.

use super::component::{self, Component, ReplacedList, SearchPath};
use super::configuration::Config;
use super::environment::Environment;
use super::error::ConfigError;
use super::merge;
use super::repo_location::{RepoLocation, resolve_repo};
use super::resource_path::ResourcePath;
use super::value::{Key, Mapping, Value, entry};

/// The tag that stands for the root of the repo in its configuration.
pub const BUTLER_ROOT_TAG: &str = "<butlerRoot>";

/// In the order in which the reference adds them.
const COMPONENTS: [&Component; 4] = [
    &component::REGISTRY,
    &component::STORAGE_CLASSES,
    &component::DATASTORE,
    &component::TRANSFER_FORMATS,
];

/// A configuration with all defaults (`lsst.daf.butler.ButlerConfig`).
#[derive(Debug, Clone)]
pub struct ButlerConfig {
    config: Config,
    config_dir: Option<ResourcePath>,
}

impl ButlerConfig {
    /// Read the configuration of REPO: a label of the repository index, a folder, a configuration file or a
    /// `file://` URI. `search_paths` are folders with defaults that go over those of `DAF_BUTLER_CONFIG_PATH`.
    ///
    /// # Errors
    /// [`ConfigError::NotFound`] with what is known about labels, [`ConfigError::Remote`] for a server.
    pub fn load(
        repo: &str,
        search_paths: &[String],
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let resolved = resolve_repo(repo, environment)?;
        let config_file = match resolved.location {
            RepoLocation::Local { config_file } => config_file,
            RepoLocation::Remote { uri } => return Err(ConfigError::Remote { uri }),
        };
        let config = Config::read(&config_file, environment).map_err(|error| match error {
            ConfigError::NotFound { what, path, hint } if hint.is_empty() => {
                ConfigError::NotFound {
                    what,
                    path,
                    hint: resolved.hint,
                }
            }
            other => other,
        })?;
        Self::from_config(config, search_paths, environment)
    }

    /// Complete a configuration that was read or made before.
    ///
    /// # Errors
    /// Unreadable or contradictory defaults.
    pub fn from_config(
        config: Config,
        search_paths: &[String],
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        Self::complete(config, search_paths, environment).map(|(complete, _)| complete)
    }

    pub(super) fn complete(
        mut given: Config,
        search_paths: &[String],
        environment: &Environment,
    ) -> Result<(Self, Vec<ReplacedList>), ConfigError> {
        let search = SearchPath::new(search_paths, environment)?;
        let mut replaced = Vec::new();
        let mut data = Mapping::new();
        for component in COMPONENTS {
            let own = entry(&given.data, component.key)
                .is_some()
                .then_some(&given.data);
            let part = component.with_defaults(own, &search, &mut replaced)?;
            let part = Mapping::from_iter([(Key::from(component.key), Value::map(part))]);
            merge::update(&mut data, &part);
            given.data.shift_remove(&Key::from(component.key));
        }
        merge::update(&mut data, &given.data);
        let config_dir = given.file.as_ref().map(ResourcePath::dirname);
        let config = Config {
            data,
            file: given.file,
        };
        Ok((Self { config, config_dir }, replaced))
    }

    /// All values.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The folder of the configuration file.
    pub fn config_dir(&self) -> Option<&ResourcePath> {
        self.config_dir.as_ref()
    }

    /// The root of the repo: the key `root` where given, else the folder of the configuration file.
    ///
    /// # Errors
    /// [`ConfigError::Remote`] if the root is not local, [`ConfigError::MissingKey`] if there is none.
    pub fn root(&self, environment: &Environment) -> Result<ResourcePath, ConfigError> {
        match self.config.text("root")? {
            Some(root) if !root.is_empty() => {
                Ok(ResourcePath::parse(&root, environment)?.as_folder())
            }
            _ => self
                .config_dir
                .clone()
                .ok_or_else(|| self.config.missing("root")),
        }
    }

    /// A text value with `<butlerRoot>` replaced by the absolute path of the root, without a slash at its end.
    ///
    /// # Errors
    /// As [`ButlerConfig::root`] if the tag is there; a value that is not text.
    pub fn expanded(
        &self,
        key: &str,
        environment: &Environment,
    ) -> Result<Option<String>, ConfigError> {
        match self.config.text(key)? {
            Some(text) if text.contains(BUTLER_ROOT_TAG) => {
                let root = self.root(environment)?;
                Ok(Some(text.replace(BUTLER_ROOT_TAG, root.as_str())))
            }
            other => Ok(other),
        }
    }
}
