//! When the next request may leave.
//!
//! A deployed server counts the requests of all processes that share a key, and allows ten a
//! second. A process does not know the others, so it is frugal by itself: requests that are not
//! full leave at `batch_age` only a few times in a row, and then at a steady [`FRUGAL`] times that
//! age. If a 429 shows the limit, the requests are spaced evenly below the number that was
//! admitted in the last minute. The platform's 429 has a `Retry-After`; another one is a limit only
//! if there are many of them.

use crate::clock::later;
use crate::wire::fraction;
use std::time::Duration;
use tokio::time::Instant;

/// The window in which servers count requests.
const WINDOW: Duration = Duration::from_secs(60);

/// Under steady traffic, requests that are not full leave at intervals of this many times the
/// batch age, but not beyond [`LONGEST_INTERVAL`].
const FRUGAL: u32 = 6;

const LONGEST_INTERVAL: Duration = Duration::from_secs(6);

/// A longer batch age is as good as none, and sums with it must not overflow.
const LONGEST_AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Requests at the batch age after a quiet time. With two, forty processes that start together stay
/// within 600 requests in their first minute, with 120 left to answered calls.
const PROMPT: u32 = 2;

/// The longest `Retry-After` that is honoured. Servers count in windows of a minute, so a longer
/// one is from a proxy.
const LONGEST_RETRY_AFTER: Duration = WINDOW;

/// The least rate after refusals, in thousandths of a request per minute.
const LEAST_RATE: u64 = 2_000;

/// Lower bound of the first estimate of a limit, in thousandths of a request per minute: about the
/// rate of a process that is frugal by itself. The platform's default allows 75 such processes.
const LEAST_ESTIMATE: u64 = 8_000;

/// Lower bound in the first second of a process, which falls until the end of its first minute: the
/// process has sent little so far, and was refused because of others.
const LEAST_EARLY_ESTIMATE: u64 = 20_000;

/// One refusal without `Retry-After` among this many requests shows no limit.
const REQUESTS_A_REFUSAL: u64 = 10;

/// Neither do a few of them in a minute.
const FEW_REFUSALS: u64 = 10;

/// A limit that was not met for so long is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(30 * 60);

/// Decides when requests leave. One request is one call of [`sent`](Self::sent), whatever it
/// carries: events, an upsert or a probe.
#[derive(Clone, Debug)]
pub(in crate::delivery) struct Pace {
    batch_age: Duration,
    /// Interval of requests that are not full, under steady traffic.
    interval: Duration,
    /// Least time between two requests, if the application has set a number for a minute.
    spacing: Duration,
    /// The moment at which the allowance of prompt requests is whole again.
    whole_at: Option<Instant>,
    /// No request leaves before this moment.
    not_before: Option<Instant>,
    recent: Recent,
    /// Refusals without `Retry-After`.
    bare: Recent,
    limit: Option<Limit>,
}

impl Pace {
    /// `requests_per_minute` is the bound set by the application, if it has set one.
    pub(in crate::delivery) fn new(batch_age: Duration, requests_per_minute: Option<u32>) -> Self {
        let batch_age = batch_age.min(LONGEST_AGE);
        let interval = (batch_age * FRUGAL).min(LONGEST_INTERVAL.max(batch_age));
        // Rounded up: `n + 1` requests never fit into a minute.
        let spacing = requests_per_minute.map_or(Duration::ZERO, |most| {
            WINDOW / most.max(1) + Duration::from_nanos(1)
        });
        Self {
            batch_age,
            interval,
            spacing,
            whole_at: None,
            not_before: None,
            recent: Recent::default(),
            bare: Recent::default(),
            limit: None,
        }
    }

    /// Keeps the wait under steady traffic well below the time after which events expire.
    pub(in crate::delivery) fn within(mut self, event_deadline: Duration) -> Self {
        self.interval = self.interval.min(event_deadline / 2).max(self.batch_age);
        self
    }

    /// The earliest moment for the next request; it may have passed already. `oldest` is the
    /// moment from which its oldest event was ready. `full` also applies to requests that do not
    /// wait for others to join: upserts, probes, and everything during a flush.
    pub(in crate::delivery) fn next(&self, oldest: Instant, full: bool) -> Instant {
        let mut earliest = oldest;
        if !full {
            earliest = later(oldest, self.batch_age);
            if let Some(whole_at) = self.whole_at {
                let saved = self.interval * (PROMPT - 1);
                earliest = earliest.max(whole_at.checked_sub(saved).unwrap_or(whole_at));
            }
        }
        self.not_before
            .map_or(earliest, |not_before| earliest.max(not_before))
    }

    /// A request leaves now.
    pub(in crate::delivery) fn sent(&mut self, now: Instant) {
        self.recent.add(now);
        let whole_at = self.whole_at.map_or(now, |known| known.max(now)) + self.interval;
        // Full requests use up the allowance, but do not run into debt.
        self.whole_at = Some(whole_at.min(later(now, self.interval * PROMPT)));
        let spacing = self.spacing_at(now);
        self.wait_until(later(now, spacing));
    }

