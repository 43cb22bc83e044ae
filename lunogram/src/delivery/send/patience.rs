//! The state that the clients of one family share when they are dropped: how long they may still
//! block their threads, and whether a loss was reported.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Drops that are further apart do not belong to one end of a program.
const EPISODE: Duration = Duration::from_secs(10);

/// A program that ends may drop hundreds of clients of one server: one for each project or session.
/// If the server does not answer, each would wait for its whole time, one after the other.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Patience {
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// The end of the last drop that waited in vain or reported a loss.
    latest: Option<Instant>,
    /// How long drops have waited in vain.
    waited: Duration,
    /// The delivery thread did not end one of the queues in time: a hook or the disk holds it up.
    is_held_up: bool,
    /// A loss was written to standard error, which is enough for all of them.
    has_reported: bool,
}

impl Patience {
    /// How long a drop may wait for deliveries that may take `most`.
    pub(in crate::delivery) fn left(&self, now: Instant, most: Duration) -> Duration {
        most.saturating_sub(self.state(now).waited)
    }

    /// Whether a drop may not wait for the delivery thread to end its queue.
    pub(in crate::delivery) fn is_held_up(&self, now: Instant) -> bool {
        self.state(now).is_held_up
    }

    /// A drop has waited for this time. `undelivered` counts the payloads that were pending then;
    /// `None` if the delivery thread has not ended the queue.
    pub(in crate::delivery) fn waited(
        &self,
        now: Instant,
        time: Duration,
        undelivered: Option<u64>,
    ) {
        let mut state = self.state(now);
        if undelivered == Some(0) {
            *state = State::default();
            return;
        }
        state.latest = Some(now);
        state.is_held_up = undelivered.is_none();
        state.waited = state.waited.saturating_add(time);
    }

    /// Whether a loss is to be reported now, as the first of this episode.
    pub(in crate::delivery) fn may_report(&self, now: Instant) -> bool {
        let mut state = self.state(now);
        state.latest = Some(now);
        !std::mem::replace(&mut state.has_reported, true)
    }

    fn state(&self, now: Instant) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |latest| now.saturating_duration_since(latest) > EPISODE;
        if state.latest.is_some_and(is_over) {
            *state = State::default();
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn drops_in_vain_share_one_time_until_one_succeeds_or_the_program_goes_on() {
        let (now, patience) = (Instant::now(), Patience::default());
        assert_eq!(patience.left(now, 2 * SECOND), 2 * SECOND);
        patience.waited(now, SECOND, Some(3));
        assert_eq!(patience.left(now, 2 * SECOND), SECOND);
        patience.waited(now, SECOND, None);
        assert_eq!(patience.left(now, 2 * SECOND), Duration::ZERO);
        assert!(patience.is_held_up(now));
        patience.waited(now, SECOND, Some(0));
        assert_eq!(patience.left(now, 2 * SECOND), 2 * SECOND);
        assert!(!patience.is_held_up(now));

        patience.waited(now, 9 * SECOND, None);
        let later = now + EPISODE;
        assert_eq!(patience.left(later, 2 * SECOND), Duration::ZERO);
        let later = later + SECOND;
        assert_eq!(patience.left(later, 2 * SECOND), 2 * SECOND);
        assert!(!patience.is_held_up(later));
    }

    #[test]
    fn a_loss_is_reported_once_in_an_episode() {
        let (now, patience) = (Instant::now(), Patience::default());
        let reports = [0, 1, 2].map(|n| patience.may_report(now + n * SECOND));
        assert_eq!(reports, [true, false, false]);
        assert!(patience.may_report(now + 2 * EPISODE));
    }
}
