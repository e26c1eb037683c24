//! Reading a file where it is, or, when that fails, where a copy of it is.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};

use super::store_trait::{Object, Ranges, Store};
use super::stores::{Stored, Stores};
use crate::error::{DatastoreError, Result};
use crate::resource_path::ResourcePath;

/// Knows where else files are.
pub trait Copies: std::fmt::Debug + Send + Sync {
    /// The URIs of the copies of a file, in the order in which they are tried. May block for a moment.
    ///
    /// # Errors
    /// Words about why it cannot be said.
    fn of(&self, uri: &str) -> std::result::Result<Vec<String>, String>;
}

/// A file and its copies as one that can be read; what reads it gives no key, so the store has this file alone.
#[derive(Debug)]
struct WithCopies {
    original: Stored,
    copies: Vec<Stored>,
}

impl Stores {
    /// The store and key of a URI for reading: if it cannot be read there, its copies are tried in their order. Not for
    /// writing.
    ///
    /// # Errors
    /// Those of [`Stores::find`] for the file itself; copies that no store can have, and a map that cannot be asked, are left
    /// out with a warning.
    pub fn find_any(&self, uri: &ResourcePath) -> Result<Stored> {
        let original = self.find(uri)?;
        let copies = self.copies_of(uri);
        if copies.is_empty() {
            return Ok(original);
        }
        let key = original.key.clone();
        let store = Arc::new(WithCopies { original, copies });
        Ok(Stored { store, key })
    }

    /// The copies of a file.
    pub fn copies_of(&self, uri: &ResourcePath) -> Vec<Stored> {
        let copies = self.copies_at(uri).into_iter();
        copies.filter_map(|copy| self.find(&copy).ok()).collect()
    }

    /// Where the copies of a file are; those that no store can have are left out with a warning.
    pub fn copies_at(&self, uri: &ResourcePath) -> Vec<ResourcePath> {
        let Some(map) = self.copies() else {
            return Vec::new();
        };
        let uri = uri.without_fragment().to_string();
        let known = map.of(&uri).unwrap_or_else(|reason| {
            tracing::warn!("where copies of {uri} are is not known: {reason}");
            Vec::new()
        });
        let found = known.iter().filter_map(|copy| {
            let found = ResourcePath::parse(copy).and_then(|copy| self.find(&copy).map(|_| copy));
            found
                .inspect_err(|reason| tracing::warn!("a copy of {uri} is left out: {reason}"))
                .ok()
        });
        found.collect()
    }
}

impl WithCopies {
    fn places(&self) -> impl Iterator<Item = &Stored> {
        std::iter::once(&self.original).chain(&self.copies)
    }

    /// What `read` gives at the first place where it gives something. What went wrong at the original is the error, as its
    /// URI is the one that people know.
    async fn first<'s, T, F>(&'s self, read: impl Fn(&'s Stored) -> F) -> Result<Option<T>>
    where
        F: Future<Output = Result<Option<T>>>,
    {
        let mut first = None;
        for place in self.places() {
            match read(place).await {
                Ok(Some(found)) => return Ok(Some(found)),
                outcome => {
                    if let Err(error) = &outcome {
                        tracing::warn!("trying the next copy: {error}");
                    }
                    first.get_or_insert(outcome);
                }
            }
        }
        first.unwrap_or(Ok(None))
    }
}

impl Store for WithCopies {
    fn uri(&self, key: &str) -> String {
        self.original.store.uri(key)
    }

    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        Box::pin(async move {
            let found = self.first(|place| place.store.stat(&place.key)).await?;
            Ok(found.map(|object| Object {
                key: key.to_owned(),
                ..object
            }))
        })
    }

    fn read<'a>(&'a self, _: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        Box::pin(async move {
            let read = |place: &'a Stored| {
                let ranges = ranges.clone();
                async move { place.store.read(&place.key, ranges).await.map(Some) }
            };
            let found = self.first(read).await?;
            found.ok_or_else(|| DatastoreError::Missing {
                path: self.original.uri().into(),
            })
        })
    }

    fn stream<'a>(&'a self, _: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>> {
        let places: VecDeque<&Stored> = self.places().collect();
        let reading = Reading {
            places,
            range,
            now: None,
            first: None,
        };
        stream::unfold(reading, Reading::next).boxed()
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<String>,
    ) -> Option<BoxStream<'a, Result<Object>>> {
        self.original.store.list(prefix, after)
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        source: BoxStream<'a, Result<Bytes>>,
        size: u64,
    ) -> BoxFuture<'a, Result<bool>> {
        self.original.store.write(key, source, size)
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.original.store.delete(key)
    }

    fn presign<'a>(&'a self, _: &'a str, valid: Duration) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move {
            // An address is given out whether there is a file or not, so it is looked first.
            let sign = |place: &'a Stored| async move {
                match place.store.stat(&place.key).await? {
                    Some(_) => place.store.presign(&place.key, valid).await.map(Some),
                    None => Ok(None),
                }
            };
            Ok(self.first(sign).await?.flatten())
        })
    }
}

/// A stream that begins at the first place where it can. It never goes on at another: copies should be equal, but a file of
/// two halves would be worse than none.
struct Reading<'a> {
    places: VecDeque<&'a Stored>,
    range: Range<u64>,
    now: Option<BoxStream<'a, Result<Bytes>>>,
    first: Option<DatastoreError>,
}

impl<'a> Reading<'a> {
    async fn next(mut self) -> Option<(Result<Bytes>, Self)> {
        if let Some(stream) = &mut self.now {
            let piece = stream.next().await?;
            return Some((piece, self));
        }
        while let Some(place) = self.places.pop_front() {
            let mut stream = place.store.stream(&place.key, self.range.clone());
            match stream.next().await {
                Some(Err(error)) => {
                    tracing::warn!("trying the next copy: {error}");
                    self.first.get_or_insert(error);
                }
                begin => {
                    self.now = Some(stream);
                    self.first = None;
                    return begin.map(|bytes| (bytes, self));
                }
            }
        }
        let error = self.first.take()?;
        Some((Err(error), self))
    }
}
