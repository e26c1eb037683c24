//! A member of a zip as a store of one file, for who reads files by ranges and need not know that it is in a zip.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{self, BoxFuture};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, TryStreamExt};

use super::archive::MemberBytes;
use crate::error::{DatastoreError, Result};
use crate::store::{Object, Ranges, Store, Stored};

/// It can only be read; whatever the key, it is this member.
#[derive(Debug)]
struct MemberStore(MemberBytes);

impl Stored {
    /// A member of a zip.
    pub fn member(member: MemberBytes) -> Self {
        Self {
            store: Arc::new(MemberStore(member)),
            key: String::new(),
        }
    }
}

impl MemberStore {
    fn refuse<T: Send + 'static>(&self, doing: &'static str) -> BoxFuture<'_, Result<T>> {
        future::ready(Err(DatastoreError::Refused {
            doing,
            uri: self.uri(""),
            endpoint: "the zip, which is only read".to_owned(),
        }))
        .boxed()
    }
}

impl Store for MemberStore {
    fn uri(&self, _key: &str) -> String {
        self.0.uri()
    }

    fn stat<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        let object = Object {
            key: key.to_owned(),
            size: self.0.size(),
            etag: None,
            modified: None,
        };
        future::ready(Ok(Some(object))).boxed()
    }

    fn read<'a>(&'a self, _key: &'a str, ranges: Ranges) -> BoxFuture<'a, Result<Vec<Bytes>>> {
        async move {
            let mut parts = Vec::with_capacity(ranges.wanted.len());
            for range in ranges.wanted {
                let size = range.end.saturating_sub(range.start);
                let pieces: Vec<Bytes> = self.0.part(range).try_collect().await?;
                let part = pieces.concat();
                if part.len() as u64 != size {
                    return Err(self.0.bad("it ends before the end of what was asked for"));
                }
                parts.push(part.into());
            }
            Ok(parts)
        }
        .boxed()
    }

    fn stream<'a>(&'a self, _key: &'a str, range: Range<u64>) -> BoxStream<'a, Result<Bytes>> {
        self.0.part(range)
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
        self.refuse("writing")
    }

    fn delete<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.refuse("removing")
    }

    fn presign<'a>(
        &'a self,
        _key: &'a str,
        _valid: Duration,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        future::ready(Ok(None)).boxed()
    }
}
