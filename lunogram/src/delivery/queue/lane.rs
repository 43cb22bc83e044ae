//! A lane: the queued payloads of one group of subjects, in order. Pure state, without locks.

use super::segment::{Batch, Segment};
use crate::clock::later;
use crate::delivery::spool::RecordId;
use crate::delivery::stats::{Ledger, Settlement};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// When a batch is full or old enough to be sent.
#[derive(Clone, Copy, Debug)]
pub(in crate::delivery) struct BatchLimits {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

/// A shard of the subjects of one kind: those whose ids hash alike. At most one request of a lane
/// is in flight, so the payloads about one subject arrive in the order in which they were accepted.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Lane {
    entries: VecDeque<LaneEntry>,
    /// How many payloads the lane has accepted.
    pub(super) accepted: u64,
    /// How many of those are still queued.
    queued: u64,
    /// Sequence number up to which payloads were handed to the sender, and how many of those are
    /// unsettled.
    handed_out_to: u64,
    unsettled: u64,
    /// Dropped by [`drop_oldest`](Self::drop_oldest), but not settled yet.
    dropping: u64,
    pub(super) ledger: Ledger,
    /// Payloads up to here are sent without waiting for their batch to fill, and later payloads do
    /// not join their batches.
    flush_to: u64,
    /// Payloads up to here are sent without waiting for their batch to fill.
    send_now_to: u64,
    /// The lane accepts no more payloads.
    closed: bool,
}

#[derive(Debug)]
enum LaneEntry {
    Events(Segment),
    Upsert(Upsert),
    /// Later entries wait until this upsert, which is queued in another lane, is done.
    Barrier(DoneFlag),
}

/// Set when a queued upsert is settled, with whatever outcome.
pub(super) type DoneFlag = Arc<AtomicBool>;

/// A queued upsert.
#[derive(Debug)]
pub(in crate::delivery) struct Upsert {
    pub(in crate::delivery) body: Vec<u8>,
    /// Its record in the spool, if there is one.
    pub(in crate::delivery) record: Option<RecordId>,
    pub(super) done: DoneFlag,
    pub(in crate::delivery) opened: Instant,
}

/// A batch or an upsert that a lane hands to the sender.
#[derive(Debug)]
pub(in crate::delivery) enum Work {
    Events(Batch),
    Upsert(Upsert),
}

/// The result of pushing a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// The event joined an open batch.
    Joined,
    /// The payload opened or completed a batch, so the lane's task has to be woken.
    Due,
    /// The lane is closed and did not accept the payload.
    Closed,
}

/// When a lane has something to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Due {
    Now,
    At(Instant),
    /// Not before the lane is woken.
    Idle,
}

impl Lane {
    /// Appends an event.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it has one caller")]
    pub(super) fn push_event(
        &mut self,
        event: &[u8],
        record: Option<RecordId>,
        limits: &BatchLimits,
        open: impl FnOnce(Option<&Segment>) -> Segment,
    ) -> Pushed {
        if self.closed {
            return Pushed::Closed;
        }
        // The caller of a flush must not wait for events that were tracked after it.
        let flushed = self.flush_to == self.accepted;
        self.accepted += 1;
        self.queued += 1;
        if let Some(LaneEntry::Events(open)) = self.entries.back_mut()
            && open.len() < limits.events
            && !flushed
        {
            if open.held() + event.len() < limits.bytes {
                open.push(event, record);
                if open.len() < limits.events {
                    return Pushed::Joined;
                }
                open.close();
                return Pushed::Due;
            }
            open.close();
        }
        self.open_batch(event, record, open);
        Pushed::Due
    }

    /// Opens a batch with this event.
    #[inline(never)]
    fn open_batch(
        &mut self,
        event: &[u8],
        record: Option<RecordId>,
        open: impl FnOnce(Option<&Segment>) -> Segment,
    ) {
        // The new batch will probably grow as large as the full one before it.
        let full = self.entries.back().and_then(|last| match last {
            LaneEntry::Events(full) => Some(full),
            _ => None,
        });
        let mut segment = open(full);
        segment.push(event, record);
        self.entries.push_back(LaneEntry::Events(segment));
    }

    pub(super) fn push_upsert(&mut self, upsert: Upsert) -> Pushed {
        if self.closed {
            return Pushed::Closed;
        }
        self.accepted += 1;
        self.queued += 1;
        self.entries.push_back(LaneEntry::Upsert(upsert));
        Pushed::Due
    }

