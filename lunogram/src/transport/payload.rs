//! The body of a request, which knows whether a connection has asked for it.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

/// Whether a request may have left the process.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent(Arc<AtomicBool>);

impl Sent {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// A request without a body gives no sign of leaving.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A body. The HTTP client reads it when it has a connection and has encoded the head; it writes
/// neither before that.
pub(super) struct Payload {
    bytes: Option<Bytes>,
    sent: Sent,
}

impl Payload {
    pub(super) fn new(bytes: Bytes, sent: &Sent) -> Self {
        Self {
            bytes: Some(bytes),
            sent: sent.clone(),
        }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.sent.set();
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
