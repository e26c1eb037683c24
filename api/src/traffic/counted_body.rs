//! The body of an answer, whose bytes are counted as they are sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use super::exchange::Exchange;

/// A body that says what became of it when it ends.
pub struct CountedBody {
    body: Body,
    exchange: Exchange,
}

impl CountedBody {
    /// The body of an exchange's answer.
    pub fn new(body: Body, mut exchange: Exchange) -> Self {
        exchange.sends(body.size_hint().exact());
        Self { body, exchange }
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.exchange.sent(bytes as u64);
            }
            Poll::Ready(Some(Err(error))) => self.exchange.failed(error),
            Poll::Ready(None) => self.exchange.ended(),
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
