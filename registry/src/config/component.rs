//! The parts of a configuration that bring their own defaults (`lsst.daf.butler.ConfigSubset`).

use std::sync::Arc;

use super::configuration::mapping_of;
use super::environment::Environment;
use super::error::ConfigError;
use super::include;
use super::merge;
use super::reader;
use super::resource_path::ResourcePath;
use super::value::{Key, Mapping, Value, entry};

/// PATH-like variable with folders whose files go over the defaults; earlier ones win.
pub(super) const SEARCH_PATH: &str = "DAF_BUTLER_CONFIG_PATH";

/// One part: its key, its default file, the keys that it cannot be without.
#[derive(Debug)]
pub(super) struct Component {
    pub key: &'static str,
    pub default_file: &'static str,
    pub required: &'static [&'static str],
}

pub(super) const REGISTRY: Component = Component {
    key: "registry",
    default_file: "registry.yaml",
    required: &["db"],
};
pub(super) const STORAGE_CLASSES: Component = Component {
    key: "storageClasses",
    default_file: "storageClasses.yaml",
    required: &[],
};
pub(super) const DATASTORE: Component = Component {
    key: "datastore",
    default_file: "datastore.yaml",
    required: &["cls"],
};
pub(super) const TRANSFER_FORMATS: Component = Component {
    key: "repo_transfer_formats",
    default_file: "repo_transfer_formats.yaml",
    required: &[],
};

/// A datastore class of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatastoreClass {
    /// Files under a root.
    File,
    /// Nothing on disk.
    InMemory,
    /// Several datastores one after another, under `datastores`.
    Chained,
}

impl DatastoreClass {
    /// The class of a Python name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "lsst.daf.butler.datastores.fileDatastore.FileDatastore" => Some(Self::File),
            "lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore" => {
                Some(Self::InMemory)
            }
            "lsst.daf.butler.datastores.chainedDatastore.ChainedDatastore" => Some(Self::Chained),
            _ => None,
        }
    }

    /// Last part of the Python name.
    pub fn short_name(self) -> &'static str {
        match self {
            Self::File => "FileDatastore",
            Self::InMemory => "InMemoryDatastore",
            Self::Chained => "ChainedDatastore",
        }
    }

    fn default_file(self) -> &'static str {
        match self {
            Self::File => "datastores/fileDatastore.yaml",
            Self::InMemory => "datastores/inMemoryDatastore.yaml",
            Self::Chained => "datastores/chainedDatastore.yaml",
        }
    }
}

/// Key of a chained datastore's members.
pub(super) const CONTAINER: &str = "datastores";

/// Classes without defaults that the `cls` of another part may name.
const PLAIN_CLASSES: &[&str] = &["lsst.daf.butler.registry.sql_registry.SqlRegistry"];

/// A list that gained defaults in place: the reference changes the caller's list too.
pub(super) struct ReplacedList {
    pub identity: usize,
    pub new: Value,
}

/// Folders that are searched for default files, most important first.
pub(super) struct SearchPath<'a> {
    folders: Vec<ResourcePath>,
    environment: &'a Environment,
}

impl<'a> SearchPath<'a> {
    /// The given folders, then those of `DAF_BUTLER_CONFIG_PATH`; the embedded defaults come last.
    pub fn new(folders: &[String], environment: &'a Environment) -> Result<Self, ConfigError> {
        let from_variable = environment.variable(SEARCH_PATH);
        let all = folders
            .iter()
            .map(String::as_str)
            .chain(from_variable.into_iter().flat_map(|p| p.split(':')));
        let folders = all
            .map(|folder| Ok(ResourcePath::parse(folder, environment)?.as_folder()))
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            folders,
            environment,
        })
    }

    /// Merge a default file from everywhere it exists. A file of that name in the working directory is taken
    /// alone, as the reference does.
    fn read_into(
        &self,
        target: &mut Mapping,
        component: &Component,
        name: &str,
    ) -> Result<(), ConfigError> {
        let here = ResourcePath::parse(name, self.environment)?;
        if here.to_path().exists() {
            return self.read_file(target, component, &here);
        }
        if let Some(value) = reader::read_embedded(name, self.environment) {
            merge::update(target, &component.select(mapping_of(value?, name)?)?);
        }
        for folder in self.folders.iter().rev() {
            let file = folder.join(&ResourcePath::parse_relative(name, self.environment)?);
            if file.to_path().exists() {
                self.read_file(target, component, &file)?;
            }
        }
        Ok(())
    }

    fn read_file(
        &self,
        target: &mut Mapping,
        component: &Component,
        file: &ResourcePath,
    ) -> Result<(), ConfigError> {
        let config = include::read_config(file, self.environment, 0)?;
        merge::update(target, &component.select(config.data)?);
        Ok(())
    }
}

