//! The phase of a connection and its start: a server closes a connection that takes too long.

use crate::clock::{Clock, Either, either};
use crate::testing::api::Limits;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No request since this moment.
    Idle(Instant),
    /// The first byte of a request came at this moment.
    Reading(Instant),
    /// The request was read. Its time to answer is the handler's.
    Answering,
}

/// The phase of one connection.
#[derive(Debug)]
pub(super) struct Phases {
    phase: Mutex<Phase>,
    changed: Notify,
    clock: Clock,
}

impl Phases {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            phase: Mutex::new(Phase::Idle(clock.now())),
            changed: Notify::new(),
            clock,
        }
    }

    fn received(&self) {
        let now = self.clock.now();
        let mut phase = self.phase();
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Reading(now);
            self.changed.notify_one();
        }
    }

    pub(super) fn read(&self) {
        *self.phase() = Phase::Answering;
        self.changed.notify_one();
    }

    pub(super) fn answered(&self) {
        *self.phase() = Phase::Idle(self.clock.now());
        self.changed.notify_one();
    }

    /// Completes when the connection has been idle, or has read a request, for too long.
    pub(super) async fn too_long(&self, limits: &Limits) {
        loop {
            let changed = pin!(self.changed.notified());
            let ends_at = match *self.phase() {
                Phase::Idle(since) => limits.idle_timeout.map(|timeout| since + timeout),
                Phase::Reading(since) => limits.read_timeout.map(|timeout| since + timeout),
                Phase::Answering => None,
            };
            let Some(ends_at) = ends_at else {
                changed.await;
                continue;
            };
            // If both are ready, the connection has just begun something else.
            if let Either::Other(()) = either(changed, self.clock.sleep_until(ends_at)).await {
                return;
            }
        }
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that reports the first byte of each request.
pub(super) struct Observed {
    pub(super) stream: TcpStream,
    pub(super) phases: Arc<Phases>,
}

impl AsyncRead for Observed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.phases.received();
        }
        read
    }
}

impl AsyncWrite for Observed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
