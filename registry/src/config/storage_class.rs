//! Storage classes of a repo: their Python types, components and parameters, inheritance resolved.

use std::collections::{BTreeMap, BTreeSet};

use super::butler_config::ButlerConfig;
use super::error::ConfigError;
use super::value::{Mapping, Value, entry};

/// One storage class (`lsst/daf/butler/_storage_class.py`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageClass {
    /// Its name.
    pub name: String,
    /// The Python type of what it stores.
    pub pytype: String,
    /// Components that can be stored by themselves, and their storage classes.
    pub components: BTreeMap<String, String>,
    /// Components that are computed on reading, and their storage classes.
    pub derived_components: BTreeMap<String, String>,
    /// Parameters that reading takes.
    pub parameters: BTreeSet<String>,
}

impl StorageClass {
    /// The storage class of a component, stored or derived.
    pub fn component(&self, name: &str) -> Option<&str> {
        let own = self
            .components
            .get(name)
            .or_else(|| self.derived_components.get(name));
        own.map(String::as_str)
    }
}

/// All storage classes of a repo.
#[derive(Debug, Clone, Default)]
pub struct StorageClasses {
    by_name: BTreeMap<String, StorageClass>,
}

impl StorageClasses {
    /// Those of a complete configuration.
    ///
    /// # Errors
    /// A definition that is not of the expected shape, or inherits from or is made of one that does not exist.
    pub fn of(config: &ButlerConfig) -> Result<Self, ConfigError> {
        let section = config.config().get("storageClasses");
        let section = match &section {
            Some(Value::Map(section)) => section,
            _ => return Err(config.config().missing("storageClasses")),
        };
        let mut classes = Self::default();
        for name in section.keys().filter_map(|key| key.as_str()) {
            classes.add(name, section, &mut Vec::new())?;
        }
        for class in classes.by_name.values() {
            for (component, of) in class.components.iter().chain(&class.derived_components) {
                if !classes.by_name.contains_key(of) {
                    let reason =
                        format!("component {component} is of the unknown storage class {of}");
                    return Err(ConfigError::value(
                        format!("storageClasses.{}", class.name),
                        reason,
                    ));
                }
            }
        }
        Ok(classes)
    }

    /// The storage class of a name.
    pub fn get(&self, name: &str) -> Option<&StorageClass> {
        self.by_name.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &StorageClass> {
        self.by_name.values()
    }

    /// Add a class after the one that it inherits from; `heirs` are the classes waiting for it.
    fn add(
        &mut self,
        name: &str,
        section: &Mapping,
        heirs: &mut Vec<String>,
    ) -> Result<(), ConfigError> {
        if self.by_name.contains_key(name) {
            return Ok(());
        }
        let wrong = |reason: String| ConfigError::value(format!("storageClasses.{name}"), reason);
        let Some(Value::Map(definition)) = entry(section, name) else {
            let heirs = heirs.join(", ");
            return Err(wrong(format!(
                "is not defined as a mapping (needed by: {heirs})"
            )));
        };
        if heirs.iter().any(|heir| heir == name) {
            return Err(wrong("inherits from itself".to_owned()));
        }
        let mut class = match entry(definition, "inheritsFrom") {
            None | Some(Value::Null) => StorageClass::default(),
            Some(Value::Str(base)) => {
                heirs.push(name.to_owned());
                self.add(base, section, heirs)?;
                heirs.pop();
                self.by_name.get(&**base).cloned().unwrap_or_default()
            }
            Some(other) => {
                return Err(wrong(format!(
                    "inheritsFrom must be text, not {}",
                    other.kind()
                )));
            }
        };
        class.name = name.to_owned();
        match entry(definition, "pytype") {
            Some(Value::Str(pytype)) => class.pytype = pytype.to_string(),
            None | Some(Value::Null) if !class.pytype.is_empty() => {}
            _ => return Err(wrong("pytype must be the name of a Python type".to_owned())),
        }
        class
            .components
            .extend(names(definition, "components").map_err(wrong)?);
        class
            .derived_components
            .extend(names(definition, "derivedComponents").map_err(wrong)?);
        class
            .parameters
            .extend(texts(definition, "parameters").map_err(wrong)?);
        self.by_name.insert(name.to_owned(), class);
        Ok(())
    }
}

/// A mapping from text to text; absent is empty.
fn names(definition: &Mapping, key: &str) -> Result<Vec<(String, String)>, String> {
    let wrong = || format!("{key} must map names to storage classes");
    match entry(definition, key) {
        None => Ok(Vec::new()),
        Some(Value::Map(mapping)) => mapping
            .iter()
            .map(|(k, v)| Some((k.as_str()?.to_owned(), v.as_str()?.to_owned())))
            .collect::<Option<_>>()
            .ok_or_else(wrong),
        Some(_) => Err(wrong()),
    }
}

/// A list of texts; absent is empty.
fn texts(definition: &Mapping, key: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("{key} must be a list of names");
    match entry(definition, key) {
        None => Ok(Vec::new()),
        Some(Value::List(items)) => items
            .iter()
            .map(|v| v.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(wrong),
        Some(_) => Err(wrong()),
    }
}
