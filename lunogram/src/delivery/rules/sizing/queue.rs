//! A simulation of a queue with an endless backlog of events of the same size.

use super::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;

pub(super) const MOST_EVENTS: usize = 500;
pub(super) const MOST_BYTES: usize = 1 << 20;
pub(super) const MOST_REQUESTS: usize = 16;

pub(super) fn sizing() -> Sizing {
    Sizing::new(MOST_EVENTS, MOST_BYTES, MOST_REQUESTS)
}

pub(super) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The reaction of a server to a request.
pub(super) enum Reply {
    Answer(Duration),
    Cut(Duration),
    Unavailable,
}

/// A server that spends this time on each request and on each event, and cuts after ten seconds.
pub(super) fn publishing(
    request: Duration,
    event: Duration,
) -> impl Fn(usize, usize, usize) -> Reply {
    move |events, _, _| {
        let took = request + event * u32::try_from(events).expect("few events");
        cut_after(millis(10_000), took)
    }
}

pub(super) fn cut_after(longest: Duration, took: Duration) -> Reply {
    if took >= longest {
        Reply::Cut(longest)
    } else {
        Reply::Answer(took)
    }
}

/// A queue with an endless backlog of events of the same size.
pub(super) struct Queue {
    pub(super) sizing: Sizing,
    event_bytes: usize,
    now: Duration,
    /// End, events, duration and kind of the requests in flight.
    pub(super) flying: BinaryHeap<Reverse<(Duration, usize, Duration, u8)>>,
    pub(super) delivered: usize,
    pub(super) answers: usize,
    pub(super) lost: usize,
    pub(super) slowest: Duration,
}

impl Queue {
    pub(super) fn new(event_bytes: usize) -> Self {
        Self {
            sizing: sizing(),
            event_bytes,
            now: Duration::ZERO,
            flying: BinaryHeap::new(),
            delivered: 0,
            answers: 0,
            lost: 0,
            slowest: Duration::ZERO,
        }
    }

    pub(super) fn run(&mut self, server: impl Fn(usize, usize, usize) -> Reply, time: Duration) {
        let end = self.now + time;
        self.slowest = Duration::ZERO;
        loop {
            while self.flying.len() < self.sizing.requests() {
                let fit = (self.sizing.bytes() / self.event_bytes).max(1);
                let events = self.sizing.events().min(fit);
                let reply = server(events, events * self.event_bytes, self.flying.len() + 1);
                let (took, kind) = match reply {
                    Reply::Answer(took) => (took, 0),
                    Reply::Cut(took) => (took, 1),
                    Reply::Unavailable => (millis(5), 2),
                };
                self.flying
                    .push(Reverse((self.now + took, events, took, kind)));
            }
            let Some(Reverse((at, events, took, kind))) = self.flying.pop() else {
                return;
            };
            if at > end {
                self.flying.push(Reverse((at, events, took, kind)));
                self.now = end;
                return;
            }
            self.now = at;
            let bytes = events * self.event_bytes;
            match kind {
                0 => {
                    self.delivered += events;
                    self.answers += 1;
                    self.slowest = self.slowest.max(took);
                    let in_flight = self.flying.len() + 1;
                    self.sizing.answered(events, bytes, took, in_flight, true);
                }
                1 => {
                    self.lost += 1;
                    self.sizing.lost(events, bytes, took);
                }
                _ => self.sizing.failed(),
            }
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("sizing", &self.sizing)
            .field("delivered", &self.delivered)
            .field("answers", &self.answers)
            .field("lost", &self.lost)
            .field("slowest", &self.slowest)
            .finish_non_exhaustive()
    }
}
