//! What waits for one group of subjects, in their order: pure.

use super::segment::{Batch, Segment};
use super::spool::Place;
use super::stats::{Fate, Ledger};
use super::time::later;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// When a batch is closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchLimits {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

/// Subjects of one kind whose ids hash alike. At most one request of a lane is on its way, so what is about one subject
/// arrives in the order in which it was accepted.
#[derive(Debug, Default)]
pub(super) struct Lane {
    waiting: VecDeque<Entry>,
    /// What was put into this lane.
    pub(super) taken: u64,
    /// What of that waits.
    waits: u64,
    /// What was given out last ends there, and so much of it is not settled.
    given_to: u64,
    given: u64,
    /// What was taken out from behind that to be dropped, and is not settled.
    aside: u64,
    /// What became of it.
    pub(super) ledger: Ledger,
    /// What was accepted up to here leaves without waiting for more, and without what came after it.
    flush_to: u64,
    /// What was accepted up to here leaves without waiting for more.
    hurry_to: u64,
    /// Nothing more is taken in.
    closed: bool,
}

#[derive(Debug)]
enum Entry {
    Events(Segment),
    Upsert(Upsert),
    /// Nothing behind this leaves before the upsert, which waits in another lane, was answered.
    Behind(Answered),
}

/// Whether a queued upsert was answered, or given up.
pub(super) type Answered = Arc<AtomicBool>;

/// A queued upsert.
#[derive(Debug)]
pub(super) struct Upsert {
    pub(super) body: Vec<u8>,
    /// Where it lies on disk, where there is a spool.
    pub(super) place: Option<Place>,
    pub(super) answered: Answered,
    pub(super) opened: Instant,
}

/// What a lane sends next.
#[derive(Debug)]
pub(super) enum Work {
    Events(Batch),
    Upsert(Upsert),
}

/// What an event did to its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It joined others that wait.
    Joined,
    /// It is the first of a batch, or closed one: the worker has to look.
    Due,
    /// The lane is closed, and did not take it.
    Refused,
}

/// When a lane has something to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    At(Instant),
    /// Not before something else happens.
    Idle,
}

impl Lane {
    /// Puts one event behind what waits.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it has one caller")]
    pub(super) fn push_event(
        &mut self,
        event: &[u8],
        place: Option<Place>,
        limits: &BatchLimits,
        open: impl FnOnce(Option<&Segment>) -> Segment,
    ) -> Pushed {
        if self.closed {
            return Pushed::Refused;
        }
        // Who waits for a flush does not wait for what comes after it.
        let flushed = self.flush_to == self.taken;
        self.taken += 1;
        self.waits += 1;
        if let Some(Entry::Events(open)) = self.waiting.back_mut()
            && open.len() < limits.events
            && !flushed
        {
            if open.held() + event.len() < limits.bytes {
                open.push(event, place);
                if open.len() < limits.events {
                    return Pushed::Joined;
                }
                open.close();
                return Pushed::Due;
            }
            open.close();
        }
        self.open(event, place, open);
        Pushed::Due
    }

    /// Puts an event into a batch of its own, for others to join.
    #[inline(never)]
    fn open(
        &mut self,
        event: &[u8],
        place: Option<Place>,
        open: impl FnOnce(Option<&Segment>) -> Segment,
    ) {
        // Where a batch is full already, this one will most likely be as large.
        let full = self.waiting.back().and_then(|last| match last {
            Entry::Events(full) => Some(full),
            _ => None,
        });
        let mut segment = open(full);
        segment.push(event, place);
        self.waiting.push_back(Entry::Events(segment));
    }

    pub(super) fn push_upsert(&mut self, upsert: Upsert) -> Pushed {
        if self.closed {
            return Pushed::Refused;
        }
        self.taken += 1;
        self.waits += 1;
        self.waiting.push_back(Entry::Upsert(upsert));
        Pushed::Due
    }

    pub(super) fn push_barrier(&mut self, answered: Answered) {
        self.waiting.push_back(Entry::Behind(answered));
    }

