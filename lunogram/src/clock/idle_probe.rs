//! Finds out whether a worker is idle: its thread has parked since the last ping, and no external
//! result is awaited.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use tokio::sync::Notify;

thread_local! {
    static IS_PROBED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread drives its runtime under a probe.
pub(super) fn is_probed_thread() -> bool {
    // A destructor may ask while the thread ends.
    IS_PROBED.try_with(Cell::get).unwrap_or_default()
}

#[derive(Debug)]
pub(super) struct IdleProbe {
    /// Number of pings sent to the worker.
    pings: AtomicU64,
    /// The last ping that the worker has seen. Everything queued before that ping has been polled.
    seen: AtomicU64,
    /// The last ping after which the worker's thread parked.
    idle_since: AtomicU64,
    /// Number of external results that the worker awaits, such as reads of a file.
    external: AtomicU64,
    ping: Notify,
    /// Shared by all probes of a clock: wakes callers of `Manual::idle`.
    idle: Arc<Notify>,
}

impl IdleProbe {
    pub(super) fn new(idle: Arc<Notify>) -> Self {
        Self {
            pings: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            idle_since: AtomicU64::new(0),
            external: AtomicU64::new(0),
            ping: Notify::new(),
            idle,
        }
    }

    /// Sends a ping and returns its number, for [`is_idle_since`](Self::is_idle_since).
    pub(super) fn ping(&self) -> u64 {
        let number = self.pings.fetch_add(1, Ordering::AcqRel) + 1;
        self.ping.notify_one();
        number
    }

    /// Whether the worker has seen the ping and was idle afterwards.
    pub(super) fn is_idle_since(&self, ping: u64) -> bool {
        self.idle_since.load(Ordering::Acquire) >= ping
    }

    /// Drives the future and answers pings meanwhile.
    pub(super) async fn drive<T>(&self, future: impl Future<Output = T>) -> T {
        IS_PROBED.set(true);
        let mut future = pin!(future);
        let mut answer_pings = pin!(async {
            loop {
                let pings = self.pings.load(Ordering::Acquire);
                self.seen.store(pings, Ordering::Release);
                self.ping.notified().await;
            }
        });
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            answer_pings.as_mut().poll(context).map(|never: T| never)
        })
        .await
    }

    /// The worker's thread is about to sleep, so none of its tasks is ready.
    pub(super) fn on_park(&self) {
        let seen = self.seen.load(Ordering::Acquire);
        let waits = self.external.load(Ordering::Acquire) > 0;
        if !waits && self.idle_since.swap(seen, Ordering::AcqRel) < seen {
            self.idle.notify_waiters();
        }
    }

    pub(super) fn begin_external(&self) -> External<'_> {
        self.external.fetch_add(1, Ordering::AcqRel);
        External(self)
    }
}

impl Drop for IdleProbe {
    fn drop(&mut self) {
        self.idle.notify_waiters();
    }
}

/// Guard: the worker awaits an external result.
pub(super) struct External<'p>(&'p IdleProbe);

impl Drop for External<'_> {
    fn drop(&mut self) {
        self.0.external.fetch_sub(1, Ordering::AcqRel);
    }
}
