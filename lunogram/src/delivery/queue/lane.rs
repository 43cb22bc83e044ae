//! A lane: the queued payloads of one group of subjects, in order. Pure state, without locks.

mod aside;

use super::segment::{Buffers, DroppedEvent, Segment};
use crate::delivery::control::Size;
use crate::delivery::deletions::UpsertId;
use crate::delivery::outgoing::can_merge;
use crate::delivery::receipts::ReceiptSender;
use crate::delivery::spool::RecordId;
use crate::delivery::stats::{Ledger, Settlement};
use aside::Aside;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// The largest buffers that an empty lane keeps for its next segment.
const LARGEST_SPARE: usize = 16 << 10;

/// Of a request with one event.
const SMALLEST: Size = Size {
    events: 1,
    bytes: 1,
};

/// A shard of the subjects of one kind: those whose ids hash alike. A lane hands out nothing before
/// everything that it handed out is settled, so the payloads about one subject arrive in the order
/// in which they were accepted.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Lane {
    entries: VecDeque<LaneEntry>,
    /// Buffers of a segment whose events were copied into a request.
    spare: Option<Buffers>,
    /// How many payloads the lane has accepted.
    pub(super) accepted: u64,
    /// How many of those are still queued.
    queued: u64,
    /// Sequence number up to which payloads were handed to the sender, and how many of those are
    /// unsettled.
    handed_out_to: u64,
    unsettled: u64,
    /// Dropped by [`drop_oldest`](Self::drop_oldest) or [`remove`](Self::remove), but not settled
    /// yet.
    dropping: u64,
    /// Sequence number before which none of those is.
    dropping_from: u64,
    aside: Aside,
    pub(super) ledger: Ledger,
    /// Payloads up to here are sent without waiting for their age.
    flush_to: u64,
    /// Later payloads do not join the segments of those up to here.
    closed_to: u64,
    /// Payloads up to here are sent without waiting for their age.
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

impl LaneEntry {
    fn opened(&self) -> Option<Instant> {
        match self {
            Self::Events(segment) => Some(segment.opened()),
            Self::Upsert(upsert) => Some(upsert.opened),
            Self::Barrier(_) => None,
        }
    }
}

/// Set when a queued upsert is settled, with whatever outcome.
pub(super) type DoneFlag = Arc<AtomicBool>;

/// A queued upsert.
#[derive(Debug)]
pub(in crate::delivery) struct Upsert {
    pub(in crate::delivery) body: Vec<u8>,
    /// Its record in the spool, if there is one.
    pub(in crate::delivery) record: Option<RecordId>,
    /// Its receipt, if there is one; none with a spool.
    pub(super) receipt: Option<ReceiptSender>,
    pub(super) done: DoneFlag,
    /// The lanes with a barrier for it.
    pub(super) barriers: Vec<usize>,
    /// Later ones about the same subject that share its request; empty in each of them.
    pub(in crate::delivery) merged: Vec<Upsert>,
    /// Set when it is handed out.
    pub(in crate::delivery) handed_out: Option<UpsertId>,
    pub(in crate::delivery) opened: Instant,
}

/// Payloads that were removed from a lane before they were handed out.
#[derive(Debug)]
pub(super) struct Removed {
    pub(super) events: Vec<DroppedEvent>,
    pub(super) upserts: Vec<Upsert>,
}

/// The rest of a lane that is closed.
#[derive(Debug)]
pub(super) enum Left {
    Events(Segment),
    Upsert(Upsert),
}

/// The result of pushing a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// The event joined an open segment.
    Joined,
    /// The event is the first in its lane: it is sent at its age.
    Opened,
    /// The lane may have something to send now.
    Due,
    /// The lane is closed and did not accept the payload.
    Closed,
}

/// Events that a lane has handed out.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) events: usize,
    /// No event of them was accepted later, if that is known.
    pub(super) latest: Option<Instant>,
    /// Buffers that the lane does not need.
    pub(super) spare: Option<Buffers>,
}

