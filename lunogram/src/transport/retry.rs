//! How often a call is retried, and how long it pauses: pure, with time and randomness as
//! arguments.

use crate::wire::Backoff;
use std::time::Duration;

/// How often a call is retried, and how long it pauses between attempts.
///
/// This is for calls that wait for their response; queued events are retried by the background
/// delivery.
///
/// | failure | upserts, members, devices, schedules, inboxes, deletes, reading | events, sessions |
/// |---|---|---|
/// | no connection (name, TCP, TLS) | retry | retry |
/// | 408, 425, 429 | retry | retry |
/// | 502, 503, 504, or the connection broke before the response | retry | error |
/// | 500 and every other status | error | error |
/// | the total time-out has passed | error | error |
///
/// Events have no identity by which a server could recognise a duplicate, so events that may have
/// been processed are not sent again. Each call for a session makes another token, and on
/// project-scoped routes each schedule without `id` adds one, so these are not sent again either. A
/// delete that is retried after an ambiguous outcome and then finds nothing has succeeded.
///
/// Before attempt *n* + 1 the client waits a random time between 0 and 250 ms · 2^(*n* − 1), at
/// most 5 s: exponential backoff with full jitter, so that many clients do not retry in step. A
/// `Retry-After` of the server, in seconds or as a date, is waited for first, up to 60 s. If a wait
/// would not end before the total time-out, the call fails at once.
///
/// ```
/// use lunogram::{Client, Retries};
///
/// let patient = Client::builder("sk_1").retries(Retries::default().attempts(5)).build()?;
/// let once = Client::builder("sk_1").retries(Retries::none()).build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Retries {
    attempts: u32,
    backoff: Backoff,
}

impl Retries {
    /// The longest `Retry-After` that is waited for. If a server asks for more, the call is retried
    /// earlier than it asked.
    pub(crate) const LONGEST_FLOOR: Duration = Duration::from_secs(60);

    /// One attempt: every failure is returned at once.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// The number of attempts, the first one included. 3 by default; 0 counts as 1.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The longest pause before the second attempt, doubled for each one after it. 250 ms by
    /// default.
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.backoff.first = pause;
        self
    }

    /// The upper bound of every pause, apart from a `Retry-After`. 5 s by default.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.backoff.longest = pause;
        self
    }

    /// How long to wait after a failed attempt; `None` to give up.
    ///
    /// `attempt` counts from 1, `floor` is the server's `Retry-After`, `left` is the rest of the
    /// total time-out, and every value of `random` is equally likely.
    pub(crate) fn pause(
        self,
        attempt: u32,
        floor: Option<Duration>,
        left: Duration,
        random: u64,
    ) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let floor = floor.unwrap_or_default().min(Self::LONGEST_FLOOR);
        let pause = floor.saturating_add(self.backoff.pause(attempt, random));
        (pause < left).then_some(pause)
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 3,
            backoff: Backoff {
                first: Duration::from_millis(250),
                longest: Duration::from_secs(5),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn duration() -> impl Strategy<Value = Duration> {
        prop_oneof![
            (0..100_000_u64).prop_map(Duration::from_millis),
            any::<u64>().prop_map(Duration::from_nanos),
            Just(Duration::ZERO),
            Just(Duration::MAX),
        ]
    }

    proptest! {
        #[test]
        fn pauses_stay_within_every_bound(
            attempts in 0..9_u32, attempt in 1..40_u32, first in duration(), longest in duration(),
            floor in proptest::option::of(duration()), left in duration(), random in any::<u64>(),
        ) {
            let retries = Retries::default().attempts(attempts).first_pause(first).longest_pause(longest);
            let pause = retries.pause(attempt, floor, left, random);
            if attempt >= attempts.max(1) {
                prop_assert_eq!(pause, None);
            }
            if let Some(pause) = pause {
                let floor = floor.unwrap_or_default().min(Retries::LONGEST_FLOOR);
                prop_assert!(pause >= floor);
                prop_assert!(pause < left);
                prop_assert!(pause <= floor.saturating_add(longest));
                let doubled = first.saturating_mul(1 << (attempt - 1).min(31));
                prop_assert!(pause <= floor.saturating_add(doubled));
            }
        }

        #[test]
        fn more_randomness_is_a_longer_pause(attempt in 1..3_u32, a in any::<u64>(), b in any::<u64>()) {
            let pause = |random| Retries::default().pause(attempt, None, Duration::MAX, random);
            prop_assert_eq!(pause(a.min(b)).max(pause(a.max(b))), pause(a.max(b)));
        }
    }

    #[test]
    fn the_defaults_are_the_documented_ones() {
        let longest = |attempt| Retries::default().pause(attempt, None, Duration::MAX, u64::MAX);
        assert_eq!(longest(1), Some(Duration::from_nanos(249_999_999)));
        assert_eq!(longest(2), Some(Duration::from_nanos(499_999_999)));
        assert_eq!(longest(3), None);
        let shortest = Retries::default().pause(1, None, Duration::MAX, 0);
        assert_eq!(shortest, Some(Duration::ZERO));
    }

    #[test]
    fn a_wait_beyond_the_total_time_out_gives_up_at_once() {
        let minute = Some(Duration::from_secs(60));
        let retries = Retries::default();
        assert_eq!(retries.pause(1, minute, Duration::from_secs(30), 0), None);
        assert_eq!(
            retries.pause(1, Some(Duration::from_secs(3_600)), Duration::MAX, 0),
            minute
        );
    }
}
