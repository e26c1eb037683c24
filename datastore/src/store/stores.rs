//! The stores that URIs name, opened once each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

use super::cached_store::CachedStore;
use super::copies::Copies;
use super::object_store::ObjectStore;
use super::posix_store::PosixStore;
use super::s3::{self, Bucket};
use super::settings::{StoreSettings, Variables};
use super::store_trait::Store;
use super::web;
use crate::error::{DatastoreError, Result};
use crate::resource_path::ResourcePath;
use crate::zip::Kept;

/// Opens stores and keeps them.
#[derive(Debug, Clone)]
pub struct Stores {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: StoreSettings,
    /// By scheme and authority.
    open: Mutex<HashMap<(String, String), Arc<dyn Store>>>,
    /// The zips that were read last.
    zips: Mutex<Kept>,
    runtime: OnceLock<Runtime>,
}

/// A file in a store.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Where it is.
    pub store: Arc<dyn Store>,
    /// Its key there.
    pub key: String,
}

impl Stores {
    /// No store is reached before it is needed.
    pub fn new(settings: StoreSettings) -> Self {
        Self {
            inner: Arc::new(Inner {
                settings,
                open: Mutex::default(),
                zips: Mutex::default(),
                runtime: OnceLock::new(),
            }),
        }
    }

    /// With the variables of this process and the usual limits.
    pub fn from_process() -> Self {
        Self::new(StoreSettings::new(Variables::from_process()))
    }

    /// The store and key of a URI; a fragment is left out.
    ///
    /// # Errors
    /// [`DatastoreError::BadPath`] for relative paths and schemes that nothing is known of; [`DatastoreError::StoreConfig`].
    pub fn find(&self, uri: &ResourcePath) -> Result<Stored> {
        let key = uri.key().into_owned();
        Ok(Stored {
            store: self.store(uri)?,
            key,
        })
    }

    /// The directories of the zips that were read last.
    pub(crate) fn zips(&self) -> &Mutex<Kept> {
        &self.inner.zips
    }

    /// Who knows where else files are.
    pub(super) fn copies(&self) -> Option<&Arc<dyn Copies>> {
        self.inner.settings.copies.as_ref()
    }

    fn store(&self, uri: &ResourcePath) -> Result<Arc<dyn Store>> {
        let scheme = uri.scheme().unwrap_or_default();
        let at = (scheme.to_owned(), uri.authority().to_owned());
        let mut open = self
            .inner
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(&at) {
            return Ok(Arc::clone(store));
        }
        let settings = &self.inner.settings;
        let root = format!("{scheme}://{}", uri.authority());
        let opened = match scheme {
            "file" => {
                open.insert(at, Arc::new(PosixStore));
                drop(open);
                return self.store(uri);
            }
            "s3" => Bucket::of(uri.authority(), &settings.variables)
                .and_then(|bucket| s3::operator(&bucket, &settings.variables)),
            "http" | "https" | "dav" | "davs" => web::operator(scheme, uri.authority(), settings),
            _ => {
                return Err(DatastoreError::BadPath {
                    text: uri.to_string(),
                    reason: "files are known by the schemes file, s3, http, https, dav and davs"
                        .to_owned(),
                });
            }
        };
        let (operator, endpoint) = opened.map_err(|reason| DatastoreError::StoreConfig {
            store: root.clone(),
            reason,
        })?;
        let mut store: Arc<dyn Store> =
            Arc::new(ObjectStore::new(operator, root, endpoint, settings));
        if let Some(cache) = &settings.cache {
            store = Arc::new(CachedStore {
                inner: store,
                cache: Arc::clone(cache),
            });
        }
        open.insert(at, Arc::clone(&store));
        Ok(store)
    }

    /// Wait on a plain thread for what stores do. Not for asynchronous code.
    ///
    /// # Errors
    /// When the system has no threads left.
    pub fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.handle()?.block_on(work)
    }

    fn handle(&self) -> Result<Handle> {
        if self.inner.runtime.get().is_none() {
            let runtime = Builder::new_multi_thread()
                .worker_threads(2)
                .thread_name("stores")
                .enable_all()
                .build()
                .map_err(|e| DatastoreError::io("starting threads for", "stores".as_ref(), e))?;
            // If another thread was faster, this one goes again.
            if let Err(unused) = self.inner.runtime.set(runtime) {
                unused.shutdown_background();
            }
        }
        let runtime = self.inner.runtime.get().map(Runtime::handle).cloned();
        runtime.ok_or(DatastoreError::Stopped {
            path: "stores".into(),
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The last user may be a thread of another runtime, which must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
