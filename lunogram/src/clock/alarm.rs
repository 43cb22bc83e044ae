//! A timer that needs no runtime: `shutdown` works without one.

use std::future::poll_fn;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long a thread waits in a poll of an alarm that has no thread.
const STEP: Duration = Duration::from_millis(1);

/// Rings once, after real time. Dropping it ends its thread.
pub(super) enum Alarm {
    Thread {
        rings: oneshot::Receiver<()>,
        /// The thread waits until this is dropped, or until the time has passed.
        _cancel: Sender<()>,
    },
    /// The operating system provides no thread. The task that waits looks at the time itself.
    Polled(Instant),
}

impl Alarm {
    pub(super) fn after(time: Duration) -> Self {
        let (ring, rings) = oneshot::channel();
        let (cancel, cancelled) = channel();
        let thread = thread::Builder::new().name("lunogram-alarm".to_owned());
        let spawned = thread.spawn(move || {
            if cancelled.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                // It fails if nothing waits any more.
                let _ = ring.send(());
            }
        });
        match spawned {
            Ok(_) => Self::Thread {
                rings,
                _cancel: cancel,
            },
            Err(_) => Self::Polled(Instant::now() + time),
        }
    }

    pub(super) async fn rung(self) {
        match self {
            Self::Thread { rings, _cancel } => {
                // The thread ends without a ring only if this is dropped.
                let _ = rings.await;
            }
            Self::Polled(until) => poll_until(until).await,
        }
    }
}

/// Polls until this moment. A timer of the runtime would be cheaper, but the runtime may have no
/// timers, which it says by a panic only. This is rare, and ends at the moment at the latest.
async fn poll_until(until: Instant) {
    poll_fn(|context| {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Poll::Ready(());
        }
        thread::sleep(left.min(STEP));
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