    /// When the oldest entry may leave.
    pub(super) fn due(&self, limits: &BatchLimits) -> Due {
        match self.waiting.front() {
            Some(Entry::Upsert(_)) => Due::Now,
            Some(Entry::Behind(answered)) if answered.load(Ordering::Acquire) => Due::Now,
            None | Some(Entry::Behind(_)) => Due::Idle,
            Some(Entry::Events(segment)) => {
                let full = self.waiting.len() > 1 || segment.len() >= limits.events;
                if full || self.settled_to() < self.flush_to.max(self.hurry_to) {
                    Due::Now
                } else {
                    Due::At(later(segment.opened(), limits.age))
                }
            }
        }
    }

    /// Takes what may leave, the oldest first.
    pub(super) fn take(&mut self, limits: &BatchLimits, now: Instant) -> Option<Work> {
        loop {
            let may_leave = match self.due(limits) {
                Due::Now => true,
                Due::At(moment) => moment <= now,
                Due::Idle => false,
            };
            if !may_leave {
                return None;
            }
            let (work, payloads) = match self.waiting.pop_front()? {
                Entry::Events(segment) if segment.is_empty() => continue,
                Entry::Events(segment) => {
                    let payloads = segment.len() as u64;
                    (Work::Events(segment.seal()), payloads)
                }
                Entry::Upsert(upsert) => (Work::Upsert(upsert), 1),
                Entry::Behind(_) => continue,
            };
            self.give(payloads);
            return Some(work);
        }
    }

    /// So many of those that wait are given out, from the front.
    fn give(&mut self, payloads: u64) {
        self.waits -= payloads;
        self.given_to = self.taken - self.waits;
        self.given += payloads;
    }

    /// It is known what became of so many of those that were given out.
    pub(super) fn settle(&mut self, fate: Fate, payloads: u64) {
        self.given -= payloads;
        self.ledger.settle(fate, payloads);
    }

    /// It is entered into the books what became of what [`drop_oldest`](Self::drop_oldest) took out.
    pub(super) fn settle_dropped(&mut self, fate: Fate) {
        self.aside -= 1;
        self.ledger.settle(fate, 1);
    }

    /// Up to where everything is settled, if not further. Exact where [`flush`](Self::flush) has drawn a line: what is given out
    /// lies on one side of it.
    pub(super) fn settled_to(&self) -> u64 {
        let to = match self.given {
            0 => self.taken - self.waits,
            given => self.given_to - given,
        };
        to.saturating_sub(self.aside)
    }

    /// Lets everything leave that was accepted until now, and tells how much that is.
    pub(super) fn flush(&mut self) -> u64 {
        self.flush_to = self.taken;
        self.flush_to
    }

    /// Lets everything leave that was accepted until now, with what may yet join it.
    #[cfg(feature = "spool")]
    pub(super) fn hurry(&mut self) {
        self.hurry_to = self.taken;
    }

    /// When the oldest event that waits came.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.waiting.iter().find_map(|entry| match entry {
            Entry::Events(segment) if !segment.is_empty() => Some(segment.opened()),
            _ => None,
        })
    }

    /// Takes the oldest event out. Upserts stay: what is behind them would be lost without.
    pub(super) fn drop_oldest(&mut self) -> Option<(Vec<u8>, Option<Place>)> {
        let segment = self.waiting.iter_mut().find_map(|entry| match entry {
            Entry::Events(segment) if !segment.is_empty() => Some(segment),
            _ => None,
        })?;
        let dropped = segment.drop_oldest()?;
        self.waits -= 1;
        self.aside += 1;
        Some(dropped)
    }

    /// Takes nothing more in, and gives everything that waits.
    pub(super) fn close(&mut self) -> Vec<Work> {
        self.closed = true;
        self.give(self.waits);
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        waiting
            .filter_map(|entry| match entry {
                Entry::Events(segment) => Some(Work::Events(segment.seal())),
                Entry::Upsert(upsert) => Some(Work::Upsert(upsert)),
                Entry::Behind(_) => None,
            })
            .collect()
    }
}
