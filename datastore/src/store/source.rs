//! What is copied: a file of a store, or a member of a zip.

use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::stores::Stored;
use crate::checksum::Checksum;
use crate::error::{DatastoreError, Result};
use crate::resource_path::ResourcePath;
use crate::zip::{MemberBytes, ZipFiles};

/// Bytes to copy or to sum.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file, and how many bytes it has.
    File(Stored, u64),
    /// A member of a zip.
    Member(MemberBytes),
}

impl Source {
    /// What a URI names, which may be a member of a zip.
    ///
    /// # Errors
    /// [`DatastoreError::Missing`], [`DatastoreError::BadZip`], and those of the stores.
    pub async fn find(zips: &ZipFiles, uri: &ResourcePath) -> Result<Self> {
        if uri.zip_member().is_some() {
            return Ok(Self::Member(zips.member(uri).await?));
        }
        let stored = zips.stores().find_any(uri)?;
        let found = stored.store.stat(&stored.key).await?;
        let found = found.ok_or_else(|| DatastoreError::Missing {
            path: stored.uri().into(),
        })?;
        Ok(Self::File(stored, found.size))
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::File(_, size) => *size,
            Self::Member(member) => member.size(),
        }
    }

    /// All of them; fails if there are fewer.
    pub fn stream(&self) -> BoxStream<'_, Result<Bytes>> {
        match self {
            Self::File(stored, size) => stored.store.stream(&stored.key, 0..*size),
            Self::Member(member) => member.stream(),
        }
    }

    /// Their BLAKE3.
    ///
    /// # Errors
    /// Those of the store, and of the zip.
    pub async fn blake3(&self) -> Result<Checksum> {
        match self {
            Self::File(stored, size) => stored.blake3(*size).await,
            Self::Member(member) => member.blake3().await,
        }
    }
}
