//! How much a request may carry, and how many requests may be in flight.
//!
//! A deployed server publishes the events of a request one by one, and never writes an answer that
//! takes longer than ten seconds. So the size of a request follows the time that answers take: it
//! starts small, doubles while answers are quick, comes closer by half to the size that the last
//! answer predicts to take the [`TARGET`], and falls in proportion to the time beyond it.

mod in_flight;

use in_flight::InFlight;
use std::time::Duration;

/// Wanted time from sending a request to its answer.
const TARGET: Duration = Duration::from_secs(1);

/// Answers within this time widen the queue at once. A small request that takes longer predicts how
/// long a full one takes.
const QUICK: Duration = Duration::from_millis(250);

/// Answers beyond this time reduce the size. Between the target and this time it stays.
const SLOW: Duration = Duration::from_millis(1500);

/// Events in the first request. At 25 ms an event, it is answered within the target.
const FIRST_EVENTS: usize = 32;

/// Bytes of the first request.
const FIRST_BYTES: usize = 64 << 10;

/// The limit on bytes never falls below this. It is two seconds of an uplink of 2 KiB/s.
const LEAST_BYTES: usize = 4 << 10;

/// Full answers within the target before a size that was lost may be tried again. The number
/// doubles each time that it is lost again, up to [`MOST_STRIKES`] times.
const ANSWERS_AFTER_LOSS: u32 = 4;

const MOST_STRIKES: u32 = 10;

/// At most so many answers are needed for each event of the lost size: after a stall that lost even
/// single events, the size grows again within seconds.
const ANSWERS_PER_LOST_EVENT: u32 = 8;

/// Limits on the size and the number of requests, adapted to the answers of the server.
#[derive(Clone, Debug)]
pub(in crate::delivery) struct Sizing {
    events: Size,
    bytes: Size,
    in_flight: InFlight,
    /// The least time of recent answers, which is about the part that does not depend on the size.
    quickest: Option<Duration>,
}

impl Sizing {
    /// The arguments are upper bounds of the three limits.
    pub(in crate::delivery) fn new(
        max_events: usize,
        max_bytes: usize,
        most_in_flight: usize,
    ) -> Self {
        Self {
            events: Size::new(FIRST_EVENTS, 1, max_events),
            bytes: Size::new(FIRST_BYTES, LEAST_BYTES, max_bytes),
            in_flight: InFlight::new(most_in_flight),
            quickest: None,
        }
    }

    /// The most events in a request; at least 1.
    pub(in crate::delivery) fn events(&self) -> usize {
        self.events.limit
    }

    /// The most bytes of events in a request. A larger event is sent alone.
    pub(in crate::delivery) fn bytes(&self) -> usize {
        self.bytes.limit
    }

    /// The most requests in flight; at least 1.
    pub(in crate::delivery) fn requests(&self) -> usize {
        self.in_flight.limit
    }

    /// A request was answered by the API, whether it accepted or refused the events.
    ///
    /// `in_flight` counts the requests in flight before this answer, including its own. `backlog`
    /// is true if events were waiting for a request.
    pub(in crate::delivery) fn answered(
        &mut self,
        events: usize,
        bytes: usize,
        took: Duration,
        in_flight: usize,
        backlog: bool,
    ) {
        let is_full = self.events.is_full(events) || self.bytes.is_full(bytes);
        let fixed = self.quickest.map_or(took, |quickest| {
            took.min(quickest + quickest / 16 + Duration::from_micros(1))
        });
        self.quickest = Some(fixed);
        self.events.answered(events, took, fixed);
        self.bytes.answered(bytes, took, fixed);
        self.in_flight
            .answered(events, took, is_full && backlog, in_flight);
    }

    /// No answer came within the time-out, or the connection was cut. This size is not used again
    /// before smaller requests were answered within the target. A connection that was cut at once
    /// says nothing about the size.
    pub(in crate::delivery) fn lost(&mut self, events: usize, bytes: usize, took: Duration) {
        if took < QUICK {
            return self.failed();
        }
        self.events.lost(events, took);
        self.bytes.lost(bytes, took);
        self.in_flight.lost();
    }

