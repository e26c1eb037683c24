//! What is sent: a file of this machine, or an object of a store that is passed on.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Body;
use futures_util::stream::{self, StreamExt};
use pantry_datastore::OpenFile;
use pantry_datastore::store::{Object, Stored};

use super::file_body::{FileBody, Piece};
use super::validators::Validators;

/// The bytes of a dataset's file.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file of this machine.
    File(Arc<OpenFile>),
    /// An object of a store, as it was a moment ago.
    Object(Stored, Arc<Object>),
}

impl Content {
    /// Bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::File(file) => file.size(),
            Self::Object(_, object) => object.size,
        }
    }

    /// By what it is recognised.
    pub fn validators(&self, now: SystemTime) -> Option<Validators> {
        match self {
            Self::File(file) => Validators::of(file, now),
            Self::Object(_, object) => Validators::of_object(object, now),
        }
    }

    /// Whether it is what it was when it was opened. What is known of an object is of that moment.
    pub fn is_unchanged(&self) -> bool {
        match self {
            Self::File(file) => file.is_unchanged(),
            Self::Object(..) => true,
        }
    }

    /// These pieces of it.
    pub fn body(&self, pieces: Vec<Piece>) -> Body {
        let (stored, size) = match self {
            Self::File(file) => return Body::from_stream(FileBody::new(Arc::clone(file), pieces)),
            Self::Object(stored, object) => (stored.clone(), object.size),
        };
        let parts = stream::iter(pieces).flat_map(move |piece| match piece {
            Piece::Text(text) => stream::iter([Ok(text)]).boxed(),
            Piece::Range(range) => part(stored.clone(), range.start..range.end.min(size)).boxed(),
        });
        Body::from_stream(parts)
    }
}

/// A part of an object; the stream owns what it reads from.
fn part(
    stored: Stored,
    range: std::ops::Range<u64>,
) -> impl stream::Stream<Item = Result<axum::body::Bytes, axum::BoxError>> + Send {
    let (sender, receiver) = tokio::sync::mpsc::channel(2);
    tokio::spawn(async move {
        let mut pieces = stored.store.stream(&stored.key, range);
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
    });
    stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    })
}