    pub(super) fn push_barrier(&mut self, done: DoneFlag) {
        self.entries.push_back(LaneEntry::Barrier(done));
    }

    /// When the first entry may be sent.
    pub(in crate::delivery) fn due(&self, limits: &BatchLimits) -> Due {
        match self.entries.front() {
            Some(LaneEntry::Upsert(_)) => Due::Now,
            Some(LaneEntry::Barrier(done)) if done.load(Ordering::Acquire) => Due::Now,
            None | Some(LaneEntry::Barrier(_)) => Due::Idle,
            Some(LaneEntry::Events(segment)) => {
                let full = self.entries.len() > 1 || segment.len() >= limits.events;
                if full || self.settled_to() < self.flush_to.max(self.send_now_to) {
                    Due::Now
                } else {
                    Due::At(later(segment.opened(), limits.age))
                }
            }
        }
    }

    /// Hands out the first batch or upsert, if it is due.
    pub(in crate::delivery) fn take(&mut self, limits: &BatchLimits, now: Instant) -> Option<Work> {
        loop {
            let is_due = match self.due(limits) {
                Due::Now => true,
                Due::At(moment) => moment <= now,
                Due::Idle => false,
            };
            if !is_due {
                return None;
            }
            let (work, payloads) = match self.entries.pop_front()? {
                LaneEntry::Events(segment) if segment.is_empty() => continue,
                LaneEntry::Events(segment) => {
                    let payloads = segment.len() as u64;
                    (Work::Events(segment.seal()), payloads)
                }
                LaneEntry::Upsert(upsert) => (Work::Upsert(upsert), 1),
                LaneEntry::Barrier(_) => continue,
            };
            self.hand_out(payloads);
            return Some(work);
        }
    }

    /// Counts the first `payloads` queued payloads as handed out.
    fn hand_out(&mut self, payloads: u64) {
        self.queued -= payloads;
        self.handed_out_to = self.accepted - self.queued;
        self.unsettled += payloads;
    }

    /// Settles payloads that were handed out.
    pub(super) fn settle(&mut self, settlement: Settlement, payloads: u64) {
        self.unsettled -= payloads;
        self.ledger.settle(settlement, payloads);
    }

    /// Settles an event that [`drop_oldest`](Self::drop_oldest) has returned.
    pub(super) fn settle_dropped(&mut self, settlement: Settlement) {
        self.dropping -= 1;
        self.ledger.settle(settlement, 1);
    }

    /// Sequence number up to which everything is settled, or less. Exact at a position at which
    /// [`flush`](Self::flush) was called, because no batch crosses it.
    pub(super) fn settled_to(&self) -> u64 {
        let to = match self.unsettled {
            0 => self.accepted - self.queued,
            unsettled => self.handed_out_to - unsettled,
        };
        to.saturating_sub(self.dropping)
    }

    /// Makes everything accepted so far due, closes the last batch, and returns the sequence
    /// number.
    pub(super) fn flush(&mut self) -> u64 {
        self.flush_to = self.accepted;
        self.flush_to
    }

    /// Makes everything accepted so far due. Later events may still join the last batch.
    #[cfg(feature = "spool")]
    pub(super) fn send_now(&mut self) {
        self.send_now_to = self.accepted;
    }

    /// When the oldest queued event was accepted.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.entries.iter().find_map(|entry| match entry {
            LaneEntry::Events(segment) if !segment.is_empty() => Some(segment.opened()),
            _ => None,
        })
    }

    /// Removes the oldest queued event. Upserts stay: without them, later events would be lost.
    pub(super) fn drop_oldest(&mut self) -> Option<(Vec<u8>, Option<RecordId>)> {
        let segment = self.entries.iter_mut().find_map(|entry| match entry {
            LaneEntry::Events(segment) if !segment.is_empty() => Some(segment),
            _ => None,
        })?;
        let dropped = segment.drop_oldest()?;
        self.queued -= 1;
        self.dropping += 1;
        Some(dropped)
    }

    /// Closes the lane and hands out everything that is queued.
    pub(super) fn close(&mut self) -> Vec<Work> {
        self.closed = true;
        self.hand_out(self.queued);
        let entries = std::mem::take(&mut self.entries).into_iter();
        entries
            .filter_map(|entry| match entry {
                LaneEntry::Events(segment) => Some(Work::Events(segment.seal())),
                LaneEntry::Upsert(upsert) => Some(Work::Upsert(upsert)),
                LaneEntry::Barrier(_) => None,
            })
            .collect()
    }
}
