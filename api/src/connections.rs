//! The open connections to the registry of one repo.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pantry_registry::{CollectionRule, Registry, RegistryError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refusal::Refusal;
use crate::settings::Limits;

/// Opens a registry.
pub type Open = Box<dyn Fn() -> Result<Registry, RegistryError> + Send + Sync>;

/// A connection that nobody used for so long is asked whether it lives before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// The connections to one repo, and what may be read over them.
#[derive(Clone)]
pub struct Connections {
    pool: Arc<Pool>,
    /// `None` for all collections.
    rule: Option<Arc<CollectionRule>>,
}

/// Connections that wait for work, and how many there may be.
struct Pool {
    open: Open,
    idle: Mutex<Vec<(Registry, Instant)>>,
    places: Arc<Semaphore>,
    limit: usize,
    wait: Duration,
    query_time: Duration,
}

impl Connections {
    /// None yet.
    pub fn new(open: Open, limits: &Limits) -> Self {
        let pool = Pool {
            open,
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(limits.connections)),
            limit: limits.connections,
            wait: limits.wait,
            query_time: limits.query_time,
        };
        Self {
            pool: Arc::new(pool),
            rule: None,
        }
    }

    /// The same connections, over which only some collections are seen.
    pub fn restricted(&self, rule: Arc<CollectionRule>) -> Self {
        Self {
            pool: Arc::clone(&self.pool),
            rule: Some(rule),
        }
    }

    /// The right to use one connection; it ends with the permit.
    ///
    /// # Errors
    /// [`Refusal::Busy`] if none gets free in the time that requests wait.
    pub async fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = Arc::clone(&self.pool.places).acquire_owned();
        match tokio::time::timeout(self.pool.wait, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Refusal::Busy(
                "All connections to the database are in use; try again later.".to_owned(),
            )),
        }
    }

    /// Do some work with a connection. Blocks: not for asynchronous code.
    ///
    /// # Errors
    /// Those of the work, and [`RegistryError::Connect`].
    pub fn with<T, E: From<RegistryError>>(
        &self,
        work: impl FnOnce(&mut Registry) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut registry = self.pool.take()?;
        let shown = registry.show_only(self.rule.as_deref());
        let result = shown.map_err(E::from).and_then(|()| work(&mut registry));
        if registry.connection().is_usable() {
            self.pool.idle().push((registry, Instant::now()));
        }
        result
    }

    /// How many are at work, and how many wait for work.
    pub fn used(&self) -> (usize, usize) {
        let busy = self
            .pool
            .limit
            .saturating_sub(self.pool.places.available_permits());
        (busy, self.pool.idle().len())
    }

    /// Close the connections that wait. Blocks.
    pub fn close(&self) {
        self.pool.idle().clear();
    }
}

impl Pool {
    fn take(&self) -> Result<Registry, RegistryError> {
        loop {
            // In two steps, so that the lock is not held while a server is asked.
            let idle = self.idle().pop();
            match idle {
                Some((registry, last)) if last.elapsed() < FRESH => return Ok(registry),
                Some((mut registry, _)) => {
                    if registry.connection().is_alive() {
                        return Ok(registry);
                    }
                }
                None => break,
            }
        }
        let mut registry = (self.open)()?;
        registry.connection().limit_reads(Some(self.query_time))?;
        Ok(registry)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Registry, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
