//! One file that is open already, as a store: whoever checked where it is reads what he checked.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{self, BoxFuture};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::task::spawn_blocking;

use super::store_trait::{Object, Ranges, Store};
use super::stores::Stored;
use crate::error::{DatastoreError, Result};
use crate::open_file::OpenFile;

/// Bytes that are read at a time.
const PIECE: u64 = 1 << 20;

/// It can only be read; whatever the key, it is this file.
#[derive(Debug)]
struct OpenedStore {
    file: Arc<OpenFile>,
    uri: String,
}

impl Stored {
    /// An open file, known by its URI.
    pub fn opened(file: Arc<OpenFile>, uri: String) -> Self {
        Self {
            store: Arc::new(OpenedStore { file, uri }),
            key: String::new(),
        }
    }
}

impl OpenedStore {
    fn refuse(&self, doing: &'static str) -> DatastoreError {
        DatastoreError::Refused {
            doing,
            uri: self.uri.clone(),
            endpoint: "the open file".to_owned(),
        }
    }

    async fn read_one(&self, range: Range<u64>) -> Result<Bytes> {
        let file = Arc::clone(&self.file);
        let read = spawn_blocking(move || {
            let length = usize::try_from(range.end.saturating_sub(range.start));
            let mut bytes = vec![0; length.map_err(std::io::Error::other)?];
            match file.read(&mut bytes, range.start)? {
                count if count == bytes.len() => Ok(Bytes::from(bytes)),
                _ => Err(std::io::ErrorKind::UnexpectedEof.into()),
            }
        });
        let read = read.await.unwrap_or_else(|e| Err(std::io::Error::other(e)));
        read.map_err(|e| DatastoreError::io("reading", Path::new(&self.uri), e))
    }
}

impl Store for OpenedStore {
    fn uri(&self, _key: &str) -> String {
        self.uri.clone()
    }

    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        let object = Object {
            key: key.to_owned(),
            size: self.file.size(),
            etag: None,
            modified: Some(self.file.modified()),
        };
        future::ready(Ok(Some(object))).boxed()
    }

    fn read<'a>(&'a self, _key: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        async move {
            let mut read = Vec::with_capacity(ranges.wanted.len());
            for range in ranges.wanted {
                read.push(self.read_one(range).await?);
            }
            Ok(read)
        }
        .boxed()
    }

    fn stream<'a>(&'a self, _key: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>> {
        stream::try_unfold(range, move |range| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let end = range.end.min(range.start + PIECE);
            let piece = self.read_one(range.start..end).await?;
            Ok(Some((piece, end..range.end)))
        })
        .boxed()
    }

    fn list<'a>(
        &'a self,
        _prefix: &'a str,
        _after: Option<String>,
    ) -> Option<BoxStream<'a, Result<Object>>> {
        None
    }

    fn write<'a>(
        &'a self,
        _key: &'a str,
        _source: BoxStream<'a, Result<Bytes>>,
        _size: u64,
    ) -> BoxFuture<'a, Result<bool>> {
        future::ready(Err(self.refuse("writing"))).boxed()
    }

    fn delete<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<()>> {
        future::ready(Err(self.refuse("removing"))).boxed()
    }

    fn presign<'a>(
        &'a self,
        _key: &'a str,
        _valid: Duration,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        future::ready(Ok(None)).boxed()
    }
}
