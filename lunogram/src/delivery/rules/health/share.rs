//! The share of requests that fail, and how many failures of the same events are more than chance.

/// Requests that a [`Share`] remembers, about: then the earlier ones count half.
const MEMORY: u32 = 1024;

/// Requests that are taken as answered before the first one.
const EARLY_ANSWERS: u32 = 64;

/// As many failures are beyond chance, whatever share of the other requests fails.
const MOST_FAILURES: u32 = 40;

/// How many of the latest requests for events and upserts failed for a reason that may be theirs or
/// the server's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::delivery) struct Share {
    pub(in crate::delivery::rules) answered: u32,
    pub(in crate::delivery::rules) failed: u32,
}

impl Share {
    pub(super) fn answered(&mut self) {
        self.answered += 1;
        self.forget();
    }

    pub(super) fn failed(&mut self) {
        self.failed += 1;
        self.forget();
    }

    fn forget(&mut self) {
        if self.answered + self.failed >= MEMORY {
            self.answered /= 2;
            self.failed /= 2;
        }
    }

    /// The share without so many of the failures.
    pub(in crate::delivery::rules) fn without(self, failures: u32) -> Self {
        Self {
            failed: self.failed.saturating_sub(failures),
            ..self
        }
    }

    /// How many failures are less likely than one of two to the power of `bits`, if each has the
    /// chance of this share.
    pub(in crate::delivery::rules) fn failures_beyond_chance(self, bits: u32) -> u32 {
        // One more, and half as many more: failures come in groups, so that the next one is more
        // likely after a failure than the share says.
        let failed = u128::from(self.failed + 1 + self.failed / 2);
        let all = u128::from(self.answered) + failed + u128::from(EARLY_ANSWERS);
        let mut chance = 1_u128 << (bits + 32);
        let mut failures = 0;
        while chance > 1 << 32 && failures < MOST_FAILURES {
            chance = chance * failed / all;
            failures += 1;
        }
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_requests_fail_the_more_failures_are_needed() {
        for (failed, answered, by_bits) in [
            // Until there are more, the server is taken for a reliable one.
            (0, 0, [3, 5]),
            // Two failures have a chance of exactly one of 2¹⁶, which is enough.
            (0, 191, [2, 4]),
            (0, 200, [2, 4]),
            (0, 1_000, [2, 3]),
            (10, 1_000, [3, 5]),
            (50, 950, [5, 8]),
            (100, 900, [6, 11]),
            (300, 700, [12, 21]),
            (1_000, 0, [40, 40]),
        ] {
            let share = Share { answered, failed };
            let found = [16, 30].map(|bits| share.failures_beyond_chance(bits));
            assert_eq!(found, by_bits, "{share:?}");
        }
    }

    #[test]
    fn old_requests_are_forgotten() {
        let mut share = Share::default();
        let both = |share: &mut Share, times| {
            (0..times).for_each(|_| {
                share.failed();
                share.answered();
            });
            (share.answered, share.failed)
        };
        assert_eq!(both(&mut share, 511), (511, 511));
        // The earlier ones count half.
        assert_eq!(both(&mut share, 1), (256, 256));
        let mut share = Share::default();
        (0..2_000).for_each(|_| share.failed());
        (0..10_000).for_each(|_| share.answered());
        assert!(share.failed < 10 && share.answered > 400, "{share:?}");
        assert_eq!(share.without(50).failed, 0);
    }
}
