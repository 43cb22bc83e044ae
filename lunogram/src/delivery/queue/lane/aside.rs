//! Events of a lane that are held back while it goes on with other subjects: those of a subject
//! that is being deleted, and the later ones of an event that failed alone and is set aside, until
//! it is judged.

use super::{Lane, LaneEntry, Removed, Upsert};
use crate::delivery::queue::segment::{Buffers, Segment};
use crate::delivery::queue::subject;
use tokio::time::Instant;

/// Whether the subject of an event is being deleted.
pub(in crate::delivery::queue) type Held<'h> = &'h dyn Fn(&[u8]) -> bool;

#[derive(Debug, Default)]
pub(super) struct Aside {
    /// The subjects of the events that are set aside.
    subjects: Vec<Box<[u8]>>,
    /// How many events are set aside and not settled. They count as handed out, too.
    pub(super) unsettled: u64,
    /// Later events of these subjects, in order. They count as queued.
    held_back: Option<Segment>,
    /// How many payloads at the front of the lane are not in their order.
    unordered: u64,
    /// Sequence number up to which everything is settled, or less, as long as the order in which
    /// events are settled is not theirs.
    pub(super) settled_to: Option<u64>,
}

impl Aside {
    pub(super) fn is_empty(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether events are held back.
    pub(super) fn holds_back(&self) -> bool {
        self.held_back.is_some()
    }

    /// The events that are held back.
    pub(super) fn take_held_back(&mut self) -> Option<Segment> {
        self.held_back.take()
    }
}

impl Lane {
    /// Sets aside so many events that were handed out. Returns whether the lane can hand out more.
    pub(in crate::delivery) fn set_aside(&mut self, subject: &[u8], events: u64) -> bool {
        let settled_to = self.settled_to();
        self.aside.settled_to = Some(settled_to);
        if self.aside.subjects.iter().all(|known| **known != *subject) {
            self.aside.subjects.push(subject.into());
        }
        self.aside.unsettled += events;
        self.goes_on()
    }

    /// So many events that were set aside are settled. Returns whether the lane can hand out more.
    pub(in crate::delivery) fn settled_aside(&mut self, events: u64) -> bool {
        let aside = &mut self.aside;
        aside.unsettled = aside.unsettled.saturating_sub(events);
        if !aside.is_empty() {
            self.settle_order();
            return self.goes_on();
        }
        aside.subjects.clear();
        self.restore()
    }

    /// The first events of the lane are handed out, or were dropped.
    pub(super) fn took(&mut self, events: u64) {
        self.aside.unordered = self.aside.unordered.saturating_sub(events);
    }

    /// Events are settled in their order again once no earlier ones are left.
    pub(super) fn settle_order(&mut self) {
        let is_settled = self.unsettled == 0 && self.aside.held_back.is_none();
        if is_settled && (self.aside.unordered == 0 || self.queued == 0) {
            self.aside.unordered = 0;
            self.aside.settled_to = None;
        }
    }

    /// Holds back the events of the first segment whose subjects are set aside, or that are `held`.
    pub(in crate::delivery::queue) fn hold_back(
        &mut self,
        held: Option<Held<'_>>,
        now: impl Fn() -> Instant,
    ) {
        if self.is_busy() {
            return;
        }
        while !self.aside.is_empty() || held.is_some() {
            // The events after the barrier of an upsert that is done are next, too.
            self.discard_done();
            let settled_to = self.settled_to();
            let next = self.entries.get(1).and_then(LaneEntry::opened);
            let Some(LaneEntry::Events(segment)) = self.entries.front_mut() else {
                return;
            };
            let latest = segment.closed_at().or(next);
            let aside = &mut self.aside;
            let subjects = &aside.subjects;
            let is_held = |event: &[u8]| {
                let is_aside = || {
                    subjects
                        .iter()
                        .any(|known| **known == *subject::first(event))
                };
                !subjects.is_empty() && is_aside() || held.is_some_and(|held| held(event))
            };
            let mut held_back = aside.held_back.take();
            let to = held_back
                .get_or_insert_with(|| Segment::open(Buffers::default(), segment.opened()));
            let moved = segment.move_if(to, is_held);
            if moved > 0 {
                to.closed_by(latest.unwrap_or_else(&now));
            }
            aside.held_back = held_back.filter(|held_back| !held_back.is_empty());
            if moved == 0 {
                return;
            }
            aside.settled_to.get_or_insert(settled_to);
            // They count again when they are restored.
            aside.unordered = aside.unordered.saturating_sub(moved as u64);
            if !segment.is_empty() {
                return;
            }
            self.entries.pop_front();
        }
    }

