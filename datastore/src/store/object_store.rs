//! A bucket or a web server as a store.

use std::ops::Range;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt, TryFutureExt, TryStreamExt};
use opendal::layers::{ConcurrentLimitLayer, RetryLayer, TimeoutLayer};
use opendal::{Error, ErrorKind, Metadata, Operator};

use super::settings::StoreSettings;
use super::store_trait::{Object, Ranges, Store, as_path};
use crate::error::{DatastoreError, Result};

/// Pieces in which large files are put, several at a time. Buckets want at least 5 MiB each and at most 10,000 of them.
const PART: u64 = 8 << 20;

/// The most parts of one file.
const PARTS: u64 = 9_000;

/// Parts that are on their way at the same time.
const PARTS_AT_ONCE: usize = 2;

/// Bytes that are asked for at a time of a file that is read from begin to end.
const PIECE: usize = 4 << 20;

/// Files that one answer of a listing has.
const PAGE: usize = 1000;

/// A bucket or a web server.
#[derive(Debug)]
pub(super) struct ObjectStore {
    operator: Operator,
    /// Its URI without a slash at its end.
    root: String,
    /// Where it is reached, for messages: no keys in it.
    endpoint: String,
}

impl ObjectStore {
    /// Put limits and repetitions around an operator.
    pub(super) fn new(
        operator: Operator,
        root: String,
        endpoint: String,
        settings: &StoreSettings,
    ) -> Self {
        let retry = RetryLayer::new()
            .with_max_times(settings.retries)
            .with_min_delay(settings.first_pause)
            .with_max_delay(settings.longest_pause)
            .with_jitter();
        let timeout = TimeoutLayer::new()
            .with_timeout(settings.timeout)
            .with_io_timeout(settings.timeout);
        let limit = ConcurrentLimitLayer::new(usize::MAX >> 4)
            .with_http_concurrent_limit(settings.concurrency);
        Self {
            operator: operator.layer(limit).layer(timeout).layer(retry),
            root,
            endpoint,
        }
    }

    fn fail(&self, doing: &'static str, key: &str, error: Error) -> DatastoreError {
        let uri = self.uri(key);
        let path = as_path(&uri).to_path_buf();
        match error.kind() {
            ErrorKind::NotFound => DatastoreError::Missing { path },
            ErrorKind::PermissionDenied => DatastoreError::Refused {
                doing,
                uri,
                endpoint: self.endpoint.clone(),
            },
            kind => DatastoreError::Store {
                doing,
                uri,
                endpoint: self.endpoint.clone(),
                reason: reason(kind, &error),
            },
        }
    }

    /// A key that the service would understand as another one is refused.
    fn check(&self, key: &str) -> Result<()> {
        let is_odd = key.is_empty()
            || key.starts_with('/')
            || key.ends_with('/')
            || key.contains("//")
            || key.split('/').any(|part| matches!(part, "." | ".."));
        if !is_odd {
            return Ok(());
        }
        Err(DatastoreError::BadPath {
            text: self.uri(key),
            reason: "a key needs a name and neither '//' nor '.' or '..' between slashes"
                .to_owned(),
        })
    }

    async fn read_all(&self, key: &str, ranges: Ranges) -> Result<Vec<Bytes>> {
        self.check(key)?;
        let fail = |e| self.fail("reading", key, e);
        let reader = self.operator.reader_with(key);
        let reader = reader
            .gap(ranges.gap)
            .chunk(ranges.piece)
            .concurrent(PARTS_AT_ONCE);
        let reader = reader.await.map_err(fail)?;
        let parts = reader.fetch(ranges.wanted.clone()).await.map_err(fail)?;
        let parts = parts.into_iter().zip(&ranges.wanted);
        parts
            .map(
                |(part, wanted)| match part.len() as u64 == wanted.end - wanted.start {
                    true => Ok(part.to_bytes()),
                    false => Err(self.short(key, wanted.start + part.len() as u64)),
                },
            )
            .collect()
    }

    /// The service gave fewer bytes than it said.
    fn short(&self, key: &str, at: u64) -> DatastoreError {
        DatastoreError::Store {
            doing: "reading",
            uri: self.uri(key),
            endpoint: self.endpoint.clone(),
            reason: format!("it ends at byte {at}, before the end of what was asked for"),
        }
    }

    async fn write_all(
        &self,
        key: &str,
        mut source: BoxStream<'_, Result<Bytes>>,
        size: u64,
    ) -> Result<bool> {
        self.check(key)?;
        let fail = |e| self.fail("writing", key, e);
        if self.stat(key).await?.is_some() {
            return Ok(false);
        }
        let part = usize::try_from(PART.max(size.div_ceil(PARTS))).unwrap_or(usize::MAX);
        let writer = self
            .operator
            .writer_with(key)
            .chunk(part)
            .concurrent(PARTS_AT_ONCE);
        let mut writer = writer.await.map_err(fail)?;
        let mut count = 0;
        let failed = loop {
            match source.next().await {
                None if count == size => break None,
                None => break Some(self.short_source(key, count, size)),
                Some(Err(error)) => break Some(error),
                Some(Ok(bytes)) => {
                    count += bytes.len() as u64;
                    if let Err(error) = writer.write(bytes).await {
                        break Some(fail(error));
                    }
                }
            }
        };
        if let Some(error) = failed {
            // The parts so far would be kept, and paid for, without anybody seeing them.
            let _ = writer.abort().await;
            return Err(error);
        }
        writer.close().await.map_err(fail)?;
        // Some gateways acknowledge what they have not kept.
        match self.stat(key).await?.map(|object| object.size) {
            Some(kept) if kept == size => Ok(true),
            kept => Err(DatastoreError::Store {
                doing: "writing",
                uri: self.uri(key),
                endpoint: self.endpoint.clone(),
                reason: format!("{size} bytes were sent, and it has {}", kept.unwrap_or(0)),
            }),
        }
    }

