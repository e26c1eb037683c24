//! Opening the registry of a repo: what it says about itself is checked before anything else is read
//! (`RegistryManagerTypes.loadRepo`, `lsst/daf/butler/registry/managers.py`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::attributes;
use crate::config::{DatabaseTarget, Environment, ManagerConfig, RegistryConfig};
use crate::database::{Access, Connection};
use crate::dataset_types::DatasetTypeOverrides;
use crate::error::RegistryError;
use crate::model::universe::Universe;
use crate::registry::Registry;
use crate::schema::managers::{
    self, CollectionKey, DATASETS, IngestDate, Managers, NAME_KEY, SYNTH_INT_KEY, Version,
};

impl Registry {
    /// Open the registry that a configuration names.
    ///
    /// # Errors
    /// [`RegistryError::Connect`], [`RegistryError::NotARegistry`], and [`RegistryError::Incompatible`] for managers or
    /// versions that this program does not know or may not write.
    pub fn open(
        config: &RegistryConfig,
        environment: &Environment,
        access: Access,
    ) -> Result<Self, RegistryError> {
        Self::open_with(config, environment, access, None)
    }

    /// As [`Registry::open`] for reading only, but waits so long, now and later, while another process has a SQLite file
    /// locked.
    ///
    /// # Errors
    /// As [`Registry::open`], and [`RegistryError::Busy`].
    pub fn open_waiting(
        config: &RegistryConfig,
        environment: &Environment,
        lock_wait: Duration,
    ) -> Result<Self, RegistryError> {
        Self::open_with(config, environment, Access::ReadOnly, Some(lock_wait))
    }

    fn open_with(
        config: &RegistryConfig,
        environment: &Environment,
        access: Access,
        lock_wait: Option<Duration>,
    ) -> Result<Self, RegistryError> {
        let managers = config.managers()?;
        let target = config.connection_string(environment)?.target(environment)?;
        let namespace = config.namespace()?;
        let overrides = DatasetTypeOverrides::of(&managers)?;
        let namespace = namespace.as_deref();
        let connection = match lock_wait {
            Some(wait) => Connection::open_waiting(&target, namespace, access, wait),
            None => Connection::open(&target, namespace, access),
        };
        let mut registry = Self::of(connection?, &managers)?;
        registry.overrides = overrides;
        Ok(registry)
    }

    /// Open a database without the configuration of its repo; `configured` managers must be those of the database.
    pub fn open_target(
        target: &DatabaseTarget,
        namespace: Option<&str>,
        access: Access,
        configured: &[ManagerConfig],
    ) -> Result<Self, RegistryError> {
        Self::of(Connection::open(target, namespace, access)?, configured)
    }

    fn of(mut connection: Connection, configured: &[ManagerConfig]) -> Result<Self, RegistryError> {
        let access = connection.access();
        let tables = connection.table_names()?;
        if !tables.iter().any(|t| t == "butler_attributes") {
            return Err(RegistryError::NotARegistry {
                database: connection.name().to_owned(),
            });
        }
        let stored = attributes::read(&mut connection)?;
        check_configured(&stored, configured)?;
        let read_only = has_obscore(&stored, configured).then(|| {
            "it has an obscore manager, whose live table only the Python Butler can keep up to date; write with \
             that, or remove the manager"
                .to_owned()
        });
        if let (Some(reason), Access::ReadWrite) = (&read_only, access) {
            return Err(RegistryError::ReadOnly {
                doing: format!("write to {}", connection.name()),
                reason: reason.clone(),
            });
        }
        let managers = check_stored(&stored, access)?;
        let json = stored
            .get(attributes::DIMENSIONS)
            .ok_or_else(|| RegistryError::Corrupt("it stores no dimension universe".to_owned()))?;
        Ok(Self {
            universe: Universe::from_json(json)?,
            connection,
            managers,
            overrides: DatasetTypeOverrides::default(),
            read_only,
            known_groups: Arc::default(),
            visible: None,
        })
    }
}

/// The layout that a configuration asks for, for new repos.
///
/// # Errors
/// [`RegistryError::Incompatible`] for a manager or version that this program cannot make.
pub fn managers_of(config: &RegistryConfig) -> Result<Managers, RegistryError> {
    let mut result = Managers::default();
    for manager in config.managers()? {
        match (manager.name.as_str(), stored_class(&manager.class)) {
            ("collections", SYNTH_INT_KEY) => result.collections = CollectionKey::Id,
            ("collections", NAME_KEY) => result.collections = CollectionKey::Name,
            ("datasets", DATASETS) if version_of(&manager) == Some(Version(1, 0, 0)) => {
                result.ingest_date = IngestDate::Timestamp;
            }
            _ => {}
        }
        let known = result.describe();
        let same = known.iter().find(|(name, class, _)| {
            *name == manager.name && *class == stored_class(&manager.class)
        });
        let Some((_, _, version)) = same else {
            return Err(unknown_class(&manager.name, &manager.class));
        };
        if manager.schema_version.is_some() && version_of(&manager) != Some(*version) {
            let wanted = manager.schema_version.unwrap_or_default();
            return Err(RegistryError::Incompatible {
                problem: format!("cannot make tables of {} version {wanted}", manager.name),
                remedy: format!(
                    "ask for version {version}, or create the repo with `butler create`"
                ),
            });
        }
    }
    Ok(result)
}

