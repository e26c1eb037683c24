//! Changing one part of a configuration and putting it back (`Config.updateParameters`).

use super::component::Component;
use super::configuration::Config;
use super::error::ConfigError;
use super::key_path::{self, Step};
use super::merge;
use super::value::{Key, Value, entry};

/// What to change in a part.
#[derive(Default)]
pub(super) struct PartUpdate<'a> {
    /// Keys to set.
    pub set: Vec<(&'a str, Value)>,
    /// Places to copy from the complete configuration.
    pub copy: &'a [&'a [&'a str]],
    /// Mappings to complete from the complete configuration, whatever `overwrite` says.
    pub merge: &'a [&'a str],
}

impl PartUpdate<'_> {
    /// Change the part of `config`; values that are there already stay unless `overwrite`.
    ///
    /// # Errors
    /// A place to copy that is missing from `full`.
    pub fn apply(
        &self,
        component: &Component,
        config: &mut Config,
        full: &Config,
        overwrite: bool,
    ) -> Result<(), ConfigError> {
        let has_part = |c: &Config| entry(&c.data, component.key).is_some();
        if has_part(full) && !has_part(config) {
            config
                .data
                .insert(Key::from(component.key), Value::map(Default::default()));
        }
        let mut local = Config::from_mapping(component.select(merge::copy(&config.data))?);
        for (key, value) in &self.set {
            if overwrite || entry(&local.data, key).is_none() {
                local.data.insert(Key::from(*key), value.clone());
            }
        }
        let complete = Config::from_mapping(component.select(merge::copy(&full.data))?);
        if !(self.copy.is_empty() && self.merge.is_empty()) {
            component.check(&complete.data)?;
        }
        for place in self.copy {
            let steps: Vec<Step> = place.iter().map(|key| Step::from(*key)).collect();
            if overwrite || local.get_steps(&steps).is_none() {
                let value = complete.get_steps(&steps).ok_or_else(|| {
                    ConfigError::value(
                        component.key,
                        format!("{} is missing", key_path::describe(&steps)),
                    )
                })?;
                key_path::set(&mut local.data, &steps, detached(value))?;
            }
        }
        for key in self.merge {
            merge_key(&mut local, &complete, key)?;
        }
        if has_part(config) {
            let part = Value::map(merge::deep_copy(&local.data));
            config.data.insert(Key::from(component.key), part);
        } else {
            merge::update(&mut config.data, &local.data);
        }
        Ok(())
    }
}

fn merge_key(local: &mut Config, complete: &Config, key: &str) -> Result<(), ConfigError> {
    let defaults = entry(&complete.data, key)
        .cloned()
        .ok_or_else(|| complete.missing(key))?;
    let merged = match (entry(&local.data, key), &defaults) {
        (None, _) => detached(defaults),
        (Some(Value::Map(own)), Value::Map(defaults)) => {
            let mut merged = merge::copy(defaults);
            merge::update(&mut merged, own);
            Value::map(merge::deep_copy(&merged))
        }
        (Some(other), _) => {
            return Err(ConfigError::value(
                key,
                format!("must be a mapping, not {}", other.kind()),
            ));
        }
    };
    local.data.insert(Key::from(key), merged);
    Ok(())
}

/// Mappings are copied when they are taken out of a configuration and set in another one.
fn detached(value: Value) -> Value {
    match value {
        Value::Map(mapping) => Value::map(merge::deep_copy(&mapping)),
        other => other,
    }
}
