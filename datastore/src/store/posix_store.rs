//! The file system of this machine as a store.
//!
//! The transfer modes and the confinement of paths are elsewhere ([`crate::transfer`], [`crate::Confinement`]): this is for
//! callers who have a URI and want bytes, wherever they are.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

use super::store_trait::{Object, Ranges, Store};
use crate::error::{DatastoreError, Result};
use crate::percent::quote;
use crate::walk::{WalkedKind, walk_after};

/// Bytes that are read at a time.
const PIECE: u64 = 1 << 20;

/// All files of this machine; keys are absolute paths without the first slash.
#[derive(Debug)]
pub(super) struct PosixStore;

fn path_of(key: &str) -> PathBuf {
    Path::new("/").join(key)
}

async fn blocking<T: Send + 'static>(
    doing: &'static str,
    key: &str,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let path = path_of(key);
    let own = path.clone();
    let done = spawn_blocking(move || work(&own)).await;
    done.unwrap_or_else(|e| Err(io::Error::other(e)))
        .map_err(|e| DatastoreError::io(doing, &path, e))
}

fn describe(key: &str, path: &Path) -> io::Result<Option<Object>> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    Ok(Some(Object {
        key: key.to_owned(),
        size: metadata.len(),
        etag: Some(format!("{:x}-{:x}", metadata.mtime_nsec(), metadata.ino())),
        modified: metadata.modified().ok(),
    }))
}

impl Store for PosixStore {
    fn uri(&self, key: &str) -> String {
        format!("file:///{}", quote(key))
    }

    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        let own = key.to_owned();
        blocking("looking at", key, move |path| describe(&own, path)).boxed()
    }

    fn read<'a>(&'a self, key: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        blocking("reading", key, move |path| {
            let file = File::open(path)?;
            let read = |range: &Range<u64>| {
                let length = usize::try_from(range.end.saturating_sub(range.start));
                let mut bytes = vec![0; length.map_err(io::Error::other)?];
                file.read_exact_at(&mut bytes, range.start)?;
                Ok(Bytes::from(bytes))
            };
            ranges.wanted.iter().map(read).collect()
        })
        .boxed()
    }

    fn stream<'a>(&'a self, key: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>> {
        stream::try_unfold(range, move |range| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let end = range.end.min(range.start + PIECE);
            let wanted = std::iter::once(range.start..end).collect();
            let piece = self.read(key, Ranges::exact(wanted)).await?;
            let piece = piece.into_iter().next();
            Ok(piece.map(|piece| (piece, end..range.end)))
        })
        .boxed()
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<String>,
    ) -> Option<BoxStream<'a, Result<Object>>> {
        let folder = prefix.rfind('/').map_or("", |slash| &prefix[..slash]);
        let root = path_of(folder);
        if !root.is_dir() {
            return Some(stream::empty().boxed());
        }
        let below = |key: &str| {
            key.strip_prefix(folder)
                .map(|k| k.trim_start_matches('/').to_owned())
        };
        let after = after.as_deref().and_then(below).unwrap_or_default();
        let found = walk_after(&root, after.as_bytes()).filter_map(move |file| {
            let file = match file {
                Err(error) => return Some(Err(error)),
                Ok(file) => file,
            };
            let path = root.join(&file.path);
            let key = path.to_str()?.trim_start_matches('/');
            let is_file = matches!(file.kind, WalkedKind::File | WalkedKind::Symlink);
            if !is_file || !key.starts_with(prefix) {
                return None;
            }
            // A link to nothing, or to a folder, is no file.
            describe(key, &path).ok().flatten().map(Ok)
        });
        Some(stream::iter(found).boxed())
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        mut source: BoxStream<'a, Result<Bytes>>,
        size: u64,
    ) -> BoxFuture<'a, Result<bool>> {
        async move {
            let path = path_of(key);
            let fail = |e| DatastoreError::io("writing", &path, e);
            let folder = path.parent().unwrap_or(Path::new("/"));
            tokio::fs::create_dir_all(folder).await.map_err(fail)?;
            let temporary = tempfile::Builder::new()
                .prefix(".pantry-")
                .suffix(".tmp")
                .tempfile_in(folder);
            let temporary = temporary.map_err(fail)?;
            let file = temporary.as_file().try_clone().map_err(fail)?;
            let mut file = tokio::fs::File::from_std(file);
            let mut count = 0;
            while let Some(piece) = source.next().await {
                let piece = piece?;
                count += piece.len() as u64;
                file.write_all(&piece).await.map_err(fail)?;
            }
            file.flush().await.map_err(fail)?;
            file.sync_all().await.map_err(fail)?;
            if count != size {
                let reason = format!("its source has {count} bytes now instead of {size}");
                return Err(fail(io::Error::other(reason)));
            }
            match temporary.persist_noclobber(&path) {
                Ok(_) => Ok(true),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(fail(error.error)),
            }
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        blocking("removing", key, |path| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .boxed()
    }

    fn presign<'a>(
        &'a self,
        _key: &'a str,
        _valid: Duration,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        std::future::ready(Ok(None)).boxed()
    }

    fn local(&self, key: &str) -> Option<PathBuf> {
        Some(path_of(key))
    }
}