    /// Puts the events that are held back to the front of the lane. Returns whether the lane can
    /// hand out more.
    pub(in crate::delivery::queue) fn restore(&mut self) -> bool {
        let aside = &mut self.aside;
        if let Some(held_back) = aside.held_back.take() {
            // Older events of other subjects may come after them.
            aside.unordered = self.queued;
            self.entries.push_front(LaneEntry::Events(held_back));
            // Later events do not join it, since the moment of its last one is known.
            self.closed_to = self.accepted;
        }
        self.settle_order();
        self.goes_on()
    }

    /// Removes all payloads that are meant.
    pub(in crate::delivery::queue) fn remove(
        &mut self,
        is_meant: impl Fn(&[u8]) -> bool,
    ) -> Removed {
        let settled_to = self.settled_to();
        let mut events = Segment::open(Buffers::default(), Instant::now());
        let mut upserts = Vec::new();
        if let Some(held_back) = &mut self.aside.held_back {
            held_back.move_if(&mut events, &is_meant);
        }
        (self.aside.held_back).take_if(|held_back| held_back.is_empty());
        for entry in std::mem::take(&mut self.entries) {
            match entry {
                LaneEntry::Upsert(upsert) if is_meant(&upsert.body) => upserts.push(upsert),
                LaneEntry::Events(mut segment) => {
                    segment.move_if(&mut events, &is_meant);
                    self.entries.push_back(LaneEntry::Events(segment));
                }
                other => self.entries.push_back(other),
            }
        }
        self.count_removed(events, upserts, settled_to)
    }

    /// Removes the payloads of which the latest was accepted at a moment that `is_expired`. Events
    /// that are held back stay until their subject is judged or deleted.
    pub(in crate::delivery::queue) fn remove_expired(
        &mut self,
        is_expired: impl Fn(Instant) -> bool,
    ) -> Removed {
        let settled_to = self.settled_to();
        let mut events = Segment::open(Buffers::default(), Instant::now());
        let mut upserts = Vec::new();
        let mut entries = std::mem::take(&mut self.entries).into_iter().peekable();
        while let Some(entry) = entries.next() {
            match entry {
                LaneEntry::Upsert(upsert) if is_expired(upsert.opened) => upserts.push(upsert),
                LaneEntry::Events(mut segment) => {
                    let next = entries.peek().and_then(LaneEntry::opened);
                    if segment.closed_at().or(next).is_some_and(&is_expired) {
                        segment.move_if(&mut events, |_| true);
                    }
                    self.entries.push_back(LaneEntry::Events(segment));
                }
                other => self.entries.push_back(other),
            }
        }
        self.count_removed(events, upserts, settled_to)
    }

    fn count_removed(&mut self, events: Segment, upserts: Vec<Upsert>, settled_to: u64) -> Removed {
        let removed = Removed {
            events: events.into_events(),
            upserts,
        };
        let payloads = removed.events.len() + removed.upserts.len();
        if payloads > 0 {
            self.removed(payloads as u64, settled_to);
        }
        removed
    }

