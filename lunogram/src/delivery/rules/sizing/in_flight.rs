//! How many requests may be in flight.

use super::QUICK;
use std::time::Duration;

/// Requests in flight at first.
pub(super) const FIRST_REQUESTS: usize = 4;

/// The limit on requests in flight.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    pub(super) limit: usize,
    most: usize,
    /// Answers since the limit last grew.
    answers: usize,
    /// About the least time per event of full requests, in nanoseconds.
    cheapest: Option<u128>,
    /// Answers in a row that took more than twice that time per event.
    slower: usize,
    /// Answers to come of requests that left before the limit fell.
    outdated: usize,
    /// Moving average of failures, where [`ALWAYS`] means that all requests fail.
    failing: u32,
}

/// The value of `failing` if all requests fail.
const ALWAYS: u32 = 1024;

/// Weight of the last request in `failing`, as a divisor.
const MEMORY: u32 = 16;

impl InFlight {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            limit: FIRST_REQUESTS.min(most),
            most,
            answers: 0,
            cheapest: None,
            slower: 0,
            outdated: 0,
            failing: 0,
        }
    }

    /// `wanted`: the request was full, and more events were waiting.
    pub(super) fn answered(
        &mut self,
        events: usize,
        took: Duration,
        wanted: bool,
        in_flight: usize,
    ) {
        self.failing -= self.failing.div_ceil(MEMORY);
        if !wanted {
            return;
        }
        if self.outdated > 0 {
            self.outdated -= 1;
            return;
        }
        if self.is_slower(events, took, in_flight) {
            return;
        }
        self.answers += 1;
        if in_flight >= self.limit && (took < QUICK || self.answers >= self.limit) {
            self.limit = (self.limit + 1).min(self.most);
            self.answers = 0;
        }
    }

    /// Whether events take twice the time that they took with fewer requests in flight: then more
    /// requests only wait for each other on the server.
    fn is_slower(&mut self, events: usize, took: Duration, in_flight: usize) -> bool {
        let cost = took.as_nanos() / u128::try_from(events).unwrap_or(u128::MAX).max(1);
        let cheapest = self.cheapest.map_or(cost, |known| known.min(cost));
        self.cheapest = Some(cheapest);
        if took < QUICK || cost <= cheapest.saturating_mul(2) {
            self.slower = 0;
            return false;
        }
        self.slower += 1;
        if self.slower >= self.limit {
            self.halve();
            self.outdated = in_flight.saturating_sub(1);
        }
        true
    }

    pub(super) fn lost(&mut self) {
        self.count_failure();
        self.halve();
    }

    /// A few failures among many answers say nothing about the load.
    pub(super) fn failed(&mut self) {
        self.count_failure();
        if self.failing > ALWAYS / 4 {
            self.halve();
        } else if self.failing > ALWAYS / 8 {
            self.limit = (self.limit - 1).max(1);
        }
    }

    fn count_failure(&mut self) {
        self.failing += (ALWAYS - self.failing) / MEMORY;
        self.answers = 0;
    }

    fn halve(&mut self) {
        self.limit = (self.limit / 2).max(1);
        // If the events still take as long with fewer requests, the server itself is slower.
        self.cheapest = self.cheapest.map(|cheapest| cheapest.saturating_mul(2));
        self.slower = 0;
    }
}
