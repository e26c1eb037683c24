//! What a query verb asks: a repo whose registry it reads itself, or a Butler server.
use std::sync::Arc;
use std::time::Duration;

use pantry_api::remote::RemoteButler;
use pantry_registry::config::{Environment, RepoLocation, resolve_repo};
use pantry_registry::listing::{CollectionCatalog, DatasetTypeSearch, select_dataset_types};
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::glob::Wildcard;
use pantry_registry::model::universe::Universe;

use crate::context::Context;
use crate::failure::Failure;
use crate::repo::Repo;

/// A repo that is open.
pub enum Source {
    /// Its configuration is on this machine.
    Repo(Box<Repo>),
    /// It is behind a server.
    Server(Box<RemoteButler>),
}

impl Source {
    /// Opens REPO for reading: what [`Repo::open`] takes, the address of a Butler server, or a label of the repository index
    /// that stands for one. No query takes longer than `limit`. Ctrl-C stops queries, also on a PostgreSQL server, which
    /// would go on working for nobody.
    ///
    /// # Errors
    /// What keeps the repo from being opened.
    pub fn open(repo: &str, limit: Option<Duration>, context: &Context) -> Result<Self, Failure> {
        let environment = Environment::from_process();
        if let RepoLocation::Remote { uri } = resolve_repo(repo, &environment)?.location
            && is_server(&uri)
        {
            let server = RemoteButler::open(&uri, &environment, limit)?;
            return Ok(Self::Server(Box::new(server)));
        }
        let mut repo = Repo::open(repo, false, &environment)?;
        let canceller = repo.registry.connection().canceller();
        context.on_interrupt(move || {
            if let Err(error) = canceller.cancel() {
                tracing::warn!("{error}");
            }
        })?;
        repo.registry.connection().limit_reads(limit)?;
        Ok(Self::Repo(Box::new(repo)))
    }

    /// The dimensions.
    pub fn universe(&self) -> &Arc<Universe> {
        match self {
            Self::Repo(repo) => repo.registry.universe(),
            Self::Server(server) => server.universe(),
        }
    }

    /// The collections, with what they may hold.
    ///
    /// # Errors
    /// Those of the registry or the server.
    pub fn collections(&mut self) -> Result<CollectionCatalog, Failure> {
        Ok(match self {
            Self::Repo(repo) => CollectionCatalog::read(&mut repo.registry)?,
            Self::Server(server) => server.collections()?,
        })
    }

    /// Look up dataset types by name and pattern.
    ///
    /// # Errors
    /// Those of the registry or the server; the name of a component.
    pub fn search_dataset_types(
        &mut self,
        wildcard: &Wildcard,
    ) -> Result<DatasetTypeSearch<DatasetType>, Failure> {
        let all = match self {
            Self::Repo(repo) => {
                let all = repo.registry.dataset_types()?.into_iter();
                all.map(DatasetType::from).collect()
            }
            Self::Server(server) => server.dataset_types()?,
        };
        Ok(select_dataset_types(all, wildcard)?)
    }
}

/// Object stores have addresses of other schemes.
fn is_server(uri: &str) -> bool {
    ["http://", "https://"].iter().any(|s| uri.starts_with(s))
}
