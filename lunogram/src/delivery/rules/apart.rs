//! The failures of a request as evidence about its events, and how to find the event that causes
//! them.
//!
//! The server stops at the event that it cannot process. The events before it are in, and the
//! answer does not say where it stopped. So a suspected request goes again in pieces of about the
//! root of its size, and a piece that fails goes event by event: an event is sent at most twice
//! more, and a batch of n takes at most 2√n + 5 more requests to find one event. A request that a
//! proxy failed is not suspected if a probe or other requests failed after it: then the server was
//! to blame.

use super::health::{Health, Share, Shown};
use std::time::Duration;
use tokio::time::Instant;

/// Failures of one event alone, between which other events got through, before it is refused; more
/// on a server that fails often, see [`CHANCE_BITS`].
const LONE_FAILURES: u32 = 3;

/// An event is refused if the chance of its failures was less than one of two to the power of this:
/// a server that fails at random must not refuse one right event of a billion.
const CHANCE_BITS: u32 = 30;

/// A batch that is answered 503 is suspected, and an event that failed alone takes its time, if the
/// chance was less than one of two to this power, and others got through between the failures. The
/// price of a mistake is some requests, or half a minute.
const SUSPICION_BITS: u32 = 16;

/// An event that failed alone also takes its time if the chance was less than one of two to this
/// power, and nothing got through between the failures: then one bad moment may be the cause of
/// several of them.
const MOMENT_BITS: u32 = 24;

/// Failures alone before an event is refused if others got through after its first failure, and no
/// other event has been sent since.
const QUIET_FAILURES: u32 = 4;

/// Least time from its first failure until then. Databases fail over in less.
const QUIET_TIME: Duration = Duration::from_secs(90);

/// Answers 503 to the same events before they are suspected.
const UNAVAILABLE_TRIES: u32 = 3;

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
    /// If it is suspected: it was the server itself that failed, and so stopped at an event.
    has_stopped: bool,
    /// This part is a piece of a suspected one.
    is_piece: bool,
    evidence: Evidence,
}

impl History {
    /// How long this part waits after its failure, besides
    /// [`Health::may_leave`].
    pub(in crate::delivery) fn pause(&self, health: &Health, random: u64) -> Duration {
        let share = health.shown().share;
        let evidence = &self.evidence;
        let is_beyond_chance = evidence.apart >= evidence.beyond_chance(share, SUSPICION_BITS)
            || evidence.failures >= evidence.beyond_chance(share, MOMENT_BITS);
        if self.is_suspect() && is_beyond_chance {
            // Meanwhile others get through, or it is proved that they could.
            health.longest_pause()
        } else if self.doubt.is_some() && !self.is_suspect() {
            // It waits until the server has answered another request.
            health.pause_of_doubt(random)
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
        let is_blamed =
            self.suspected.is_some() && (self.has_stopped || shown.troubled <= self.suspected);
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

    /// The server has failed to process it, alone or with others. Called before
    /// [`failed_alone`](Self::failed_alone).
    pub(super) fn failed_at_server(&mut self, now: Instant, shown: Shown) {
        let is_shared = u32::from(!self.is_suspect());
        let evidence = &mut self.evidence;
        evidence.failures = evidence.failures.saturating_add(1);
        evidence.shared = evidence.shared.saturating_add(is_shared);
        if evidence.last.is_none() || shown.is_contrast(evidence.last) {
            evidence.apart = evidence.apart.saturating_add(1);
        }
        evidence.last = Some(now);
    }

    /// `by_server`: the failure is not that of a proxy.
    pub(super) fn suspect(&mut self, now: Instant, by_server: bool) {
        self.suspected = Some(now);
        self.has_stopped = by_server;
        self.evidence.first.get_or_insert(now);
    }

    /// Whether it was answered 503 more often than by chance. A piece needs no second proof.
    pub(super) fn is_unavailable(&self, shown: Shown) -> bool {
        self.is_piece
            || (self.tries >= UNAVAILABLE_TRIES
                && self.evidence.apart >= self.evidence.beyond_chance(shown.share, SUSPICION_BITS))
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
    /// All failures, also with others.
    failures: u32,
    /// Those that are also counted in [`Shown::share`]: until it was a suspect.
    shared: u32,
    /// Failures of requests that left when others got through, also with others. Failures in one
    /// moment may have one cause, and those of a bad moment are more likely than the share says.
    apart: u32,
    /// Failures alone of requests that left when others got through.
    apart_alone: u32,
    /// The first failure, alone or with others.
    first: Option<Instant>,
    /// The last failure, alone or with others.
    last: Option<Instant>,
    /// The last failure alone.
    last_alone: Option<Instant>,
}

impl Evidence {
    fn failed_alone(&mut self, now: Instant, shown: Shown) -> bool {
        self.total = self.total.saturating_add(1);
        if self.last_alone.is_none() || shown.is_contrast(self.last_alone) {
            self.apart_alone = self.apart_alone.saturating_add(1);
        }
        self.last_alone = Some(now);
        let first = *self.first.get_or_insert(now);
        let is_quiet = self.total >= QUIET_FAILURES
            && now.saturating_duration_since(first) >= QUIET_TIME
            && shown.answered > Some(first);
        let needed = self.beyond_chance(shown.share, CHANCE_BITS);
        let is_contrast = self.apart_alone >= LONE_FAILURES && self.apart >= needed;
        is_contrast || (is_quiet && self.failures >= needed)
    }

    /// How many failures are less likely than one of two to the power of `bits`, judged by other
    /// requests.
    fn beyond_chance(&self, share: Share, bits: u32) -> u32 {
        share.without(self.shared).failures_beyond_chance(bits)
    }
}

#[cfg(test)]
mod tests;