    /// A request was refused with 429. `sent_at` is the moment of its [`sent`](Self::sent).
    pub(in crate::delivery) fn refused(
        &mut self,
        sent_at: Instant,
        now: Instant,
        retry_after: Option<Duration>,
        random: u64,
    ) {
        self.recent.remove(sent_at);
        if retry_after.is_none() {
            self.bare.add(now);
            let refused = self.bare.in_last_minute(now);
            let all = self.recent.in_last_minute(now) + refused;
            if refused < FEW_REFUSALS || refused * REQUESTS_A_REFUSAL < all {
                return;
            }
        }
        // Requests that left together are refused together, and reduce the rate once.
        if self.limit.is_none_or(|limit| sent_at > limit.since) {
            let admitted = self.admitted(now);
            let known = self.limit.map_or(admitted, |limit| limit.rate_at(now));
            self.limit = Some(Limit::below(admitted.min(known), now));
        }
        let pause = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        let spacing = self.spacing_at(now);
        // Other processes wait for the same moment.
        let jitter = fraction(spacing, random);
        self.wait_until(later(now, pause.max(spacing) + jitter));
    }

    /// An estimate of the rate that is admitted, in thousandths of a request per minute.
    fn admitted(&mut self, now: Instant) -> u64 {
        let counted = self.recent.in_last_minute(now) * 1_000;
        let rest = WINDOW.as_secs().saturating_sub(self.recent.second_of(now));
        let early = LEAST_EARLY_ESTIMATE * rest / WINDOW.as_secs();
        counted.max(LEAST_ESTIMATE).max(early)
    }

    fn wait_until(&mut self, moment: Instant) {
        self.not_before = self.not_before.max(Some(moment));
    }

    /// The time between requests that leave about now.
    fn spacing_at(&mut self, now: Instant) -> Duration {
        self.limit = self
            .limit
            .filter(|limit| now.saturating_duration_since(limit.since) < FORGET_AFTER);
        let limited = self.limit.map_or(Duration::ZERO, |limit| {
            let nanos = WINDOW.as_nanos() * 1_000 / u128::from(limit.rate_at(now));
            Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
        });
        self.spacing.max(limited)
    }
}

/// The rate below which requests are admitted, as the last 429 has shown it.
#[derive(Clone, Copy, Debug)]
struct Limit {
    /// The moment of the last reduction.
    since: Instant,
    /// The rate that was refused, in thousandths of a request per minute.
    refused: u64,
}

impl Limit {
    fn below(rate: u64, now: Instant) -> Self {
        Self {
            since: now,
            refused: rate,
        }
    }

    /// Four fifths of the refused rate, which leaves a fifth to answered calls. It recovers by a
    /// fortieth a minute, and after ten minutes ever faster.
    fn rate_at(self, now: Instant) -> u64 {
        // Later, the limit is forgotten.
        let since = now.saturating_duration_since(self.since);
        let seconds = since.min(FORGET_AFTER).as_secs();
        let beyond = seconds.saturating_sub(600);
        let steady = self.refused * seconds / (40 * 60);
        let faster = self.refused * (beyond * beyond) / (600 * 600);
        (self.refused * 4 / 5 + steady + faster).max(LEAST_RATE)
    }
}

/// The number of requests in each of the last sixty seconds.
#[derive(Clone, Debug)]
struct Recent {
    /// The moment of the first request.
    started: Option<Instant>,
    /// The second that was counted last, since the start.
    second: u64,
    counts: [u32; 60],
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            started: None,
            second: 0,
            counts: [0; 60],
        }
    }
}

impl Recent {
    fn add(&mut self, now: Instant) {
        self.started.get_or_insert(now);
        let second = self.advance(now);
        if let Some(count) = self.count(second) {
            *count = count.saturating_add(1);
        }
    }

    /// Takes back a request that was not admitted.
    fn remove(&mut self, sent_at: Instant) {
        let second = self.second_of(sent_at);
        if self.second.saturating_sub(second) < 60
            && let Some(count) = self.count(second)
        {
            *count = count.saturating_sub(1);
        }
    }

    fn in_last_minute(&mut self, now: Instant) -> u64 {
        self.advance(now);
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }

    /// Clears the seconds that have passed, and returns the present one.
    fn advance(&mut self, now: Instant) -> u64 {
        let second = self.second_of(now).max(self.second);
        let passed = (second - self.second).min(60);
        for past in second - passed..second {
            if let Some(count) = self.count(past + 1) {
                *count = 0;
            }
        }
        self.second = second;
        second
    }

    fn second_of(&self, moment: Instant) -> u64 {
        self.started.map_or(0, |started| {
            moment.saturating_duration_since(started).as_secs()
        })
    }

    fn count(&mut self, second: u64) -> Option<&mut u32> {
        let index = usize::try_from(second % 60).ok()?;
        self.counts.get_mut(index)
    }
}

#[cfg(test)]
pub(super) mod fleet;
#[cfg(test)]
mod tests;
