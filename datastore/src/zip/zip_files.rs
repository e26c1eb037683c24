//! The archives that URIs name, with their directories read once.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::archive::{MemberBytes, ZipArchive};
use crate::error::{DatastoreError, Result};
use crate::resource_path::ResourcePath;
use crate::store::{Object, Stored, Stores};

/// Directories that are kept: those of large archives have some megabytes.
const KEPT: usize = 8;

/// Archives that are opened side by side.
const AT_ONCE: usize = 16;

/// Archives by their URIs, the last one first.
pub(crate) type Kept = Vec<(String, Arc<ZipArchive>)>;

/// Reads members of archives; all that have the same stores share the directories of the last ones.
#[derive(Debug, Clone)]
pub struct ZipFiles {
    stores: Stores,
}

impl ZipFiles {
    /// In these stores.
    pub fn new(stores: Stores) -> Self {
        Self { stores }
    }

    /// Where the archives are reached.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// The archive at a URI, whatever member it names; `None` if there is no file.
    ///
    /// # Errors
    /// [`DatastoreError::BadZip`], and those of the stores.
    pub async fn archive(&self, uri: &ResourcePath) -> Result<Option<Arc<ZipArchive>>> {
        let stored = self.stores.find_any(uri)?;
        let Some(object) = stored.store.stat(&stored.key).await? else {
            return Ok(None);
        };
        self.opened(stored, object).await.map(Some)
    }

    /// The archive that is there now, as its store described it.
    ///
    /// # Errors
    /// [`DatastoreError::BadZip`], and those of the store.
    pub async fn opened(&self, stored: Stored, object: Object) -> Result<Arc<ZipArchive>> {
        let uri = stored.uri();
        if let Some(known) = self.known(&uri, &object) {
            return Ok(known);
        }
        let archive = Arc::new(ZipArchive::open(stored, object).await?);
        let mut kept = self
            .stores
            .zips()
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(name, _)| *name != uri);
        kept.truncate(KEPT - 1);
        kept.insert(0, (uri, Arc::clone(&archive)));
        Ok(archive)
    }

    fn known(&self, uri: &str, object: &Object) -> Option<Arc<ZipArchive>> {
        let kept = self
            .stores
            .zips()
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (_, known) = kept.iter().find(|(name, _)| name == uri)?;
        (known.object() == object).then(|| Arc::clone(known))
    }

    /// The bytes of the member that a URI names.
    ///
    /// # Errors
    /// [`DatastoreError::Missing`] if the archive or the member is not there; [`DatastoreError::BadZip`]; those of the stores.
    pub async fn member(&self, uri: &ResourcePath) -> Result<MemberBytes> {
        let missing = || DatastoreError::Missing {
            path: uri.to_string().into(),
        };
        let archive = self.archive(uri).await?.ok_or_else(missing)?;
        let name = uri.zip_member().ok_or_else(missing)?;
        let member = archive.find(&name).ok_or_else(missing)?;
        archive.bytes_of(member).await
    }

    /// The sizes of the members that URIs name; `None` for those that are not there. Each archive is opened once.
    ///
    /// # Errors
    /// [`DatastoreError::BadZip`], and those of the stores.
    pub async fn sizes(&self, uris: &[&ResourcePath]) -> Result<Vec<Option<u64>>> {
        let mut archives: BTreeMap<String, (&ResourcePath, Vec<usize>)> = BTreeMap::new();
        for (place, uri) in uris.iter().enumerate() {
            let archive = uri.without_fragment().to_string();
            archives
                .entry(archive)
                .or_insert((uri, Vec::new()))
                .1
                .push(place);
        }
        let mut sizes = vec![None; uris.len()];
        let opened = stream::iter(archives.into_values())
            .map(|(uri, places)| async move { self.archive(uri).await.map(|a| (a, places)) })
            .buffered(AT_ONCE);
        let mut opened = std::pin::pin!(opened);
        while let Some((archive, places)) = opened.try_next().await? {
            let Some(archive) = archive else { continue };
            for place in places {
                let name = uris[place].zip_member();
                let member = name.and_then(|name| archive.find(&name));
                sizes[place] = member.map(|member| member.size);
            }
        }
        Ok(sizes)
    }
}
