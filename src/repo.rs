//! A repo as the verbs use it: found, opened, created.
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pantry_import::RepoDatastore;
use pantry_registry::config::{
    ButlerConfig, Config, Environment, RegistryConfig, RepoConfigOptions, RepoLocation,
    ResourcePath, Value, repo_config, resolve_repo,
};
use pantry_registry::database::Access;
use pantry_registry::{Registry, dimension_config, managers_of, resume_registry};

use crate::cmd::create::CreateArgs;
use crate::failure::Failure;

/// A repo that is open.
pub struct Repo {
    /// Its complete configuration.
    pub config: ButlerConfig,
    /// Its registry.
    pub registry: Registry,
    environment: Environment,
}

impl Repo {
    /// Open REPO: a folder, a `butler.yaml`, a `file://` URI or a label of the repository index.
    ///
    /// Opening for writing makes the datastore's table of records if it is missing, as the reference does.
    pub fn open(repo: &str, writeable: bool, environment: &Environment) -> Result<Self, Failure> {
        let config = ButlerConfig::load(repo, &[], environment)?;
        let access = if writeable {
            Access::ReadWrite
        } else {
            Access::ReadOnly
        };
        let registry = Registry::open(
            &RegistryConfig::of(&config, environment)?,
            environment,
            access,
        )?;
        let mut repo = Self {
            config,
            registry,
            environment: environment.clone(),
        };
        if writeable && let Some(reason) = repo.registry.read_only_reason() {
            return Err(Failure::error(format!(
                "the repository can only be read: {reason}"
            )));
        }
        if writeable && let Ok(datastore) = repo.datastore() {
            let table = datastore.target.records_table;
            repo.registry
                .write(|registry| registry.ensure_file_records(&table))?;
        }
        Ok(repo)
    }

    /// Its datastore.
    pub fn datastore(&self) -> Result<RepoDatastore, Failure> {
        Ok(RepoDatastore::of(
            &self.config,
            &self.registry,
            &self.environment,
        )?)
    }
}

/// Whether REPO is a local path at which there is nothing.
pub fn is_absent(repo: &str, environment: &Environment) -> Result<bool, Failure> {
    match resolve_repo(repo, environment)?.location {
        RepoLocation::Remote { .. } => Ok(false),
        RepoLocation::Local { config_file } => {
            let folder = ResourcePath::parse(repo, environment)?.to_path();
            Ok(!config_file.to_path().exists() && !folder.join("butler.yaml").exists())
        }
    }
}

/// A repo is created by the way only where its parent folder exists, so that a mistyped path stays one.
pub fn check_parent(repo: &str, environment: &Environment) -> Result<(), Failure> {
    let folder = ResourcePath::parse(repo, environment)?.to_path();
    if folder
        .extension()
        .is_some_and(|e| e == "yaml" || e == "json")
    {
        return Err(Failure::error(format!(
            "there is no configuration file {}",
            folder.display()
        )));
    }
    match folder.parent() {
        Some(parent) if !parent.is_dir() => Err(Failure::error(format!(
            "there is no repository {repo}, and no folder {} to create it in",
            parent.display()
        ))),
        _ => Ok(()),
    }
}

/// Create a repo (`Butler.makeRepo`): the configuration file last, so that a repo that was not finished does not open. An
/// empty registry that an earlier call left behind when it was killed is taken up.
pub fn create(repo: &str, args: &CreateArgs, environment: &Environment) -> Result<(), Failure> {
    let seed = seed(args, environment)?;
    let options = config_options(repo, args);
    let made = repo_config(seed.as_ref(), &options, environment)?;
    made.warnings.iter().for_each(|w| tracing::warn!("{w}"));
    let universe = dimension_config(args.dimension_config.as_deref(), environment)?;
    let root = made.root.to_path();
    let target = made.target.to_path();
    if target.exists() {
        return Err(Failure::error(format!(
            "{} exists already; nothing was changed",
            target.display()
        )));
    }
    let new_folders = make_folder(&root)?;
    let outcome = fill(&made.config, &root, args, &universe, environment)
        .and_then(|()| write_new(&target, made.text.as_bytes()));
    if outcome.is_err() {
        // Only what this call made, and only while it is empty.
        new_folders
            .iter()
            .rev()
            .for_each(|folder| drop(fs::remove_dir(folder)));
    }
    outcome
}

/// How a new repo's configuration is made.
pub fn config_options(repo: &str, args: &CreateArgs) -> RepoConfigOptions {
    RepoConfigOptions {
        root: repo.to_owned(),
        standalone: args.standalone,
        // A seed's SQLite database gives way to the repo's own unless it is kept; one that the user named must stay.
        keep_seed: args.keep_seed || args.db.as_ref().is_some_and(|db| db.starts_with("sqlite")),
        outfile: args.outfile.clone(),
        search_paths: Vec::new(),
    }
}

/// The seed configuration, with `--db` and `--namespace` worked in.
pub fn seed(args: &CreateArgs, environment: &Environment) -> Result<Option<Config>, Failure> {
    let mut seed = match &args.seed_config {
        Some(file) => Some(Config::read(
            &ResourcePath::parse(file, environment)?,
            environment,
        )?),
        None => None,
    };
    for (key, value) in [
        (".registry.db", &args.db),
        (".registry.namespace", &args.namespace),
    ] {
        if let Some(value) = value {
            seed.get_or_insert_with(|| Config::from_mapping(Default::default()))
                .set(key, Value::str(value))?;
        }
    }
    Ok(seed)
}

fn fill(
    config: &Config,
    root: &Path,
    args: &CreateArgs,
    universe: &str,
    environment: &Environment,
) -> Result<(), Failure> {
    let mut config = config.clone();
    config.set("root", Value::str(&root.to_string_lossy()))?;
    let complete = ButlerConfig::from_config(config, &[], environment)?;
    let registry = RegistryConfig::of(&complete, environment)?;
    let target = registry
        .connection_string(environment)?
        .target(environment)?;
    let namespace = args.namespace.clone().or(registry.namespace()?);
    resume_registry(
        &target,
        namespace.as_deref(),
        managers_of(&registry)?,
        universe,
    )?;
    Ok(())
}

/// Make a folder and its parents; returns those that were missing, outermost first.
fn make_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|a| !a.exists())
        .map(Path::to_path_buf)
        .collect();
    fs::create_dir_all(folder)
        .map_err(|e| Failure::error(format!("cannot create {}: {e}", folder.display())))?;
    Ok(missing.into_iter().rev().collect())
}

/// Write a file that must not exist, whole or not at all.
fn write_new(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let failed = |e: std::io::Error| match e.kind() {
        ErrorKind::AlreadyExists => Failure::error(format!("{} exists already", path.display())),
        _ => Failure::error(format!("cannot write {}: {e}", path.display())),
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, text).map_err(failed)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|e| failed(e.error))?;
    Ok(())
}
