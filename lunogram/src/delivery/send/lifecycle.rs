//! Whether the worker runs, is to end, or has ended.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The worker's state, shared with the clients.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Lifecycle {
    state: Mutex<State>,
    changed: Notify,
    /// Notified when the worker has ended, for threads without a runtime.
    ended: Condvar,
    /// No thread waits for the end, so the worker reports a loss.
    has_no_waiter: AtomicBool,
    /// Payloads that were lost at the end, and not reported.
    unreported: AtomicU64,
    /// A shutdown has returned although the worker had not ended.
    given_up: AtomicBool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Running,
    /// The worker delivers until this moment and then drops the rest.
    EndsAt(Instant),
    Ended {
        /// How many payloads were pending when the worker gave up.
        undelivered: u64,
    },
}

impl Lifecycle {
    /// Ends the worker at this moment, or earlier if nothing is left to deliver. Of several calls,
    /// the earliest moment counts.
    pub(in crate::delivery) fn end_at(&self, moment: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            State::Running => State::EndsAt(moment),
            State::EndsAt(known) => State::EndsAt(known.min(moment)),
            ended @ State::Ended { .. } => ended,
        };
        self.changed.notify_waiters();
    }

    /// Waits until the worker has ended.
    pub(in crate::delivery) async fn ended(&self) {
        let ended = |state| matches!(state, State::Ended { .. }).then_some(());
        self.until(ended).await;
    }

    /// Blocks the thread until the worker has ended, for at most this time.
    pub(in crate::delivery) fn wait_ended(&self, most: Duration) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = |state: &mut State| !matches!(state, State::Ended { .. });
        drop(self.ended.wait_timeout_while(state, most, is_open));
    }

    /// No thread waits for the end: a loss that no hook and no log reports is written to standard
    /// error by the worker.
    pub(in crate::delivery) fn set_no_waiter(&self) {
        self.has_no_waiter.store(true, Ordering::Release);
    }

    pub(super) fn has_no_waiter(&self) -> bool {
        self.has_no_waiter.load(Ordering::Acquire)
    }

    /// How many payloads were lost at the end that no hook and no log has reported.
    pub(in crate::delivery) fn unreported(&self) -> u64 {
        self.unreported.load(Ordering::Acquire)
    }

    pub(super) fn set_unreported(&self, lost: u64) {
        self.unreported.store(lost, Ordering::Release);
    }

    /// How many payloads were pending when the worker gave up; `None` if it has not ended.
    pub(in crate::delivery) fn undelivered(&self) -> Option<u64> {
        match *self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Ended { undelivered } => Some(undelivered),
            State::Running | State::EndsAt(_) => None,
        }
    }

    /// Ends the wait for a worker that has not ended in time.
    pub(in crate::delivery) fn give_up(&self) {
        self.given_up.store(true, Ordering::Release);
    }

    /// Whether a shutdown has returned although the worker had not ended.
    pub(in crate::delivery) fn was_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }

    /// Whether the worker has ended.
    pub(in crate::delivery) fn has_ended(&self) -> bool {
        self.undelivered().is_some()
    }

    pub(super) fn set_ended(&self, undelivered: u64) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Ended { undelivered };
        self.changed.notify_waiters();
        self.ended.notify_all();
    }

    /// Waits until `wanted` returns a value for the state.
    pub(super) async fn until<T>(&self, wanted: impl Fn(State) -> Option<T>) -> T {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let state = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = wanted(state) {
                return found;
            }
            changed.await;
        }
    }
}
