//! Exponential backoff with full jitter, for single calls and for the delivery queue.

use std::time::Duration;

/// How the pauses between attempts grow: the upper bound starts at `first`, doubles with every
/// failure, and ends at `longest`. The pause itself is a random part of the bound, so that many
/// clients do not retry in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Backoff {
    /// The pause after this many failures in a row. Randomness is an argument, which keeps the
    /// function pure: every value of `random` must be equally likely.
    pub(crate) fn pause(self, failures: u32, random: u64) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let bound = self.first.saturating_mul(1 << doublings);
        fraction(bound.min(self.longest), random)
    }
}

/// `whole` · `random` / 2^64.
pub(crate) fn fraction(whole: Duration, random: u64) -> Duration {
    let nanos = whole.as_nanos().min(u128::from(u64::MAX));
    let part = (nanos * u128::from(random)) >> u64::BITS;
    Duration::from_nanos(u64::try_from(part).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_longest_pause() {
        let backoff = Backoff {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(5),
        };
        let longest = |failures| {
            let pause = backoff.pause(failures, u64::MAX) + Duration::from_nanos(1);
            pause.as_secs()
        };
        assert_eq!([0, 1, 2, 3, 4, u32::MAX].map(longest), [1, 1, 2, 4, 5, 5]);
        assert_eq!(backoff.pause(9, 0), Duration::ZERO);
    }
}
