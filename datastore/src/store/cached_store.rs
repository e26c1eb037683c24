//! A store whose files are read through a cache.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::task::spawn_blocking;

use super::cache::{Cache, PIECE, PieceName};
use super::store_trait::{Object, Ranges, Store};
use crate::error::{DatastoreError, Result};

/// How often a file is read again that changes while it is read.
const TRIES: usize = 3;

/// Reads are answered from the cache as far as it has the pieces, for the state of the file that the store describes at that
/// moment.
#[derive(Debug)]
pub(super) struct CachedStore {
    pub(super) inner: Arc<dyn Store>,
    pub(super) cache: Arc<Cache>,
}

impl CachedStore {
    async fn describe(&self, key: &str) -> Result<Object> {
        let object = self.inner.stat(key).await?;
        object.ok_or_else(|| DatastoreError::Missing {
            path: self.inner.uri(key).into(),
        })
    }

    fn changed(&self, key: &str) -> DatastoreError {
        let error = std::io::Error::other("it changes while it is read");
        DatastoreError::io("reading", std::path::Path::new(&self.inner.uri(key)), error)
    }

    /// The pieces with these numbers of the file in this state; `None` if it has another now.
    async fn pieces(
        &self,
        key: &str,
        object: &Object,
        wanted: &[u64],
    ) -> Result<Option<BTreeMap<u64, Bytes>>> {
        let mut found = self.cached(key, object, wanted).await;
        let missing = wanted.iter().copied();
        let missing: Vec<u64> = missing.filter(|n| !found.contains_key(n)).collect();
        if missing.is_empty() {
            return Ok(Some(found));
        }
        let ranges = missing.iter().map(|number| piece(*number, object.size));
        let read = self.inner.read(key, Ranges::exact(ranges.collect())).await;
        // What was read is of the state that was described if the file still has it.
        if self.describe(key).await? != *object {
            return Ok(None);
        }
        let read: Vec<(u64, Bytes)> = missing.into_iter().zip(read?).collect();
        found.extend(read.iter().cloned());
        self.keep(key, object, read).await;
        Ok(Some(found))
    }

    async fn cached(&self, key: &str, object: &Object, wanted: &[u64]) -> BTreeMap<u64, Bytes> {
        let (cache, uri) = (Arc::clone(&self.cache), self.inner.uri(key));
        let (object, wanted) = (object.clone(), wanted.to_vec());
        let found = spawn_blocking(move || {
            let found = wanted.into_iter().filter_map(|number| {
                let range = piece(number, object.size);
                let length = usize::try_from(range.end - range.start).ok()?;
                let name = PieceName::of(&uri, &object, number);
                Some((number, cache.get(&name, length)?))
            });
            found.collect()
        });
        found.await.unwrap_or_default()
    }

    async fn keep(&self, key: &str, object: &Object, pieces: Vec<(u64, Bytes)>) {
        let (cache, uri, object) = (Arc::clone(&self.cache), self.inner.uri(key), object.clone());
        let kept = spawn_blocking(move || {
            for (number, bytes) in pieces {
                cache.put(&PieceName::of(&uri, &object, number), &bytes);
            }
        });
        // Only a panic would make it fail.
        let _ = kept.await;
    }
}

/// How far a stream is.
struct Streaming {
    /// What it is a stream of, after the first piece.
    object: Option<Object>,
    numbers: Range<u64>,
}

/// The bytes of a piece of a file of this size.
fn piece(number: u64, size: u64) -> Range<u64> {
    let begin = number.saturating_mul(PIECE).min(size);
    begin..begin.saturating_add(PIECE).min(size)
}

/// The numbers of the pieces that have these bytes.
fn numbers(range: &Range<u64>) -> Range<u64> {
    match range.is_empty() {
        true => 0..0,
        false => range.start / PIECE..(range.end - 1) / PIECE + 1,
    }
}

/// The bytes of a range out of the pieces that have them.
fn cut(range: &Range<u64>, pieces: &BTreeMap<u64, Bytes>) -> Option<Bytes> {
    let parts: Option<Vec<Bytes>> = numbers(range)
        .map(|number| {
            let bytes = pieces.get(&number)?;
            let begin = number * PIECE;
            let from = usize::try_from(range.start.saturating_sub(begin)).ok()?;
            let to = usize::try_from((range.end - begin).min(PIECE)).ok()?;
            (to <= bytes.len()).then(|| bytes.slice(from..to))
        })
        .collect();
    let mut parts = parts?;
    match parts.len() {
        1 => parts.pop(),
        _ => Some(parts.concat().into()),
    }
}

impl Store for CachedStore {
    fn uri(&self, key: &str) -> String {
        self.inner.uri(key)
    }

    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        self.inner.stat(key)
    }

    fn read<'a>(&'a self, key: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        async move {
            let mut wanted: Vec<u64> = ranges.wanted.iter().flat_map(numbers).collect();
            wanted.sort_unstable();
            wanted.dedup();
            for _ in 0..TRIES {
                let object = self.describe(key).await?;
                if let Some(pieces) = self.pieces(key, &object, &wanted).await? {
                    let part = |range| {
                        cut(range, &pieces)
                            .ok_or_else(|| short(&self.inner.uri(key), object.size, range))
                    };
                    return ranges.wanted.iter().map(part).collect();
                }
            }
            Err(self.changed(key))
        }
        .boxed()
    }

    fn stream<'a>(&'a self, key: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>> {
        let begin = Streaming {
            object: None,
            numbers: numbers(&range),
        };
        stream::try_unfold(begin, move |mut at| {
            let range = range.clone();
            async move {
                let Some(number) = at.numbers.next() else {
                    return Ok(None);
                };
                let object = match at.object.take() {
                    Some(object) => object,
                    None => self.describe(key).await?,
                };
                let pieces = self.pieces(key, &object, &[number]).await?;
                let pieces = pieces.ok_or_else(|| self.changed(key))?;
                let begin = number * PIECE;
                let part = range.start.max(begin)..range.end.min(begin + PIECE);
                let part = cut(&part, &pieces)
                    .ok_or_else(|| short(&self.inner.uri(key), object.size, &range))?;
                at.object = Some(object);
                Ok(Some((part, at)))
            }
        })
        .boxed()
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<String>,
    ) -> Option<BoxStream<'a, Result<Object>>> {
        self.inner.list(prefix, after)
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        source: BoxStream<'a, Result<Bytes>>,
        size: u64,
    ) -> BoxFuture<'a, Result<bool>> {
        self.inner.write(key, source, size)
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.inner.delete(key)
    }

    fn presign<'a>(
        &'a self,
        key: &'a str,
        valid: Duration,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        self.inner.presign(key, valid)
    }
}

fn short(uri: &str, size: u64, range: &Range<u64>) -> DatastoreError {
    let error = std::io::Error::new(
        std::io::ErrorKind::UnexpectedEof,
        format!(
            "it has {size} bytes, and those up to {} are wanted",
            range.end
        ),
    );
    DatastoreError::io("reading", std::path::Path::new(uri), error)
}