    fn short_source(&self, key: &str, count: u64, size: u64) -> DatastoreError {
        DatastoreError::Store {
            doing: "writing",
            uri: self.uri(key),
            endpoint: self.endpoint.clone(),
            reason: format!("its source has {count} bytes now instead of {size}"),
        }
    }

    async fn list_all(
        &self,
        prefix: &str,
        after: Option<String>,
    ) -> Result<BoxStream<'_, Result<Object>>> {
        let mut lister = self
            .operator
            .lister_with(prefix)
            .recursive(true)
            .limit(PAGE);
        if let Some(after) = &after {
            lister = lister.start_after(after);
        }
        let folder = prefix.to_owned();
        let lister = lister.await.map_err(|e| self.fail("listing", prefix, e))?;
        let objects = lister.map(move |entry| {
            let entry = entry.map_err(|e| self.fail("listing", &folder, e))?;
            let (key, metadata) = entry.into_parts();
            Ok(metadata.is_file().then(|| object(key, &metadata)))
        });
        Ok(objects
            .try_filter_map(|object| async { Ok(object) })
            .boxed())
    }
}

impl Store for ObjectStore {
    fn uri(&self, key: &str) -> String {
        format!("{}/{key}", self.root)
    }

    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        async move {
            self.check(key)?;
            match self.operator.stat(key).await {
                Ok(metadata) => Ok(Some(object(key.to_owned(), &metadata))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(self.fail("looking at", key, error)),
            }
        }
        .boxed()
    }

    fn read<'a>(&'a self, key: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        self.read_all(key, ranges).boxed()
    }

    fn stream<'a>(&'a self, key: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>> {
        let begin = async move {
            self.check(key)?;
            let fail = |e| self.fail("reading", key, e);
            let reader = self
                .operator
                .reader_with(key)
                .chunk(PIECE)
                .concurrent(PARTS_AT_ONCE);
            let reader = reader.await.map_err(fail)?;
            let bytes = reader
                .into_bytes_stream(range.clone())
                .await
                .map_err(fail)?;
            Ok((bytes.boxed(), range))
        };
        let pieces = begin.map_ok(move |(bytes, range)| {
            stream::try_unfold((bytes, range), move |(mut bytes, range)| async move {
                match bytes.next().await {
                    None if range.is_empty() => Ok(None),
                    None => Err(self.short(key, range.start)),
                    Some(Err(error)) => {
                        // The library wraps its own errors in those of the system here.
                        Err(match error.downcast::<Error>() {
                            Ok(error) => self.fail("reading", key, error),
                            Err(error) => {
                                DatastoreError::io("reading", as_path(&self.uri(key)), error)
                            }
                        })
                    }
                    Some(Ok(piece)) => {
                        let rest = range.start + piece.len() as u64..range.end;
                        Ok(Some((piece, (bytes, rest))))
                    }
                }
            })
        });
        pieces.try_flatten_stream().boxed()
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<String>,
    ) -> Option<BoxStream<'a, Result<Object>>> {
        let can = self.operator.info().capability();
        can.list_with_recursive
            .then(|| self.list_all(prefix, after).try_flatten_stream().boxed())
    }

    fn write<'a>(
        &'a self,
        key: &'a str,
        source: BoxStream<'a, Result<Bytes>>,
        size: u64,
    ) -> BoxFuture<'a, Result<bool>> {
        self.write_all(key, source, size).boxed()
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        async move {
            self.check(key)?;
            let deleted = self.operator.delete(key).await;
            deleted.map_err(|e| self.fail("removing", key, e))
        }
        .boxed()
    }

    fn presign<'a>(
        &'a self,
        key: &'a str,
        valid: Duration,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        async move {
            self.check(key)?;
            if !self.operator.info().capability().presign_read {
                return Ok(None);
            }
            let signed = self.operator.presign_read(key, valid).await;
            let signed = signed.map_err(|e| self.fail("making a link to", key, e))?;
            Ok(Some(signed.uri().to_string()))
        }
        .boxed()
    }
}

fn object(key: String, metadata: &Metadata) -> Object {
    Object {
        key,
        size: metadata.content_length(),
        etag: metadata.etag().map(str::to_owned),
        modified: metadata.last_modified().map(SystemTime::from),
    }
}

/// What the service said, without the library's lists of what it was asked with.
fn reason(kind: ErrorKind, error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{kind}: {} ({source})", error.message()),
        None => format!("{kind}: {}", error.message()),
    }
}
