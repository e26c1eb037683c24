//! What is sent: a file of this machine, an object of a store that is passed on, or a member of a zip in either.

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, BoxStream, StreamExt};
use pantry_datastore::store::{Object, Stored};
use pantry_datastore::zip::MemberBytes;
use pantry_datastore::{DatastoreError, OpenFile};
use tokio::sync::mpsc::Sender;

use super::file_body::{FileBody, Piece};
use super::validators::Validators;

/// The bytes of a dataset's file.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file of this machine.
    File(Arc<OpenFile>),
    /// An object of a store, as it was a moment ago.
    Object(Stored, Arc<Object>),
    /// A member of a zip, wherever that is, and how it is described.
    Member(MemberBytes, Arc<Object>),
}

impl Content {
    /// Bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::File(file) => file.size(),
            Self::Object(_, object) | Self::Member(_, object) => object.size,
        }
    }

    /// By what it is recognised.
    pub fn validators(&self, now: SystemTime) -> Option<Validators> {
        match self {
            Self::File(file) => Validators::of(file, now),
            Self::Object(_, object) | Self::Member(_, object) => Validators::of_object(object, now),
        }
    }

    /// Whether it is what it was when it was opened. What is known of others is of that moment.
    pub fn is_unchanged(&self) -> bool {
        match self {
            Self::File(file) => file.is_unchanged(),
            Self::Object(..) | Self::Member(..) => true,
        }
    }

    /// These pieces of it.
    pub fn body(&self, pieces: Vec<Piece>) -> Body {
        let size = self.size();
        let content = match self {
            Self::File(file) => return Body::from_stream(FileBody::new(Arc::clone(file), pieces)),
            content => content.clone(),
        };
        let parts = stream::iter(pieces).flat_map(move |piece| match piece {
            Piece::Text(text) => stream::iter([Ok(text)]).boxed(),
            Piece::Range(range) => part(content.clone(), range.start..range.end.min(size)).boxed(),
        });
        Body::from_stream(parts)
    }
}

/// A part of an object or a member; the stream owns what it reads from.
fn part(
    content: Content,
    range: Range<u64>,
) -> impl stream::Stream<Item = Result<Bytes, axum::BoxError>> + Send {
    let (sender, receiver) = tokio::sync::mpsc::channel(2);
    tokio::spawn(async move {
        match &content {
            Content::Object(stored, _) => {
                pass(stored.store.stream(&stored.key, range), sender).await
            }
            Content::Member(member, _) => pass(member.part(range), sender).await,
            // Files have a body of their own.
            Content::File(_) => {}
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    })
}

async fn pass(
    mut pieces: BoxStream<'_, Result<Bytes, DatastoreError>>,
    sender: Sender<Result<Bytes, axum::BoxError>>,
) {
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            tracing::warn!("a file was broken off: {error}");
            axum::BoxError::from(error)
        });
        // The client went away.
        if sender.send(piece).await.is_err() {
            return;
        }
    }
}
