//! Whether the worker runs, is to end, or has ended.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The worker's state, shared with the clients.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Lifecycle {
    state: Mutex<State>,
    changed: Notify,
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

    /// Waits until the worker has ended, and returns how many payloads were pending when it gave
    /// up.
    pub(in crate::delivery) async fn ended(&self) -> u64 {
        self.until(|state| match state {
            State::Ended { undelivered } => Some(undelivered),
            _ => None,
        })
        .await
    }

    /// Whether the worker has ended.
    pub(in crate::delivery) fn has_ended(&self) -> bool {
        let state = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(state, State::Ended { .. })
    }

    pub(super) fn set_ended(&self, undelivered: u64) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Ended { undelivered };
        self.changed.notify_waiters();
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
