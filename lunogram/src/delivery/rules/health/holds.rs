//! The times in which delivery was suspended.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Holds that are remembered one by one.
const MOST_HOLDS: usize = 32;

/// The times in which delivery was suspended.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    since: Option<Instant>,
    /// Earlier holds, oldest first. If there are too many, the two oldest become one, so that a
    /// deadline is rather too late than too early.
    past: VecDeque<(Instant, Instant)>,
}

impl Holds {
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.past.len()
    }

    pub(super) fn is_running(&self) -> bool {
        self.since.is_some()
    }

    pub(super) fn begin(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    pub(super) fn end(&mut self, now: Instant) {
        let Some(since) = self.since.take() else {
            return;
        };
        self.past.push_back((since, now));
        if self.past.len() > MOST_HOLDS
            && let Some((begin, _)) = self.past.pop_front()
            && let Some(oldest) = self.past.front_mut()
        {
            oldest.0 = begin;
        }
    }

    pub(super) fn between(&self, since: Instant, now: Instant) -> Duration {
        let current = self.since.map(|begin| (begin, now));
        self.past
            .iter()
            .copied()
            .chain(current)
            .map(|(begin, end)| end.min(now).saturating_duration_since(begin.max(since)))
            .sum()
    }
}
