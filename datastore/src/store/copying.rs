//! Bringing a file from any store to any other, with its checksum computed while the bytes pass.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;

use super::source::Source;
use super::stores::Stored;
use crate::checksum::{Checksum, Hashing};
use crate::error::{DatastoreError, Result};

/// A copy that is wanted.
#[derive(Debug, Clone)]
pub struct Copying {
    /// What is copied.
    pub source: Source,
    /// Where to.
    pub target: Stored,
    /// Whether BLAKE3 is computed.
    pub checksum: bool,
}

/// A file that was copied, or was there already with the same size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Bytes.
    pub size: u64,
    /// If it was wanted.
    pub checksum: Option<Checksum>,
    /// Whether it was copied now.
    pub is_new: bool,
}

impl Copying {
    /// Copy. What is at the target is never replaced: a file of another size or content is an error.
    ///
    /// # Errors
    /// Those of the stores, and [`DatastoreError::Occupied`].
    pub async fn run(&self) -> Result<Copied> {
        let (source, target) = (&self.source, &self.target);
        let size = source.size();
        let hasher = Arc::new(Mutex::new(blake3::Hasher::new()));
        let (into, wanted) = (Arc::clone(&hasher), self.checksum);
        let bytes = source.stream().inspect(move |piece| {
            if let (true, Ok(piece)) = (wanted, piece) {
                into.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .update(piece);
            }
        });
        let is_new = target.store.write(&target.key, bytes.boxed(), size).await?;
        if !is_new {
            return self.compare(size).await;
        }
        let hash = hasher
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .finalize();
        Ok(Copied {
            size,
            checksum: self.checksum.then(|| Checksum::Blake3(hash.into())),
            is_new,
        })
    }

    /// Whether the file at the target is the one that would be put there.
    async fn compare(&self, size: u64) -> Result<Copied> {
        let occupied = |difference: String| DatastoreError::Occupied {
            path: self.target.uri().into(),
            difference,
        };
        let there = self.target.store.stat(&self.target.key).await?;
        let there = there.ok_or_else(|| occupied("it comes and goes".to_owned()))?;
        if there.size != size {
            return Err(occupied(format!("{} bytes instead of {size}", there.size)));
        }
        let mut checksum = None;
        if self.checksum {
            let (ours, theirs) = (self.source.blake3().await?, self.target.blake3(size).await?);
            if ours != theirs {
                return Err(occupied("same size, other bytes".to_owned()));
            }
            checksum = Some(theirs);
        }
        Ok(Copied {
            size,
            checksum,
            is_new: false,
        })
    }
}

impl Stored {
    /// Its URI.
    pub fn uri(&self) -> String {
        self.store.uri(&self.key)
    }

    /// BLAKE3 of the first `size` bytes, which it must have.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn blake3(&self, size: u64) -> Result<Checksum> {
        self.same_kind(&Checksum::Blake3([0; 32]), size).await
    }

    /// The checksum of the first `size` bytes by the algorithm of `like`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn same_kind(&self, like: &Checksum, size: u64) -> Result<Checksum> {
        self.same_kind_watched(like, size, |_| ()).await
    }

    /// As [`Stored::same_kind`]; `each` is told how many bytes came, before more are taken. It may wait.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn same_kind_watched(
        &self,
        like: &Checksum,
        size: u64,
        mut each: impl FnMut(u64),
    ) -> Result<Checksum> {
        let mut hashing = Hashing::like(like);
        let mut bytes = self.store.stream(&self.key, 0..size);
        while let Some(piece) = bytes.next().await {
            let piece = piece?;
            hashing.update(&piece);
            each(piece.len() as u64);
        }
        Ok(hashing.finish())
    }
}
