//! The key `includeConfigs`: other files merged below what is written at its place.

use super::configuration::{Config, mapping_of};
use super::environment::Environment;
use super::error::ConfigError;
use super::key_path::{self, Step};
use super::merge;
use super::reader::{self, MAX_INCLUDES};
use super::resource_path::ResourcePath;
use super::value::{Key, Mapping, Value};

const INCLUDE: &str = "includeConfigs";

/// Read a configuration file and everything it includes.
pub(super) fn read_config(
    file: &ResourcePath,
    environment: &Environment,
    depth: usize,
) -> Result<Config, ConfigError> {
    let value = reader::read_file(file, environment)?;
    let data = mapping_of(value, &format!("the top of {file}"))?;
    let mut config = Config {
        data,
        file: Some(file.clone()),
    };
    process(&mut config, environment, depth)?;
    Ok(config)
}

/// Replace every `includeConfigs` by what it names (`Config._processExplicitIncludes`): looked for in the
/// working directory, then beside the file; what is written explicitly wins.
pub(super) fn process(
    config: &mut Config,
    environment: &Environment,
    depth: usize,
) -> Result<(), ConfigError> {
    let include = Step::Key(Key::from(INCLUDE));
    let places = key_path::all_places(&config.data);
    for place in places.into_iter().filter(|p| p.last() == Some(&include)) {
        if depth >= MAX_INCLUDES {
            let reason = format!("files include each other more than {MAX_INCLUDES} deep");
            return Err(ConfigError::value(INCLUDE, reason));
        }
        let Some(names) = key_path::remove(&mut config.data, &place) else {
            return Err(ConfigError::value(
                key_path::describe(&place),
                "was replaced by another include",
            ));
        };
        let included = read_all(names, config.file.as_ref(), environment, depth)?;
        attach(config, &place[..place.len() - 1], included)?;
    }
    Ok(())
}

fn read_all(
    names: Value,
    beside: Option<&ResourcePath>,
    environment: &Environment,
    depth: usize,
) -> Result<Mapping, ConfigError> {
    let single = [names.clone()];
    let names = names.as_list().unwrap_or(&single);
    let mut merged = Mapping::new();
    for name in names {
        let Some(name) = name.as_str() else {
            return Err(ConfigError::value(
                INCLUDE,
                format!("takes file names, not {}", name.kind()),
            ));
        };
        let file = find(name, beside, environment)?;
        let config = read_config(&file, environment, depth + 1)?;
        merge::update(&mut merged, &config.data);
    }
    Ok(merged)
}

fn find(
    name: &str,
    beside: Option<&ResourcePath>,
    environment: &Environment,
) -> Result<ResourcePath, ConfigError> {
    let wanted = ResourcePath::parse_relative(&environment.expand_variables(name), environment)?;
    if wanted.is_absolute() {
        return Ok(wanted);
    }
    let here = ResourcePath::folder(environment.current_dir());
    let folders = [Some(here), beside.map(ResourcePath::dirname)];
    folders
        .into_iter()
        .flatten()
        .map(|folder| folder.join(&wanted))
        .find(|file| file.to_path().exists())
        .ok_or_else(|| ConfigError::NotFound {
            what: "included configuration".to_owned(),
            path: wanted.to_string(),
            hint: " (looked in the working directory and beside the configuration file)".to_owned(),
        })
}

fn attach(config: &mut Config, base: &[Step], mut included: Mapping) -> Result<(), ConfigError> {
    if base.is_empty() {
        merge::update(&mut included, &config.data);
        config.data = included;
        return Ok(());
    }
    if let Some(Value::Map(own)) = config.get_steps(base) {
        merge::update(&mut included, &own);
    }
    key_path::set(
        &mut config.data,
        base,
        Value::map(merge::deep_copy(&included)),
    )
}