    /// A request failed with 503 or another error that says nothing about its size.
    pub(in crate::delivery) fn failed(&mut self) {
        self.in_flight.failed();
    }
}

/// A limit on one measure of a request's size.
#[derive(Clone, Debug)]
struct Size {
    limit: usize,
    least: usize,
    most: usize,
    wall: Option<Wall>,
}

/// A size that was lost.
#[derive(Clone, Copy, Debug)]
struct Wall {
    lost: usize,
    /// Answers that are still needed before the limit may reach `lost` again.
    needed: u32,
    /// How often the limit has reached a lost size and was lost again.
    strikes: u32,
}

impl Size {
    fn new(first: usize, least: usize, most: usize) -> Self {
        let most = most.max(1);
        Self {
            limit: first.min(most),
            least: least.min(most),
            most,
            wall: None,
        }
    }

    /// Whether a request of this size says something about a request that uses the whole limit.
    fn is_full(&self, sent: usize) -> bool {
        sent >= self.limit.div_ceil(2)
    }

    /// Every change is computed from the size of the answered request and not from the limit, so
    /// that several answers to requests that left together change it once.
    fn answered(&mut self, sent: usize, took: Duration, fixed: Duration) {
        if took > SLOW {
            self.shrink_to(fitting(sent, took));
        } else if !self.is_full(sent) {
            // The request was small, but its answer predicts that a full one would take too long.
            if took > QUICK {
                self.shrink_to(fitting(sent, took.saturating_sub(fixed)).max(sent));
            }
        } else if took <= TARGET {
            self.grow_from(sent, took);
        }
    }

    fn grow_from(&mut self, sent: usize, took: Duration) {
        let fits = fitting(sent, took);
        let mut most = self.most;
        if let Some(wall) = &mut self.wall {
            if sent >= wall.lost && wall.needed == 0 {
                self.wall = None;
            } else {
                // No size is smaller than a single event that was lost.
                wall.needed -= u32::from(sent < wall.lost.max(2) && wall.needed > 0);
                if wall.needed > 0 {
                    // A server that loses one size often loses slightly smaller ones, too.
                    most = most.min(wall.lost - wall.lost.div_ceil(4));
                }
            }
        }
        let grown = (sent + sent).min(sent + (fits - sent).div_ceil(2));
        self.limit = self.limit.max(grown.min(most));
    }

    fn lost(&mut self, sent: usize, took: Duration) {
        // Requests that left together are lost together, and count once.
        let strikes = match self.wall {
            Some(wall) if sent > self.limit => wall.strikes,
            Some(wall) => (wall.strikes + 1).min(MOST_STRIKES),
            None => 0,
        };
        let lost = match self.wall {
            Some(wall) if wall.needed > 0 => wall.lost.min(sent),
            _ => sent,
        };
        let of_its_size = u32::try_from(lost.max(1)).unwrap_or(u32::MAX);
        let of_its_size = of_its_size.saturating_mul(ANSWERS_PER_LOST_EVENT);
        self.wall = Some(Wall {
            lost: lost.max(1),
            needed: (ANSWERS_AFTER_LOSS << strikes).min(of_its_size),
            strikes,
        });
        self.shrink_to(fitting(sent, took).min(sent / 2));
    }

    fn shrink_to(&mut self, size: usize) {
        self.limit = self.limit.min(size).max(self.least);
    }
}

/// The size that is answered within the target, if the time grows in proportion to the size.
fn fitting(sent: usize, took: Duration) -> usize {
    let sent = u128::try_from(sent).unwrap_or(u128::MAX);
    let fits = sent.saturating_mul(TARGET.as_nanos()) / took.as_nanos().max(1);
    usize::try_from(fits).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod queue;
#[cfg(test)]
mod tests;
