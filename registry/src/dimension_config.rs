//! The definition of the dimension universe that a new repo gets (`DimensionConfig`,
//! `lsst/daf/butler/dimensions/_config.py`).

use crate::config::{Config, ConfigError, ConfigFormat, Environment, ResourcePath};
use crate::model::universe::Universe;

/// The JSON to store: that of `file` (`--dimension-config`), else of the first `dimensions.yaml` in the folders of
/// `DAF_BUTLER_CONFIG_PATH`, else of universe 8. Nothing is merged.
///
/// # Errors
/// A file that is missing, unreadable or not a mapping. Whether it defines a universe is for
/// [`Universe::from_json`] to say.
pub fn dimension_config(
    file: Option<&str>,
    environment: &Environment,
) -> Result<String, ConfigError> {
    let config = match file.map(|f| ResourcePath::parse(f, environment)) {
        Some(file) => Config::read(&file?, environment)?,
        None => match default_file(environment)? {
            Some(file) => Config::read(&file, environment)?,
            None => Config::from_yaml(Universe::default_json(), environment)?,
        },
    };
    config.dump(ConfigFormat::Json)
}

fn default_file(environment: &Environment) -> Result<Option<ResourcePath>, ConfigError> {
    let folders = environment.variable("DAF_BUTLER_CONFIG_PATH");
    for folder in folders.unwrap_or_default().split(':') {
        if folder.is_empty() {
            continue;
        }
        let folder = ResourcePath::parse(folder, environment)?.as_folder();
        let file = folder.sibling("dimensions.yaml");
        if file.to_path().exists() {
            return Ok(Some(file));
        }
    }
    Ok(None)
}