    /// Counts queued payloads as removed. They are not the first ones of the lane, so the order in
    /// which payloads are settled is not theirs until the rest is settled.
    pub(super) fn removed(&mut self, payloads: u64, settled_to: u64) {
        self.count_dropped(payloads, settled_to);
        self.aside.settled_to.get_or_insert(settled_to);
        self.aside.unordered = self.queued;
    }
}

#[cfg(test)]
mod tests {
    use crate::delivery::control::Size;
    use crate::delivery::queue::lane::{DoneFlag, Front, Lane, Pushed};
    use crate::delivery::queue::segment::{Buffers, Segment};
    use crate::delivery::queue::subject;
    use crate::delivery::stats::Settlement;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use tokio::time::Instant;

    const SIZE: Size = Size {
        events: 100,
        bytes: 1 << 20,
    };

    fn push(lane: &mut Lane, subject: &str) -> Pushed {
        let event = format!(r#"{{"identifier":[{{"external_id":"{subject}"}}]}}"#);
        let open = |_: Option<&Segment>, _: Option<Buffers>| {
            Segment::open(Buffers::default(), Instant::now())
        };
        lane.push_event(event.as_bytes(), None, SIZE, open)
    }

    /// The subjects of the events that the lane hands out.
    fn take(lane: &mut Lane) -> Vec<String> {
        let mut request = None;
        let open = || Segment::open(Buffers::default(), Instant::now());
        lane.hold_back(None, Instant::now);
        lane.take_events(&mut request, SIZE, open);
        let request = request.unwrap_or_else(open);
        let subjects = request.events().map(|(event, _)| {
            let subject = subject::first(event);
            String::from_utf8_lossy(subject).replace('"', "")
        });
        subjects.collect()
    }

    #[test]
    fn other_subjects_go_on_while_an_event_is_judged() {
        let mut lane = Lane::default();
        for subject in ["a", "b"] {
            push(&mut lane, subject);
        }
        assert_eq!(take(&mut lane), ["a", "b"]);
        assert_eq!(push(&mut lane, "a"), Pushed::Joined, "the lane is busy");
        push(&mut lane, "c");
        let flushed = lane.flush();
        assert_eq!(flushed, 4);
        assert!(!lane.set_aside(b"\"a\"", 1), "the other event is in flight");
        assert_eq!(lane.front(SIZE), Front::Nothing);
        assert!(lane.settle(Settlement::Delivered, 1));
        assert_eq!(take(&mut lane), ["c"], "the second `a` is held back");
        lane.settle(Settlement::Delivered, 1);
        assert_eq!(push(&mut lane, "d"), Pushed::Opened);
        assert_eq!(take(&mut lane), ["d"]);
        lane.settle(Settlement::Delivered, 1);
        assert!(lane.settled_to() < flushed, "both `a` are missing");

        // The event is judged, and the one that was held back follows.
        lane.settle(Settlement::Delivered, 1);
        assert!(lane.settled_aside(1));
        assert!(lane.settled_to() < flushed);
        assert_eq!(take(&mut lane), ["a"]);
        assert!(lane.settled_to() < flushed);
        assert!(!lane.settle(Settlement::Delivered, 1));
        assert_eq!(lane.settled_to(), 5);
    }

    #[test]
    fn events_after_a_barrier_are_held_back_with_those_before_it() {
        let mut lane = Lane::default();
        for subject in ["a", "b", "a"] {
            push(&mut lane, subject);
        }
        assert_eq!(take(&mut lane), ["a", "b", "a"]);
        push(&mut lane, "a");
        let done = DoneFlag::default();
        lane.push_barrier(Arc::clone(&done));
        push(&mut lane, "a");
        push(&mut lane, "c");
        lane.set_aside(b"\"a\"", 2);
        lane.settle(Settlement::Delivered, 1);
        done.store(true, Ordering::Release);
        assert_eq!(take(&mut lane), ["c"]);
        lane.settle(Settlement::Delivered, 1);
        lane.settle(Settlement::Delivered, 2);
        assert!(lane.settled_aside(2));
        assert_eq!(take(&mut lane), ["a", "a"]);
    }
}