/// The payloads that a lane can hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Front {
    /// Nothing now: it is empty, something is in flight, or an upsert in another lane is not done.
    /// The lane reports when that changes.
    Nothing,
    Upsert {
        opened: Instant,
    },
    Events {
        opened: Instant,
        /// They do not wait for their age.
        due: bool,
    },
}

impl Lane {
    /// Appends an event.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it has one caller")]
    pub(super) fn push_event(
        &mut self,
        event: &[u8],
        record: Option<RecordId>,
        limits: Size,
        open: impl FnOnce(Option<&Segment>, Option<Buffers>) -> Segment,
    ) -> Pushed {
        if self.closed {
            return Pushed::Closed;
        }
        let is_closed = self.closed_to == self.accepted;
        self.accepted += 1;
        self.queued += 1;
        if let Some(LaneEntry::Events(open)) = self.entries.back_mut()
            && open.len() < limits.events
            && !is_closed
        {
            if open.held() + event.len() < limits.bytes {
                open.push(event, record);
                if open.len() < limits.events {
                    return Pushed::Joined;
                }
                open.close();
                return self.due();
            }
            open.close();
        }
        self.open_segment(event, record, open)
    }

    /// Opens a segment with this event.
    #[inline(never)]
    fn open_segment(
        &mut self,
        event: &[u8],
        record: Option<RecordId>,
        open: impl FnOnce(Option<&Segment>, Option<Buffers>) -> Segment,
    ) -> Pushed {
        // The new segment will probably grow as large as the full one before it.
        let full = self.entries.back().and_then(|last| match last {
            LaneEntry::Events(full) => Some(full),
            _ => None,
        });
        let mut segment = open(full, self.spare.take());
        segment.push(event, record);
        let is_first = self.entries.is_empty();
        self.entries.push_back(LaneEntry::Events(segment));
        match self.due() {
            Pushed::Due if is_first => Pushed::Opened,
            pushed => pushed,
        }
    }

    /// The lane may have something to send now, unless something is in flight.
    fn due(&self) -> Pushed {
        if self.is_busy() {
            return Pushed::Joined;
        }
        Pushed::Due
    }

    /// Whether payloads are in flight. Those that are set aside do not count.
    fn is_busy(&self) -> bool {
        self.unsettled > self.aside.unsettled
    }

    /// Whether the lane can hand out something, as far as it depends on payloads in flight.
    fn goes_on(&self) -> bool {
        !self.is_busy() && !self.entries.is_empty()
    }

    /// Adds the receipt of the event that was pushed last.
    pub(super) fn add_receipt(&mut self, receipt: ReceiptSender) {
        if let Some(LaneEntry::Events(last)) = self.entries.back_mut() {
            last.add_receipt(receipt);
        }
    }

    pub(super) fn push_upsert(&mut self, upsert: Upsert) -> Pushed {
        if self.closed {
            return Pushed::Closed;
        }
        self.accepted += 1;
        self.queued += 1;
        self.entries.push_back(LaneEntry::Upsert(upsert));
        self.due()
    }

    pub(super) fn push_barrier(&mut self, done: DoneFlag) {
        self.entries.push_back(LaneEntry::Barrier(done));
    }

    /// The payloads that the lane can hand out now.
    pub(in crate::delivery) fn front(&mut self, limits: Size) -> Front {
        if self.is_busy() {
            return Front::Nothing;
        }
        self.discard_done();
        match self.entries.front() {
            None | Some(LaneEntry::Barrier(_)) => Front::Nothing,
            // It may be about a subject whose events wait.
            Some(LaneEntry::Upsert(_)) if !self.aside.is_empty() || self.aside.holds_back() => {
                Front::Nothing
            }
            Some(LaneEntry::Upsert(upsert)) => Front::Upsert {
                opened: upsert.opened,
            },
            Some(LaneEntry::Events(segment)) => Front::Events {
                opened: segment.opened(),
                due: self.entries.len() > 1
                    || segment.len() >= limits.events
                    || self.settled_to() < self.flush_to.max(self.send_now_to),
            },
        }
    }

