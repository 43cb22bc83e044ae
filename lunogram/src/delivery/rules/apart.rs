//! The failures of a request as evidence about its events, and how to find the event that causes
//! them.
//!
//! The server stops at the event that it cannot process. The events before it are in, and the
//! answer does not say where it stopped. So a suspected request goes again in pieces of about the
//! root of its size, and a piece that fails goes event by event: an event is sent at most twice
//! more, and a batch of n takes at most 2√n + 5 more requests to find one event. A request is not
//! suspected if a probe or other requests failed after it: then the server was to blame.

use super::health::{Health, Shown};
use std::time::Duration;
use tokio::time::Instant;

/// Failures of one event alone, between which other events got through, before it is refused.
const LONE_FAILURES: u32 = 3;

/// Failures alone before an event is refused if others got through after its first failure, and no
/// other event has been sent since.
const QUIET_FAILURES: u32 = 4;

/// Least time from its first failure until then. Databases fail over in less.
const QUIET_TIME: Duration = Duration::from_secs(90);

/// The earlier attempts of one part of a batch, or of an upsert.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::delivery) struct History {
    /// Failed attempts of exactly this part.
    tries: u32,
    /// Failed requests that may have processed the events.
    copies: u32,
    /// The last of them.
    doubt: Option<Instant>,
    /// The failure that is blamed on an event of this part.
    suspected: Option<Instant>,
    /// This part is a piece of a suspected one.
    is_piece: bool,
    evidence: Evidence,
}

impl History {
    /// How long this part waits after its failure, besides
    /// [`Health::may_leave`].
    pub(in crate::delivery) fn pause(&self, health: &Health, random: u64) -> Duration {
        // Meanwhile others get through, or it is proved that they could.
        if self.is_suspect() {
            health.longest_pause()
        } else {
            health.pause(self.tries, random)
        }
    }

    /// Failed requests that may have processed the events.
    pub(in crate::delivery) fn copies(&self) -> u32 {
        self.copies
    }

    /// The moment of the failure after which the events may be in: the argument of
    /// [`Health::may_leave`].
    pub(in crate::delivery) fn doubt(&self) -> Option<Instant> {
        self.doubt
    }

    /// Whether this event or upsert failed alone, and more than once or after a request with
    /// others. Its failures say nothing about the server. As a canary, any other event is better.
    pub(in crate::delivery) fn is_suspect(&self) -> bool {
        self.evidence.total > u32::from(!self.is_piece)
    }

    /// The number of events in each of the next requests of this part, which has `events`. The
    /// last request may have fewer. If it is less than `events`, the part is split into parts of
    /// this length, each with the history [`of_piece`](Self::of_piece).
    pub(in crate::delivery) fn piece_len(&self, events: usize, shown: Shown) -> usize {
        let is_blamed = self.suspected.is_some() && shown.troubled <= self.suspected;
        match (is_blamed, self.is_piece) {
            (false, _) => events.max(1),
            (true, false) => events.isqrt().max(1),
            (true, true) => 1,
        }
    }

    /// The history of a piece of this suspected part.
    pub(in crate::delivery) fn of_piece(self) -> Self {
        Self {
            tries: 0,
            suspected: None,
            is_piece: true,
            ..self
        }
    }

    /// Failed attempts of exactly this part.
    pub(in crate::delivery) fn tries(&self) -> u32 {
        self.tries
    }

    pub(super) fn failed(&mut self) {
        self.tries = self.tries.saturating_add(1);
    }

    /// The events may be in. `is_copy`: it is likely enough to count.
    pub(super) fn may_be_in(&mut self, now: Instant, is_copy: bool) {
        self.copies = self.copies.saturating_add(u32::from(is_copy));
        self.doubt = Some(now);
    }

    pub(super) fn suspect(&mut self, now: Instant) {
        self.suspected = Some(now);
        self.evidence.first.get_or_insert(now);
    }

    pub(super) fn is_piece(&self) -> bool {
        self.is_piece
    }

    /// It failed alone. Returns whether this event is to blame, and not the server.
    pub(super) fn failed_alone(&mut self, now: Instant, shown: Shown) -> bool {
        self.evidence.failed_alone(now, shown)
    }
}

/// The evidence against one event or upsert.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    /// All failures alone.
    total: u32,
    /// Failures before which others got through since the failure before, and the first.
    counted: u32,
    /// The first failure, alone or with others.
    first: Option<Instant>,
    /// The last failure alone.
    last: Option<Instant>,
}

impl Evidence {
    fn failed_alone(&mut self, now: Instant, shown: Shown) -> bool {
        self.total = self.total.saturating_add(1);
        if self.last.is_none() || shown.answered > self.last {
            self.counted = self.counted.saturating_add(1);
        }
        self.last = Some(now);
        let first = *self.first.get_or_insert(now);
        let is_quiet = self.total >= QUIET_FAILURES
            && now.saturating_duration_since(first) >= QUIET_TIME
            && shown.answered > Some(first);
        self.counted >= LONE_FAILURES || is_quiet
    }
}

#[cfg(test)]
mod tests;
