//! A repo as the server has it.

use std::sync::Arc;

use pantry_import::RepoDatastore;
use pantry_registry::config::{ButlerConfig, RegistryConfig, StorageClasses};
use pantry_registry::model::universe::Universe;
use pantry_registry::{CollectionRule, Registry, RegistryError};

use crate::connections::Connections;
use crate::files::{FileStore, RecentFiles};
use crate::refusal::Refusal;
use crate::server::ServeError;
use crate::settings::{RepoSetting, Settings};

/// A repo: its connections, and what never changes while it is served.
#[derive(Clone)]
pub struct ServedRepo {
    /// Its name in paths.
    pub label: String,
    /// The dimensions.
    pub universe: Arc<Universe>,
    /// The storage classes, by which components are known.
    pub storage_classes: Arc<StorageClasses>,
    /// `None` if its datastore is of a kind that this server cannot read.
    files: Option<Arc<FileStore>>,
    connections: Connections,
    recent_files: RecentFiles,
}

impl ServedRepo {
    /// Open a repo. Blocks.
    ///
    /// # Errors
    /// What keeps it from being opened.
    pub fn open(setting: &RepoSetting, settings: &Settings) -> Result<Self, ServeError> {
        let fail = |reason: &dyn std::fmt::Display| ServeError::Repo {
            label: setting.label.clone(),
            reason: reason.to_string(),
        };
        let environment = &settings.environment;
        let config = ButlerConfig::load(&setting.repo, &[], environment).map_err(|e| fail(&e))?;
        let registry_config = RegistryConfig::of(&config, environment).map_err(|e| fail(&e))?;
        let storage_classes = StorageClasses::of(&config).map_err(|e| fail(&e))?;
        let (variables, wait) = (environment.clone(), settings.limits.wait);
        let open = move || Registry::open_waiting(&registry_config, &variables, wait);
        let connections = Connections::new(Box::new(open), &settings.limits);
        let (universe, datastore) = connections
            .with(|registry| {
                let universe = Arc::clone(registry.universe());
                let datastore = RepoDatastore::of(&config, registry, environment);
                Ok::<_, RegistryError>((universe, datastore))
            })
            .map_err(|e| fail(&e))?;
        let files = match &datastore {
            Ok(datastore) => {
                let store = FileStore::new(datastore, &settings.files);
                Some(store.map_err(|e| fail(&e))?)
            }
            Err(reason) => {
                tracing::warn!(
                    "the files of repo '{}' are not served: {reason}",
                    setting.label
                );
                None
            }
        };
        Ok(Self {
            label: setting.label.clone(),
            universe,
            storage_classes: Arc::new(storage_classes),
            files: files.map(Arc::new),
            connections,
            recent_files: RecentFiles::default(),
        })
    }

    /// The repo for somebody who may read only some collections.
    pub fn restricted(&self, rule: Arc<CollectionRule>) -> Self {
        Self {
            connections: self.connections.restricted(rule),
            ..self.clone()
        }
    }

    /// Have a question to the registry answered on a thread that may block.
    ///
    /// # Errors
    /// Those of the question; [`Refusal::Busy`].
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&mut Registry) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.connections.place().await?;
        let repo = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let answer = repo.connections.with(question);
            drop(place);
            answer
        });
        asked
            .await
            .unwrap_or_else(|e| Err(Refusal::Fault(e.to_string())))
    }

    /// Its files.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if its datastore is of a kind that this server cannot read.
    pub fn files(&self) -> Result<&FileStore, Refusal> {
        self.files.as_deref().ok_or_else(|| {
            let label = &self.label;
            Refusal::NotFound(format!("The files of repository '{label}' are not served."))
        })
    }

    /// Its files that are open.
    pub fn recent_files(&self) -> &RecentFiles {
        &self.recent_files
    }

    /// Its connections.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }
}