impl Component {
    /// The part inside a larger configuration; a configuration without the key is the part itself.
    pub fn select(&self, whole: Mapping) -> Result<Mapping, ConfigError> {
        let Some(part) = entry(&whole, self.key) else {
            return Ok(whole);
        };
        // An included file may repeat its own key.
        let doubled = part.as_map().and_then(|inner| entry(inner, self.key));
        match doubled.unwrap_or(part) {
            Value::Map(mapping) => Ok((**mapping).clone()),
            other => Err(ConfigError::value(
                self.key,
                format!("must be a mapping, not {}", other.kind()),
            )),
        }
    }

    /// The part with all its defaults below what is given (`ConfigSubset.__init__`).
    ///
    /// # Errors
    /// Unreadable defaults, an unknown `cls`, a missing required key.
    pub fn with_defaults(
        &self,
        given: Option<&Mapping>,
        search: &SearchPath<'_>,
        replaced: &mut Vec<ReplacedList>,
    ) -> Result<Mapping, ConfigError> {
        let given = self.select(given.map(merge::copy).unwrap_or_default())?;
        let mut merged = Mapping::new();
        search.read_into(&mut merged, self, self.default_file)?;
        let class = self.class(entry(&given, "cls").or_else(|| entry(&merged, "cls")))?;
        if let Some(class) = class {
            search.read_into(&mut merged, self, class.default_file())?;
        }
        merge::update(&mut merged, &given);
        if class == Some(DatastoreClass::Chained) {
            self.complete_members(&mut merged, search, replaced)?;
        }
        self.check(&merged)?;
        Ok(merged)
    }

    fn class(&self, cls: Option<&Value>) -> Result<Option<DatastoreClass>, ConfigError> {
        let key = || format!("{}.cls", self.key);
        match cls {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(name)) if PLAIN_CLASSES.contains(&&**name) => Ok(None),
            Some(Value::Str(name)) => {
                DatastoreClass::from_name(name)
                    .map(Some)
                    .ok_or_else(|| ConfigError::UnknownClass {
                        key: key(),
                        class: name.to_string(),
                    })
            }
            Some(other) => Err(ConfigError::value(
                key(),
                format!("must be text, not {}", other.kind()),
            )),
        }
    }

    /// Give every member of a chained datastore its own defaults.
    fn complete_members(
        &self,
        merged: &mut Mapping,
        search: &SearchPath<'_>,
        replaced: &mut Vec<ReplacedList>,
    ) -> Result<(), ConfigError> {
        let Some(list) = entry(merged, CONTAINER).cloned() else {
            return Ok(());
        };
        let wrong = |what: &Value| {
            ConfigError::value(
                format!("{}.{CONTAINER}", self.key),
                format!("must be a list of mappings, not {}", what.kind()),
            )
        };
        let items = list.as_list().ok_or_else(|| wrong(&list))?;
        let mut complete = Vec::with_capacity(items.len());
        for item in items {
            let member = item.as_map().ok_or_else(|| wrong(item))?;
            let member = self.with_defaults(Some(member), search, replaced)?;
            complete.push(Value::map(merge::deep_copy(&member)));
        }
        let new = Value::List(Arc::new(complete));
        if let Some(identity) = list.identity() {
            replaced.push(ReplacedList {
                identity,
                new: new.clone(),
            });
        }
        merged.insert(Key::from(CONTAINER), new);
        Ok(())
    }

    /// Refuse a part without its required keys.
    pub fn check(&self, part: &Mapping) -> Result<(), ConfigError> {
        let missing: Vec<&str> = self
            .required
            .iter()
            .copied()
            .filter(|key| entry(part, key).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(ConfigError::value(
            self.key,
            format!("mandatory keys are missing: {}", missing.join(", ")),
        ))
    }
}
