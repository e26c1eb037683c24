//! Files that were asked for a moment ago, kept open: programs read FITS files by many small ranges.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::named_file::NamedFile;

/// A file is opened anew, as the registry names it then, after this time. Somebody with a link could have read it at its
/// beginning too.
const FRESH: Duration = Duration::from_secs(1);

/// More files are not kept open.
const KEPT: usize = 512;

/// A dataset and the component that is in a file of its own.
type Key = (Uuid, Option<String>);

/// The open files of one repo.
#[derive(Debug, Clone, Default)]
pub struct RecentFiles {
    files: Arc<Mutex<HashMap<Key, Arc<NamedFile>>>>,
}

impl RecentFiles {
    /// The file of a dataset if it was opened less than a second ago and nobody has written it since.
    pub fn get(&self, id: Uuid, component: Option<&String>) -> Option<Arc<NamedFile>> {
        let found = self.files().get(&(id, component.cloned())).cloned()?;
        found.content.is_unchanged().then_some(found)
    }

    /// Keep a file open for a second; needs a runtime.
    pub fn keep(&self, id: Uuid, component: Option<String>, file: &Arc<NamedFile>) {
        let key = (id, component);
        let mut files = self.files();
        if files.len() >= KEPT || files.insert(key.clone(), Arc::clone(file)).is_some() {
            // Full, or somebody else's second is running.
            return;
        }
        drop(files);
        let recent = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(FRESH).await;
            recent.files().remove(&key);
        });
    }

    fn files(&self) -> MutexGuard<'_, HashMap<Key, Arc<NamedFile>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