    /// Removes barriers of upserts that are done, and segments of which every event was dropped.
    fn discard_done(&mut self) {
        while self.entries.front().is_some_and(|entry| match entry {
            LaneEntry::Barrier(done) => done.load(Ordering::Acquire),
            LaneEntry::Events(segment) => segment.is_empty(),
            LaneEntry::Upsert(_) => false,
        }) {
            self.entries.pop_front();
        }
    }

    /// Hands out events of the first segment: moves them to `request` as far as it has room for
    /// them. A segment that fills a request is handed out as it is, without a copy. `None` if no
    /// event can be handed out or fits.
    pub(super) fn take_events(
        &mut self,
        request: &mut Option<Segment>,
        size: Size,
        open: impl FnOnce() -> Segment,
    ) -> Option<Taken> {
        let Front::Events { .. } = self.front(size) else {
            return None;
        };
        let next = self.entries.get(1).and_then(LaneEntry::opened);
        let Some(LaneEntry::Events(segment)) = self.entries.front_mut() else {
            return None;
        };
        let latest = segment.closed_at().or(next);
        let mut spare = None;
        let events = if request.is_none() && segment.fills(size) {
            let events = segment.len();
            if let Some(LaneEntry::Events(full)) = self.entries.pop_front() {
                *request = Some(full);
            }
            events
        } else {
            let events = request.get_or_insert_with(open).take_from(segment, size);
            if segment.is_empty()
                && let Some(LaneEntry::Events(empty)) = self.entries.pop_front()
            {
                spare = self.keep(empty.into_buffers());
            }
            events
        };
        self.took(events as u64);
        self.hand_out(events as u64);
        (events > 0).then_some(Taken {
            events,
            latest,
            spare,
        })
    }

    /// Keeps buffers for the next segment, and returns them if they are too large for that.
    fn keep(&mut self, buffers: Buffers) -> Option<Buffers> {
        if buffers.size() > LARGEST_SPARE {
            return Some(buffers);
        }
        self.spare.get_or_insert(buffers);
        None
    }

    /// Hands out the first entry if it is an upsert, with the upserts after it that can be merged
    /// into a request of this size.
    pub(in crate::delivery) fn take_upsert(&mut self, bytes: usize) -> Option<Upsert> {
        let Front::Upsert { .. } = self.front(SMALLEST) else {
            return None;
        };
        let Some(LaneEntry::Upsert(mut first)) = self.entries.pop_front() else {
            return None;
        };
        let mut size = first.body.len();
        while let Some(LaneEntry::Upsert(next)) = self.entries.front()
            && size + next.body.len() <= bytes
            && can_merge(&first.body, &next.body)
        {
            size += next.body.len();
            if let Some(LaneEntry::Upsert(next)) = self.entries.pop_front() {
                first.merged.push(next);
            }
        }
        let upserts = 1 + first.merged.len() as u64;
        self.took(upserts);
        self.hand_out(upserts);
        Some(first)
    }

    /// Counts the first `payloads` queued payloads as handed out.
    fn hand_out(&mut self, payloads: u64) {
        self.queued -= payloads;
        self.handed_out_to = self.accepted - self.queued;
        self.unsettled += payloads;
    }

    /// Settles payloads that were handed out. Returns whether the lane can hand out more now.
    pub(super) fn settle(&mut self, settlement: Settlement, payloads: u64) -> bool {
        self.unsettled -= payloads;
        self.ledger.settle(settlement, payloads);
        self.settle_order();
        self.goes_on()
    }

    /// How many payloads are queued.
    pub(in crate::delivery) fn queued(&self) -> u64 {
        self.queued
    }

    /// Settles payloads that [`drop_oldest`](Self::drop_oldest) or [`remove`](Self::remove) has
    /// returned.
    pub(super) fn settle_dropped(&mut self, settlement: Settlement, payloads: u64) {
        self.dropping -= payloads;
        self.ledger.settle(settlement, payloads);
        self.settle_order();
    }

