//! The `butler.yaml` of a new repo (`lsst.daf.butler.Butler.makeRepo`, its first half).

use super::butler_config::{BUTLER_ROOT_TAG, ButlerConfig};
use super::component::{self, SearchPath};
use super::configuration::{Config, ConfigFormat};
use super::environment::Environment;
use super::error::ConfigError;
use super::key_path::{self, Step};
use super::merge;
use super::part_update::PartUpdate;
use super::registry_config::RegistryConfig;
use super::repo_location::CONFIG_FILE;
use super::resource_path::ResourcePath;
use super::root_setting;
use super::value::Value;

/// What to make of a seed configuration.
#[derive(Debug, Clone)]
pub struct RepoConfigOptions {
    /// REPO as given: path or `file://` URI of the folder to be created.
    pub root: String,
    /// Write all defaults, not only what differs between repos (`--standalone`).
    pub standalone: bool,
    /// Keep root, class, record table and database of the seed (`--override`); else they are forced to the
    /// defaults of a repo below its root.
    pub keep_seed: bool,
    /// Write to this file or folder instead of the root (`--outfile`).
    pub outfile: Option<String>,
    /// Folders with defaults that go over those of `DAF_BUTLER_CONFIG_PATH`.
    pub search_paths: Vec<String>,
}

/// A configuration ready to be written.
#[derive(Debug, Clone)]
pub struct RepoConfig {
    /// The configuration, with the obscore section that the file does not get.
    pub config: Config,
    /// Root folder of the repo.
    pub root: ResourcePath,
    /// The file to write.
    pub target: ResourcePath,
    /// Its whole content.
    pub text: String,
    /// Things the caller should tell the user.
    pub warnings: Vec<String>,
}

/// Make the configuration of a new repo from a seed. Reads defaults and, to learn the database's kind, credential
/// files; writes nothing.
///
/// # Errors
/// A seed that is not usable, an unknown datastore or database class, a target without `.yaml` or `.json`.
pub fn repo_config(
    seed: Option<&Config>,
    options: &RepoConfigOptions,
    environment: &Environment,
) -> Result<RepoConfig, ConfigError> {
    let root = ResourcePath::parse(&options.root, environment)?.as_folder();
    let mut config = Config::from_mapping(seed.map(|s| merge::copy(&s.data)).unwrap_or_default());
    config.remove("root");
    let (full, replaced) =
        ButlerConfig::complete(config.clone(), &options.search_paths, environment)?;
    for list in replaced {
        merge::replace_list(&mut config.data, list.identity, &list.new);
    }
    let full = full.config();
    let overwrite = !options.keep_seed;
    root_setting::set_config_root(BUTLER_ROOT_TAG, &mut config, full, overwrite)?;
    set_database(&mut config, full, overwrite, environment)?;
    if options.standalone {
        config.merge(full);
    } else {
        let update = PartUpdate {
            merge: &["managers"],
            ..PartUpdate::default()
        };
        update.apply(&component::REGISTRY, &mut config, full, false)?;
    }
    let target = target_file(&root, options.outfile.as_deref(), environment)?;
    if options.outfile.is_some() {
        config.set("root", Value::str(&root.url()))?;
    }
    let mut warnings = Vec::new();
    let written = without_obscore(&mut config, &mut warnings)?;
    let text = written.dump(ConfigFormat::from_extension(&target.extension())?)?;
    Ok(RepoConfig {
        config,
        root,
        target,
        text,
        warnings,
    })
}

/// An SQLite repo gets its own file; any other database must be named by the seed or the defaults.
fn set_database(
    config: &mut Config,
    full: &Config,
    overwrite: bool,
    environment: &Environment,
) -> Result<(), ConfigError> {
    let named = config.get(".registry.db").is_some_and(|db| db.is_truthy());
    let registry = if named {
        let search = SearchPath::new(&[], environment)?;
        component::REGISTRY.with_defaults(Some(&config.data), &search, &mut Vec::new())?
    } else {
        component::REGISTRY.with_defaults(
            Some(&full.data),
            &SearchPath::new(&[], environment)?,
            &mut Vec::new(),
        )?
    };
    let default =
        RegistryConfig::from_mapping(registry).default_database(BUTLER_ROOT_TAG, environment)?;
    let update = match default {
        Some(url) => PartUpdate {
            set: vec![("db", Value::str(&url))],
            ..PartUpdate::default()
        },
        None => PartUpdate {
            copy: &[&["db"]],
            ..PartUpdate::default()
        },
    };
    update.apply(&component::REGISTRY, config, full, overwrite)
}

/// The file to write: `butler.yaml` in the root, or where `--outfile` says. An outfile without extension is a
/// folder, or the sibling of the file to write, as in the reference.
fn target_file(
    root: &ResourcePath,
    outfile: Option<&str>,
    environment: &Environment,
) -> Result<ResourcePath, ConfigError> {
    let Some(outfile) = outfile else {
        return Ok(root.sibling(CONFIG_FILE));
    };
    let outfile = ResourcePath::parse(outfile, environment)?;
    if !outfile.extension().is_empty() {
        return Ok(outfile);
    }
    if outfile.is_dir() {
        return Ok(outfile.as_folder().sibling(CONFIG_FILE));
    }
    Ok(outfile.sibling(CONFIG_FILE))
}

/// Obscore settings go into the database, not into the file; a declared manager without settings is dropped.
fn without_obscore(config: &mut Config, warnings: &mut Vec<String>) -> Result<Config, ConfigError> {
    let manager: Vec<Step> = ["registry", "managers", "obscore"]
        .into_iter()
        .map(Step::from)
        .collect();
    let mut settings = manager.clone();
    settings.push(Step::from("config"));
    if config.get_steps(&manager).is_none() {
        return Ok(config.clone());
    }
    if config.get_steps(&settings).is_none_or(|v| !v.is_truthy()) {
        warnings.push(
            "Obscore manager is declared in registry configuration, but obscore configuration is missing, \
             obscore manager will be removed."
                .to_owned(),
        );
        key_path::remove(&mut config.data, &manager);
        return Ok(config.clone());
    }
    let mut written = Config::from_mapping(merge::copy(&config.data));
    key_path::remove(&mut written.data, &settings);
    Ok(written)
}
