//! The load of a driver in a deployed world, and its counts.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const LOAD: &str = "LUNOGRAM_PEERS_LOAD";

/// The pause of a driver before it tracks the events that became due meanwhile.
pub const TICK: Duration = Duration::from_millis(50);

/// Events that become due evenly, and the time to deliver the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// The number of the first event. Each process has its own numbers.
    pub first: u32,
    /// How many events there are, at least 1.
    pub events: u32,
    /// The time within which they become due.
    pub within: Duration,
    /// The time from then to the end of the driver.
    pub drain: Duration,
}

impl Load {
    /// The load of this process, if it has one.
    ///
    /// # Panics
    /// If the variable is not in the format of [`variable`](Self::variable).
    #[must_use]
    pub fn from_env() -> Option<Self> {
        std::env::var(LOAD).ok().map(|load| Self::parse(&load))
    }

    fn parse(load: &str) -> Self {
        let words: Vec<_> = load.split(' ').collect();
        let [first, events, within, drain] = words[..] else {
            panic!("malformed load: {load}");
        };
        let number = |word: &str| word.parse().expect("a number");
        let time = |word: &str| Duration::from_millis(word.parse().expect("milliseconds"));
        Self {
            first: number(first),
            events: number(events),
            within: time(within),
            drain: time(drain),
        }
    }

    /// The environment variable and the value that give a driver this load.
    #[must_use]
    pub fn variable(&self) -> (&'static str, String) {
        let Self {
            first,
            events,
            within,
            drain,
        } = self;
        let [within, drain] = [within, drain].map(Duration::as_millis);
        (LOAD, format!("{first} {events} {within} {drain}"))
    }

    /// Starts the time of the load.
    #[must_use]
    pub fn start(self) -> Offer {
        Offer {
            load: self,
            start: Instant::now(),
            offered: Offered::default(),
        }
    }

    /// When the event with this index becomes due, since the start.
    fn due(&self, index: u32) -> Duration {
        self.within * index / self.events
    }
}

/// The events of a load that has started.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    load: Load,
    start: Instant,
    offered: Offered,
}

/// The values of two properties, by which the sink of a deployed world knows an event.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The number of the event, sent as its `quantity`.
    pub number: u32,
    /// When it is tracked, in milliseconds of Unix time, sent as its `amount`.
    pub tracked_at: f64,
}

impl Offer {
    /// The next event, if one is due.
    pub fn due(&mut self) -> Option<Stamp> {
        let index = self.offered.events;
        if self.is_complete() || self.start.elapsed() < self.load.due(index) {
            return None;
        }
        self.offered.events += 1;
        Some(Stamp {
            number: self.load.first + index,
            tracked_at: unix_millis(),
        })
    }

    /// Counts a call that returned an error.
    pub fn failed(&mut self) {
        self.offered.failed += 1;
    }

    /// Whether all events were offered.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.offered.events == self.load.events
    }

    /// The time until the driver ends.
    #[must_use]
    pub fn left(&self) -> Duration {
        (self.load.within + self.load.drain).saturating_sub(self.start.elapsed())
    }

    /// The counts so far.
    #[must_use]
    pub fn offered(&self) -> Offered {
        self.offered
    }
}

/// The counts of a driver in a deployed world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Events that the application tracked.
    pub events: u32,
    /// Calls that returned an error.
    pub failed: u32,
}

impl Offered {
    /// Parses the output of [`Display`](fmt::Display).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (events, failed) = text.trim().split_once(' ')?;
        Some(Self {
            events: events.parse().ok()?,
            failed: failed.parse().ok()?,
        })
    }
}

impl fmt::Display for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.events, self.failed)
    }
}

/// The current time, in milliseconds of Unix time.
#[must_use]
pub fn unix_millis() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Load = Load {
        first: 3_000_000,
        events: 30_000,
        within: Duration::from_secs(120),
        drain: Duration::from_secs(60),
    };

    #[test]
    fn a_load_and_its_counts_can_be_passed_as_text() {
        assert_eq!(Load::parse(&FULL.variable().1), FULL);
        let offered = Offered {
            events: 30_000,
            failed: 7,
        };
        assert_eq!(Offered::parse(&offered.to_string()), Some(offered));
    }

    #[test]
    fn events_become_due_evenly() {
        assert_eq!(FULL.due(0), Duration::ZERO);
        assert_eq!(FULL.due(250), Duration::from_secs(1));
        assert_eq!(FULL.due(29_999), Duration::from_millis(119_996));
    }

    #[test]
    fn each_event_is_offered_once() {
        let load = Load {
            first: 7,
            events: 3,
            within: Duration::ZERO,
            drain: Duration::ZERO,
        };
        let mut offer = load.start();
        let numbers = std::iter::from_fn(|| offer.due()).map(|stamp| stamp.number);
        assert_eq!(numbers.collect::<Vec<_>>(), [7, 8, 9]);
        assert!(offer.is_complete());
        assert_eq!(offer.left(), Duration::ZERO);
    }
}