    /// Sequence number up to which everything is settled, or less. Exact at a position at which
    /// [`flush`](Self::flush) was called, because no segment crosses it.
    pub(super) fn settled_to(&self) -> u64 {
        let to = match self.unsettled {
            0 => self.accepted - self.queued,
            unsettled => self.handed_out_to - unsettled,
        };
        let to = self.aside.settled_to.map_or(to, |least| least.min(to));
        match self.dropping {
            0 => to,
            _ => to.min(self.dropping_from),
        }
    }

    /// Counts queued payloads as dropped, none of which is before the sequence number `from`.
    fn count_dropped(&mut self, payloads: u64, from: u64) {
        if self.dropping == 0 {
            self.dropping_from = from;
        }
        self.queued -= payloads;
        self.dropping += payloads;
    }

    /// Makes everything accepted so far due, closes the last segment, and returns the sequence
    /// number.
    pub(super) fn flush(&mut self) -> u64 {
        self.flush_to = self.accepted;
        // The caller must not wait for events that are tracked later.
        self.closed_to = self.accepted;
        self.flush_to
    }

    /// Closes the last segment if its first event was accepted before `oldest`.
    pub(super) fn close_older(&mut self, oldest: Instant, now: Instant) {
        if let Some(LaneEntry::Events(last)) = self.entries.back_mut()
            && last.opened() < oldest
        {
            last.close_at(now);
            self.closed_to = self.accepted;
        }
    }

    /// Makes everything accepted so far due. Later events may still join the last segment.
    #[cfg(feature = "spool")]
    pub(super) fn send_now(&mut self) {
        self.send_now_to = self.accepted;
    }

    /// When the first queued payload was accepted.
    pub(super) fn opened(&self) -> Option<Instant> {
        self.entries.iter().find_map(LaneEntry::opened)
    }

    /// When the oldest queued event was accepted.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.entries.iter().find_map(|entry| match entry {
            LaneEntry::Events(segment) if !segment.is_empty() => Some(segment.opened()),
            _ => None,
        })
    }

    /// Removes the oldest queued event. Upserts stay: without them, later events would be lost.
    pub(super) fn drop_oldest(&mut self, now: Instant) -> Option<DroppedEvent> {
        let index = self
            .entries
            .iter()
            .position(|entry| matches!(entry, LaneEntry::Events(segment) if !segment.is_empty()))?;
        let next = self.entries.get(index + 1).and_then(LaneEntry::opened);
        let Some(LaneEntry::Events(segment)) = self.entries.get_mut(index) else {
            return None;
        };
        let latest = segment.closed_at().or(next).unwrap_or(now);
        let dropped = segment.drop_oldest(latest)?;
        let is_empty = segment.is_empty();
        let mut before = self.entries.iter().take(index);
        let is_behind_upsert = before.any(|entry| matches!(entry, LaneEntry::Upsert(_)));
        // The last one may still get events. Without a server, nothing else removes the others.
        if is_empty && index + 1 < self.entries.len() {
            self.entries.remove(index);
        }
        if is_behind_upsert || self.aside.holds_back() {
            let settled_to = self.settled_to();
            self.removed(1, settled_to);
            return Some(dropped);
        }
        self.took(1);
        let first = self.accepted - self.queued;
        self.count_dropped(1, self.aside.settled_to.unwrap_or(first));
        Some(dropped)
    }

    /// Closes the lane and hands out everything that is queued.
    pub(super) fn close(&mut self) -> Vec<Left> {
        self.closed = true;
        self.hand_out(self.queued);
        if let Some(held_back) = self.aside.take_held_back() {
            self.entries.push_front(LaneEntry::Events(held_back));
        }
        let entries = std::mem::take(&mut self.entries).into_iter();
        entries
            .filter_map(|entry| match entry {
                LaneEntry::Events(segment) => Some(Left::Events(segment)),
                LaneEntry::Upsert(upsert) => Some(Left::Upsert(upsert)),
                LaneEntry::Barrier(_) => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
