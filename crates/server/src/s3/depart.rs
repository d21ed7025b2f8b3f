//! Bytes on their way out.

use std::collections::VecDeque;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use s3::content::{Body as Kept, Piece};
use store::{Contents, Hold, Reader, StoreError};

/// The bytes of an object, content by content.
pub(super) struct Outgoing {
    contents: Contents,
    _hold: Hold,
    /// What is still to be read, in order.
    rest: VecDeque<(Piece, Range<u64>)>,
    reader: Option<Reader>,
    left: u64,
}

impl Outgoing {
    /// The bytes `range` of an object whose contents are held.
    pub(super) fn new(contents: &Contents, hold: Hold, kept: &Kept, range: Range<u64>) -> Self {
        let mut rest = VecDeque::new();
        let mut start = 0;
        for piece in kept.pieces() {
            let end = start + piece.bytes;
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                rest.push_back((piece.clone(), from - start..to - start));
            }
            start = end;
        }
        let left = range.end.saturating_sub(range.start);
        Self { contents: contents.clone(), _hold: hold, rest, reader: None, left }
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, StoreError>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, StoreError>>> {
        loop {
            if let Some(reader) = &mut self.reader {
                match reader.poll_next(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(Ok(bytes))) => {
                        self.left = self.left.saturating_sub(bytes.len() as u64);
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(None) => self.reader = None,
                }
            }
            let Some((piece, range)) = self.rest.pop_front() else { return Poll::Ready(None) };
            self.reader = Some(self.contents.read(piece.id, range));
        }
    }

    pub(super) fn into_body(self) -> Body {
        Body::new(self)
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StoreError>>> {
        self.get_mut().poll(context).map(|next| next.map(|bytes| bytes.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
