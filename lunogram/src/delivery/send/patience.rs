//! The state that the clients of one family share when they are dropped: how long they may still
//! block their threads, and whether a loss was reported.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A program that ends may drop hundreds of clients of one server: one for each project or session.
/// If the server does not answer, each would wait for its whole time, one after the other.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Patience {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How long drops have waited in vain since the last one that was not in vain.
    waited: Duration,
    /// The delivery thread did not end one of the queues in time: a hook or the disk holds it up.
    is_held_up: bool,
    /// A loss was written to standard error, which is enough for all of them.
    has_reported: bool,
}

impl Patience {
    /// How long a drop may wait for deliveries that may take `most`.
    pub(in crate::delivery) fn left(&self, most: Duration) -> Duration {
        most.saturating_sub(self.state().waited)
    }

    /// Whether a drop may wait for the delivery thread to end its queue.
    pub(in crate::delivery) fn is_held_up(&self) -> bool {
        self.state().is_held_up
    }

    /// A drop has waited for this time. `undelivered` counts the payloads that were pending then;
    /// `None` if the delivery thread has not ended the queue.
    pub(in crate::delivery) fn waited(&self, time: Duration, undelivered: Option<u64>) {
        let mut state = self.state();
        state.is_held_up = undelivered.is_none();
        state.waited = match undelivered {
            Some(0) => Duration::ZERO,
            _ => state.waited.saturating_add(time),
        };
    }

    /// Whether a loss of one of the clients was reported.
    pub(in crate::delivery) fn has_reported(&self) -> bool {
        self.state().has_reported
    }

    pub(in crate::delivery) fn set_reported(&self) {
        self.state().has_reported = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_in_vain_share_one_time_until_one_succeeds() {
        let (second, patience) = (Duration::from_secs(1), Patience::default());
        assert_eq!(patience.left(2 * second), 2 * second);
        patience.waited(second, Some(3));
        assert_eq!(patience.left(2 * second), second);
        patience.waited(second, None);
        assert_eq!(patience.left(2 * second), Duration::ZERO);
        assert!(patience.is_held_up());
        patience.waited(second, Some(0));
        assert_eq!(patience.left(2 * second), 2 * second);
        assert!(!patience.is_held_up());
    }
}
