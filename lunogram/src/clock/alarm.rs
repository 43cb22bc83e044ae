//! A timer that needs no runtime: `shutdown` works without one.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// Rings once, after real time. Dropping it ends its thread.
pub(super) struct Alarm {
    rings: oneshot::Receiver<()>,
    /// The thread waits until this is dropped, or until the time has passed.
    _cancel: Sender<()>,
}

impl Alarm {
    /// `None` if the operating system provides no thread.
    pub(super) fn after(time: Duration) -> Option<Self> {
        let (ring, rings) = oneshot::channel();
        let (cancel, cancelled) = channel();
        let thread = thread::Builder::new().name("lunogram-alarm".to_owned());
        thread
            .spawn(move || {
                if cancelled.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                    // It fails if nothing waits any more.
                    let _ = ring.send(());
                }
            })
            .ok()?;
        Some(Self {
            rings,
            _cancel: cancel,
        })
    }

    pub(super) async fn rung(self) {
        // The thread ends without a ring only if this is dropped.
        let _ = self.rings.await;
    }
}
