//! The stores of this process as the verbs read them: with the copies that Pantry's state knows, and through a cache.
use std::path::PathBuf;
use std::sync::Arc;

use pantry_datastore::store::{Cache, Copies, StoreSettings, Stores, Variables};
use pantry_registry::config::Environment;
use pantry_state::State;

use crate::failure::Failure;
use crate::replicas::Replicas;
use crate::state::StateArgs;

/// Options of verbs that read files.
#[derive(Debug, Clone, clap::Args)]
pub struct StoreArgs {
    #[command(flatten)]
    cache: CacheArgs,

    #[command(flatten)]
    state: StateArgs,
}

/// Options about a cache.
#[derive(Debug, Clone, clap::Args)]
pub struct CacheArgs {
    /// Keep pieces of files of S3, Ceph and web stores in this folder, to be read again by any process that is told of it
    #[arg(long, value_name = "FOLDER")]
    cache_dir: Option<PathBuf>,

    /// How large the cache may become; what was used longest ago goes first
    #[arg(long, value_name = "GIB", default_value_t = 10, requires = "cache_dir")]
    cache_size: u64,
}

impl StoreArgs {
    /// The stores.
    ///
    /// # Errors
    /// A state that was named and cannot be opened, a cache that cannot be.
    pub fn stores(&self) -> Result<Stores, Failure> {
        let state = self.state.open_existing(&Environment::from_process())?;
        self.cache.stores(state)
    }
}

impl CacheArgs {
    /// The stores, with the copies that a state knows.
    ///
    /// # Errors
    /// A cache that cannot be opened.
    pub fn stores(&self, state: Option<Arc<State>>) -> Result<Stores, Failure> {
        let limit = self.cache_size.saturating_mul(1 << 30);
        let cache = self.cache_dir.as_deref();
        let cache = cache.map(|folder| Cache::open(folder, limit));
        Ok(stores(state, cache.transpose()?))
    }
}

/// The stores, with the copies that a state knows, and through a cache.
pub fn stores(state: Option<Arc<State>>, cache: Option<Cache>) -> Stores {
    let replicas = state.map(Replicas::new).map(Arc::new);
    Stores::new(StoreSettings {
        copies: replicas.map(|replicas| replicas as Arc<dyn Copies>),
        cache: cache.map(Arc::new),
        ..StoreSettings::new(Variables::from_process())
    })
}
