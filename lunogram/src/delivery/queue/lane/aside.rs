//! Events that failed alone are set aside: while they are judged, their lane goes on with other
//! subjects, and holds back the later events of theirs.

use super::{Lane, LaneEntry};
use crate::delivery::queue::segment::{Buffers, Segment};

#[derive(Debug, Default)]
pub(super) struct Aside {
    /// The subjects of the events that are set aside.
    subjects: Vec<Box<[u8]>>,
    /// How many events are set aside and not settled. They count as handed out, too.
    pub(super) unsettled: u64,
    /// Later events of these subjects, in order. They count as queued.
    held_back: Option<Segment>,
    /// How many events at the front of the lane were held back before.
    restored: u64,
    /// Sequence number up to which everything is settled, or less, as long as the order in which
    /// events are settled is not theirs.
    pub(super) settled_to: Option<u64>,
}

impl Aside {
    pub(super) fn is_empty(&self) -> bool {
        self.unsettled == 0
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
        if aside.is_empty() {
            aside.subjects.clear();
            if let Some(held_back) = aside.held_back.take() {
                aside.restored += held_back.len() as u64;
                self.entries.push_front(LaneEntry::Events(held_back));
            }
        }
        self.settle_order();
        self.goes_on()
    }

    /// The first events of the lane are handed out, or were dropped.
    pub(super) fn took(&mut self, events: u64) {
        self.aside.restored = self.aside.restored.saturating_sub(events);
    }

    /// Events are settled in their order again once no earlier ones are left.
    pub(super) fn settle_order(&mut self) {
        let is_settled = self.unsettled == 0 && self.aside.held_back.is_none();
        if is_settled && (self.aside.restored == 0 || self.queued == 0) {
            self.aside.restored = 0;
            self.aside.settled_to = None;
        }
    }

    /// Holds back the events of the first segment whose subjects are set aside.
    pub(super) fn hold_back(&mut self, subject: impl Fn(&[u8]) -> &[u8]) {
        while !self.aside.is_empty() {
            // The events after the barrier of an upsert that is done are next, too.
            self.discard_done();
            let Some(LaneEntry::Events(segment)) = self.entries.front_mut() else {
                return;
            };
            let aside = &mut self.aside;
            let is_aside = |event: &[u8]| {
                let subject = subject(event);
                aside.subjects.iter().any(|known| **known == *subject)
            };
            if !segment.events().any(|(event, _)| is_aside(event)) {
                return;
            }
            let mut receipts = segment.take_receipts();
            let open = || Segment::open(Buffers::default(), segment.opened());
            let mut others = open();
            let held_back = aside.held_back.get_or_insert_with(open);
            for (index, (event, record)) in (segment.first()..).zip(segment.events()) {
                let is_aside = (aside.subjects.iter()).any(|known| **known == *subject(event));
                let to = if is_aside {
                    // It counts again when it is restored again.
                    aside.restored = aside.restored.saturating_sub(1);
                    &mut *held_back
                } else {
                    &mut others
                };
                to.push(event, record);
                if let Some(receipt) = receipts.pop(index) {
                    to.add_receipt(receipt);
                }
            }
            if others.is_empty() {
                self.entries.pop_front();
            } else {
                *segment = others;
                return;
            }
        }
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