fn version_of(manager: &ManagerConfig) -> Option<Version> {
    manager.schema_version.as_deref().and_then(Version::parse)
}

/// The full name of a class, as `butler_attributes` has it; the reference writes a shorter one to `butler.yaml`.
fn stored_class(configured: &str) -> &str {
    const SHORT: &str = "lsst.daf.butler.registry.datasets.byDimensions.\
                         ByDimensionsDatasetRecordStorageManagerUUID";
    if configured == SHORT {
        DATASETS
    } else {
        configured
    }
}

fn unknown_class(manager: &str, class: &str) -> RegistryError {
    RegistryError::Incompatible {
        problem: format!("the {manager} manager {class} is not known to this version of pantry"),
        remedy: "use the Python Butler that made the repo, or a newer pantry".to_owned(),
    }
}

/// Every configured manager must be the one that made the tables (`ButlerVersionsManager.checkManagersConfig`).
fn check_configured(
    stored: &BTreeMap<String, String>,
    configured: &[ManagerConfig],
) -> Result<(), RegistryError> {
    for manager in configured.iter().filter(|m| m.name != "obscore") {
        let class = stored_class(&manager.class);
        match stored.get(&attributes::manager_key(&manager.name)) {
            Some(found) if found == class => {}
            Some(found) => {
                return Err(RegistryError::Incompatible {
                    problem: format!(
                        "the repo was made with the {} manager {found}, its configuration names {class}",
                        manager.name
                    ),
                    remedy: format!("correct registry.managers.{} in butler.yaml", manager.name),
                });
            }
            None => {
                let name = &manager.name;
                return Err(RegistryError::Corrupt(format!(
                    "it does not say what {name} manager made it"
                )));
            }
        }
    }
    Ok(())
}

fn has_obscore(stored: &BTreeMap<String, String>, configured: &[ManagerConfig]) -> bool {
    stored.contains_key(&attributes::manager_key("obscore"))
        || stored.contains_key(attributes::OBSCORE)
        || configured.iter().any(|m| m.name == "obscore")
}

/// The layout that the database says it has, if this program knows it well enough for the wanted access.
fn check_stored(
    stored: &BTreeMap<String, String>,
    access: Access,
) -> Result<Managers, RegistryError> {
    let get = |manager: &str| {
        let name = attributes::manager_key(manager);
        let class = stored.get(&name);
        class.ok_or_else(|| {
            RegistryError::Corrupt(format!("it does not say what {manager} manager made it"))
        })
    };
    let collections = match get("collections")?.as_str() {
        SYNTH_INT_KEY => CollectionKey::Id,
        NAME_KEY => CollectionKey::Name,
        other => return Err(unknown_class("collections", other)),
    };
    let mut result = Managers {
        collections,
        ingest_date: IngestDate::TaiNs,
    };
    let datasets_version = stored.get(&attributes::version_key(managers::DATASETS));
    if datasets_version
        .and_then(|v| Version::parse(v))
        .is_some_and(|v| v.0 == 1)
    {
        result.ingest_date = IngestDate::Timestamp;
    }
    for (manager, class, known) in result.describe() {
        let found = get(manager)?;
        if found != class {
            return Err(unknown_class(manager, found));
        }
        if let Some(text) = stored.get(&attributes::version_key(class)) {
            check_version(manager, text, known, access)?;
        }
    }
    Ok(result)
}

fn check_version(
    manager: &str,
    stored: &str,
    known: Version,
    access: Access,
) -> Result<(), RegistryError> {
    let Some(version) = Version::parse(stored) else {
        let text = format!("its {manager} manager has the version '{stored}'");
        return Err(RegistryError::Corrupt(text));
    };
    if known.accepts(version, access == Access::ReadWrite) {
        return Ok(());
    }
    let remedy = if version > known {
        "use a newer pantry, or the Python Butler that made the repo".to_owned()
    } else if known.accepts(version, false) {
        format!(
            "open it for reading only, or migrate it to {known} with `butler migrate` of daf_butler_migrate"
        )
    } else {
        format!("migrate it to {known} with `butler migrate` of daf_butler_migrate")
    };
    Err(RegistryError::Incompatible {
        problem: format!(
            "the repo has {manager} manager version {version}, this pantry knows {known}"
        ),
        remedy,
    })
}
