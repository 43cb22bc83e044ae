//! The sliding window of requests for each key.

use super::response::whole_seconds;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(60);

/// The requests of each key within the last minute.
#[derive(Debug, Default)]
pub(super) struct Windows(HashMap<String, VecDeque<Instant>>);

impl Windows {
    /// Counts a request of this key.
    ///
    /// # Errors
    /// The whole seconds to wait, from 1 to 60, if `limit` requests were counted within the last
    /// minute. The request is not counted.
    pub(super) fn count(&mut self, key: &str, limit: u32, now: Instant) -> Result<(), u64> {
        let window = self.0.entry(key.to_owned()).or_default();
        while window.front().is_some_and(|first| now - *first >= WINDOW) {
            window.pop_front();
        }
        let limit = limit as usize;
        if window.len() < limit {
            window.push_back(now);
            return Ok(());
        }
        // The first request that has to leave the window before there is room.
        let leaves = window.len().saturating_sub(limit.max(1));
        let wait = window
            .get(leaves)
            .map_or(WINDOW, |first| WINDOW.saturating_sub(now - *first));
        Err(whole_seconds(wait).clamp(1, WINDOW.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_key_has_its_own_window_that_slides() {
        let mut windows = Windows::default();
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(windows.count("a", 2, at(0)), Ok(()));
        assert_eq!(windows.count("a", 2, at(10_000)), Ok(()));
        assert_eq!(windows.count("a", 2, at(10_001)), Err(50));
        assert_eq!(windows.count("b", 2, at(10_001)), Ok(()));
        assert_eq!(windows.count("a", 2, at(59_999)), Err(1));
        assert_eq!(windows.count("a", 2, at(60_000)), Ok(()));
        assert_eq!(windows.count("a", 2, at(60_000)), Err(10));
        assert_eq!(windows.count("a", 1, at(60_000)), Err(60));
        assert_eq!(windows.count("c", 0, at(60_000)), Err(60));
    }

    proptest! {
        #[test]
        fn no_minute_has_more_than_the_limit_and_a_wait_is_enough(
            pauses in prop::collection::vec(0..30_000_u64, 1..200), limit in 1..20_u32,
        ) {
            let mut windows = Windows::default();
            let mut now = Instant::now();
            let mut counted = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                match windows.count("key", limit, now) {
                    Ok(()) => counted.push(now),
                    Err(seconds) => {
                        prop_assert!((1..=60).contains(&seconds));
                        now += Duration::from_secs(seconds);
                        prop_assert_eq!(windows.count("key", limit, now), Ok(()));
                        counted.push(now);
                    }
                }
            }
            for (index, from) in counted.iter().enumerate() {
                let within = counted[index..].iter().filter(|at| **at - *from < WINDOW);
                prop_assert!(within.count() <= limit as usize);
            }
        }
    }
}
