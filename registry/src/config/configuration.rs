//! A hierarchical configuration: read, looked up, merged, dumped.

use super::environment::Environment;
use super::error::ConfigError;
use super::key_path::{self, Step};
use super::resource_path::ResourcePath;
use super::value::{Mapping, Value, entry};
use super::{include, json, merge, python_text, reader, yaml};

/// Format of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFormat {
    /// YAML in block style, keys sorted.
    Yaml,
    /// JSON on one line, keys in order of insertion.
    Json,
}

impl ConfigFormat {
    /// The format of a file extension, with or without its point.
    ///
    /// # Errors
    /// [`ConfigError::Format`] for anything but `yaml` and `json`.
    pub fn from_extension(extension: &str) -> Result<Self, ConfigError> {
        match extension.trim_start_matches('.').to_lowercase().as_str() {
            "yaml" => Ok(Self::Yaml),
            "json" => Ok(Self::Json),
            other => Err(ConfigError::Format(other.to_owned())),
        }
    }
}

/// A configuration (`lsst.daf.butler.Config`).
#[derive(Debug, Clone, Default)]
pub struct Config {
    pub(super) data: Mapping,
    pub(super) file: Option<ResourcePath>,
}

impl Config {
    /// Read a `.yaml` or `.json` file with everything it includes.
    ///
    /// # Errors
    /// A file that is missing, unreadable or not a mapping.
    pub fn read(file: &ResourcePath, environment: &Environment) -> Result<Self, ConfigError> {
        include::read_config(file, environment, 0)
    }

    /// Read YAML text; includes are looked for in the working directory.
    ///
    /// # Errors
    /// Text that is not a YAML mapping.
    pub fn from_yaml(text: &str, environment: &Environment) -> Result<Self, ConfigError> {
        let value = reader::read_text(text, environment)?;
        let mut config = Self {
            data: mapping_of(value, "the configuration")?,
            file: None,
        };
        include::process(&mut config, environment, 0)?;
        Ok(config)
    }

    /// A configuration with these entries.
    pub fn from_mapping(data: Mapping) -> Self {
        Self { data, file: None }
    }

    /// All entries.
    pub fn mapping(&self) -> &Mapping {
        &self.data
    }

    /// The file it was read from.
    pub fn file(&self) -> Option<&ResourcePath> {
        self.file.as_ref()
    }

    /// The value under a key (`.datastore.root` or a plain top-level key).
    pub fn get(&self, key: &str) -> Option<Value> {
        self.get_steps(&self.steps(key).ok()?)
    }

    /// The text under a key: `None` if absent or null.
    ///
    /// # Errors
    /// A value that is not text.
    pub fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        match self.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.to_string())),
            Some(other) => Err(ConfigError::value(
                key,
                format!("must be text, not {}", other.kind()),
            )),
        }
    }

    /// Set the value under a key, making mappings on the way.
    ///
    /// # Errors
    /// A key that leads through something that is not a mapping.
    pub fn set(&mut self, key: &str, value: Value) -> Result<(), ConfigError> {
        let steps = self.steps(key)?;
        key_path::set(&mut self.data, &steps, value)
    }

    /// Take out the value under a key.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let steps = self.steps(key).ok()?;
        key_path::remove(&mut self.data, &steps)
    }

    /// Put all entries of another configuration over this one.
    pub fn update(&mut self, other: &Config) {
        merge::update(&mut self.data, &other.data);
    }

    /// Fill in the entries of another configuration that are not here.
    pub fn merge(&mut self, other: &Config) {
        let mut merged = merge::copy(&other.data);
        merge::update(&mut merged, &self.data);
        self.data = merged;
    }

    /// The whole as text, as the reference writes it.
    ///
    /// # Errors
    /// [`ConfigError::Format`] if a date is to be written as JSON.
    pub fn dump(&self, format: ConfigFormat) -> Result<String, ConfigError> {
        let root = Value::map(self.data.clone());
        match format {
            ConfigFormat::Yaml => Ok(yaml::emit(&root)),
            ConfigFormat::Json => json::write(&root)
                .ok_or_else(|| ConfigError::Format("json (the configuration holds a date)".into())),
        }
    }

    /// What `config-dump --subset KEY` prints: the mapping under the key, or `KEY: value` with a line end.
    ///
    /// # Errors
    /// [`ConfigError::MissingKey`] if there is nothing under the key.
    pub fn dump_subset(&self, key: &str, format: ConfigFormat) -> Result<String, ConfigError> {
        let value = self
            .get_steps(&self.steps(key)?)
            .ok_or_else(|| self.missing(key))?;
        match (value, format) {
            (Value::Map(data), _) => Self::from_mapping(merge::copy(&data)).dump(format),
            (value, ConfigFormat::Yaml) => Ok(format!("{key}: {}\n", python_text::display(&value))),
            (value, ConfigFormat::Json) => json::write(&value)
                .ok_or_else(|| ConfigError::Format("json (the value is a date)".into())),
        }
    }

    pub(super) fn missing(&self, key: &str) -> ConfigError {
        let known: Vec<String> = self
            .data
            .keys()
            .map(|k| python_text::display(k.value()))
            .collect();
        let place = self
            .file
            .as_ref()
            .map(|f| format!(" at {f}"))
            .unwrap_or_default();
        ConfigError::MissingKey {
            key: key.to_owned(),
            place,
            known: known.join(", "),
        }
    }

    /// A key that exists as it is at the top level needs no splitting.
    fn steps(&self, key: &str) -> Result<Vec<Step>, ConfigError> {
        if entry(&self.data, key).is_some() {
            return Ok(vec![Step::from(key)]);
        }
        key_path::split(key)
    }

    pub(super) fn get_steps(&self, steps: &[Step]) -> Option<Value> {
        let (first, rest) = steps.split_first()?;
        let Step::Key(key) = first else { return None };
        let mut value = self.data.get(key)?.clone();
        for step in rest {
            value = key_path::child(&value, step)?;
        }
        Some(value)
    }
}

/// The mapping inside a value; null counts as an empty one.
pub(super) fn mapping_of(value: Value, what: &str) -> Result<Mapping, ConfigError> {
    match value {
        Value::Null => Ok(Mapping::new()),
        Value::Map(mapping) => Ok(std::sync::Arc::unwrap_or_clone(mapping)),
        other => Err(ConfigError::value(
            what,
            format!("must be a mapping, not {}", other.kind()),
        )),
    }
}
