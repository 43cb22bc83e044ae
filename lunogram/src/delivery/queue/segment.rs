//! Segments: the queued events of a lane, encoded in one buffer in the format of a request body.

use super::batch::{Batch, Run};
use crate::delivery::control::Size;
use crate::delivery::receipts::{ReceiptSender, Requested};
use crate::delivery::spool::RecordId;
use std::ops::Range;
use tokio::time::Instant;

/// Events of one lane that are queued, or of several lanes that are about to be sent: `[e,e,e`.
/// Sealing it adds the bracket. The buffer is sent without a copy.
#[derive(Debug)]
pub(in crate::delivery) struct Segment {
    body: Vec<u8>,
    /// End offset of each event in `body`.
    ends: Vec<u32>,
    /// The spool's record of each event; empty without a spool.
    records: Vec<RecordId>,
    /// The receipts of some of the events; none with a spool.
    receipts: Requested,
    /// How many of the oldest events were removed. Their bytes stay in `body`.
    removed: usize,
    opened: Instant,
    /// The moment after which no event was pushed, if it is known.
    closed_at: Option<Instant>,
}

/// Buffers of a sent segment, for reuse. Fresh memory costs far more (page faults) than the lock of
/// the spare list.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Buffers {
    pub(super) body: Vec<u8>,
    pub(super) ends: Vec<u32>,
    pub(super) records: Vec<RecordId>,
}

/// An event that was removed from a segment.
#[derive(Debug)]
pub(in crate::delivery) struct DroppedEvent {
    pub(super) json: Vec<u8>,
    pub(super) record: Option<RecordId>,
    pub(super) receipt: Option<ReceiptSender>,
}

impl Buffers {
    /// The memory that the buffers take, approximately.
    pub(super) fn size(&self) -> usize {
        self.body.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// Reserves as much as `other` holds, in one allocation instead of by doubling.
    pub(super) fn reserve_like(&mut self, other: &Segment) {
        self.body.clear();
        self.ends.clear();
        // Plus the closing bracket.
        self.body.reserve(other.body.len() + 1);
        self.ends.reserve(other.ends.len());
        self.records.reserve(other.records.len());
    }
}

impl Segment {
    pub(in crate::delivery) fn open(buffers: Buffers, now: Instant) -> Self {
        let Buffers {
            mut body,
            mut ends,
            mut records,
        } = buffers;
        body.clear();
        ends.clear();
        records.clear();
        body.push(b'[');
        Self {
            body,
            ends,
            records,
            receipts: Requested::default(),
            removed: 0,
            opened: now,
            closed_at: None,
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "one of its callers is the usual one")]
    pub(in crate::delivery) fn push(&mut self, event: &[u8], record: Option<RecordId>) {
        if !self.ends.is_empty() {
            self.body.push(b',');
        }
        self.body.extend_from_slice(event);
        // Saturates, but the queue refuses payloads that large, and segments stay far below 4 GiB.
        self.ends
            .push(u32::try_from(self.body.len()).unwrap_or(u32::MAX));
        if let Some(record) = record {
            self.records.push(record);
        }
    }

    /// Adds the receipt of the event that was pushed last.
    pub(super) fn add_receipt(&mut self, receipt: ReceiptSender) {
        self.receipts.push(self.ends.len() - 1, receipt);
    }

    /// Takes no more events, and releases excess memory.
    pub(super) fn close(&mut self) {
        if self.body.capacity() - self.body.len() > self.body.len() / 16 {
            // Plus the closing bracket.
            self.body.shrink_to(self.body.len() + 1);
            self.ends.shrink_to_fit();
            self.records.shrink_to_fit();
        }
    }

    /// Takes no more events from this moment on. Its events expire together, so they must be about
    /// of the same age.
    pub(super) fn close_at(&mut self, now: Instant) {
        if self.closed_at.is_none() {
            self.closed_at = Some(now);
            self.close();
        }
    }

    /// Its events are of several segments, one of which got no event after this moment.
    pub(super) fn closed_by(&mut self, moment: Instant) {
        self.closed_at = self.closed_at.max(Some(moment));
    }

    /// The moment after which no event was pushed, if it is known.
    pub(super) fn closed_at(&self) -> Option<Instant> {
        self.closed_at
    }

    /// Number of events, without removed ones.
    #[inline]
    pub(in crate::delivery) fn len(&self) -> usize {
        self.ends.len() - self.removed
    }

    pub(in crate::delivery) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in use, including those of removed events.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.body.len()
    }

    /// When the first event was pushed.
    pub(in crate::delivery) fn opened(&self) -> Instant {
        self.opened
    }

    /// The events with their records.
    pub(super) fn events(&self) -> impl Iterator<Item = (&[u8], Option<RecordId>)> {
        (self.removed..self.ends.len()).filter_map(|index| {
            let event = self.body.get(range(&self.ends, index)?)?;
            Some((event, self.records.get(index).copied()))
        })
    }

    /// Removes the oldest event. `latest` is the moment after which no event was pushed.
    pub(in crate::delivery) fn drop_oldest(&mut self, latest: Instant) -> Option<DroppedEvent> {
        let range = range(&self.ends, self.removed)?;
        let dropped = DroppedEvent {
            json: self.body.get(range)?.to_vec(),
            record: self.records.get(self.removed).copied(),
            receipt: self.receipts.pop(self.removed),
        };
        // An estimate of the moment of the next event. Without it, new events in an old segment
        // would count as the oldest of the queue.
        let left = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.opened += latest.saturating_duration_since(self.opened) / left.max(1);
        self.removed += 1;
        if self.removed > self.ends.len() / 2 {
            self.discard_removed();
        }
        Some(dropped)
    }

    /// Discards the bytes of removed events. Otherwise a lane that loses as many events as it gets
    /// would hold far more memory than the queue may.
    fn discard_removed(&mut self) {
        let Some(last) = self.removed.checked_sub(1) else {
            return;
        };
        let Some(&end) = self.ends.get(last) else {
            return;
        };
        let mut moved = Requested::default();
        let left = self.removed..self.ends.len();
        self.receipts.move_to(&mut moved, &left, 0);
        self.receipts = moved;
        // The bracket stays. After the last removed event there is a comma, or nothing.
        let start = (end as usize + 1).min(self.body.len());
        self.body.drain(1..start);
        self.ends.drain(..self.removed);
        for rest in &mut self.ends {
            *rest -= end;
        }
        self.records.drain(..self.removed.min(self.records.len()));
        self.removed = 0;
    }

    /// Moves as many of the oldest events of `other` to the end of this segment as a request of
    /// this size has room for, and returns how many. At least one, if this segment is empty.
    pub(super) fn take_from(&mut self, other: &mut Self, size: Size) -> usize {
        let start = match other.removed.checked_sub(1) {
            // After the bracket.
            None => 1,
            // After the comma.
            Some(last) => other.ends.get(last).map_or(0, |end| *end as usize + 1),
        };
        let separator = usize::from(!self.ends.is_empty());
        let waiting = other.ends.get(other.removed..).unwrap_or_default();
        // Plus the closing bracket.
        let used = self.body.len() + separator + 1;
        let fitting = waiting.partition_point(|end| used + (*end as usize - start) <= size.bytes);
        let most = fitting.min(size.events.saturating_sub(self.len()));
        let count = most
            .max(usize::from(self.ends.is_empty()))
            .min(waiting.len());
        let Some(end) = count.checked_sub(1).and_then(|last| waiting.get(last)) else {
            return 0;
        };
        let events = other.body.get(start..*end as usize).unwrap_or_default();
        if separator > 0 {
            self.body.push(b',');
        }
        let taken = other.removed..other.removed + count;
        let first = self.ends.len();
        other.receipts.move_to(&mut self.receipts, &taken, first);
        let offset = self.body.len();
        self.body.extend_from_slice(events);
        let taken = waiting.iter().take(count);
        // Saturates like `push`, and no request body is that large.
        self.ends.extend(
            taken.map(|end| u32::try_from(*end as usize - start + offset).unwrap_or(u32::MAX)),
        );
        let records = other.records.iter().skip(other.removed).take(count);
        self.records.extend(records);
        other.removed += count;
        count
    }

    /// Moves the events that are meant to the end of `other`, and returns how many. The others keep
    /// their order.
    pub(super) fn move_if(&mut self, other: &mut Self, is_meant: impl Fn(&[u8]) -> bool) -> usize {
        let meant: Vec<bool> = self.events().map(|(event, _)| is_meant(event)).collect();
        if !meant.contains(&true) {
            return 0;
        }
        let mut receipts = std::mem::take(&mut self.receipts);
        let mut left = Self::open(Buffers::default(), self.opened);
        left.closed_at = self.closed_at;
        let before = other.len();
        for ((index, (event, record)), meant) in (self.removed..).zip(self.events()).zip(meant) {
            let to = if meant { &mut *other } else { &mut left };
            to.push(event, record);
            if let Some(receipt) = receipts.pop(index) {
                to.add_receipt(receipt);
            }
        }
        *self = left;
        other.len() - before
    }

    /// Takes all events.
    pub(super) fn into_events(mut self) -> Vec<DroppedEvent> {
        let mut receipts = std::mem::take(&mut self.receipts);
        let events = (self.removed..).zip(self.events());
        let events = events.map(|(index, (event, record))| DroppedEvent {
            json: event.to_vec(),
            record,
            receipt: receipts.pop(index),
        });
        events.collect()
    }

    /// Whether a request of this size is about full with the events of this segment, so that it
    /// is better sent as it is than copied into a larger one.
    pub(super) fn fills(&self, size: Size) -> bool {
        let fits = self.len() <= size.events && self.body.len() < size.bytes;
        let share = |whole: usize| whole - whole / 4;
        fits && (self.len() >= share(size.events) || self.body.len() >= share(size.bytes))
    }

    /// The buffers, for reuse.
    pub(super) fn into_buffers(self) -> Buffers {
        Buffers {
            body: self.body,
            ends: self.ends,
            records: self.records,
        }
    }

    pub(super) fn seal(mut self, runs: Vec<Run>) -> Batch {
        // Not by doubling, for a single byte.
        self.body.reserve_exact(1);
        self.body.push(b']');
        let (buffers, receipts) = (
            Buffers {
                body: self.body,
                ends: self.ends,
                records: self.records,
            },
            self.receipts,
        );
        Batch::new(buffers, receipts, self.removed, runs)
    }
}

/// The range of an event in the body, without the bracket or comma before it.
pub(super) fn range(ends: &[u32], index: usize) -> Option<Range<usize>> {
    let end = *ends.get(index)? as usize;
    let before = match index.checked_sub(1) {
        None => 0,
        Some(previous) => *ends.get(previous)? as usize,
    };
    Some(before + 1..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    fn segment(events: &[String]) -> Segment {
        let mut segment = Segment::open(Buffers::default(), Instant::now());
        for event in events {
            segment.push(event.as_bytes(), None);
        }
        segment
    }

    fn run(end: usize) -> Run {
        Run {
            lane: 0,
            end,
            latest: Instant::now(),
        }
    }

    fn events() -> impl Strategy<Value = Vec<String>> {
        let event = "[a-z,\\[\\]]{0,12}".prop_map(|event| format!("{event:?}"));
        prop::collection::vec(event, 1..20)
    }

    proptest! {
        #[test]
        fn a_body_is_the_array_of_its_events(
            events in events(),
            drops in 0_usize..25,
            cut in (0_usize..20, 0_usize..20),
        ) {
            let mut segment = segment(&events);
            segment.close();
            let removed: Vec<_> = (0..drops)
                .map_while(|_| segment.drop_oldest(Instant::now()))
                .collect();
            let (dropped, left) = events.split_at(drops.min(events.len()));
            let removed = removed.iter().map(|dropped| &dropped.json[..]);
            prop_assert!(removed.eq(dropped.iter().map(String::as_bytes)));
            prop_assert_eq!(segment.len(), left.len());
            let batch = segment.seal(vec![run(left.len())]);
            prop_assert_eq!(batch.len(), left.len());
            for (index, event) in left.iter().enumerate() {
                prop_assert_eq!(batch.event(index), event.as_bytes());
            }
            let start = cut.0.min(left.len());
            let end = cut.1.clamp(start, left.len());
            if start < end {
                let expected = format!("[{}]", left[start..end].join(","));
                prop_assert_eq!(&batch.body(&(start..end))[..], expected.as_bytes());
            }
            if !left.is_empty() {
                let expected = format!("[{}]", left.join(","));
                prop_assert_eq!(&batch.body(&(0..left.len()))[..], expected.as_bytes());
            }
            prop_assert!(batch.into_buffers().is_some());
        }

        #[test]
        fn the_bytes_of_removed_events_do_not_stay(
            events in events(),
            pushes in prop::collection::vec(any::<bool>(), 100..200),
        ) {
            let mut segment = segment(&[]);
            let mut left = VecDeque::new();
            for (number, push) in pushes.into_iter().enumerate() {
                if push {
                    let event = &events[number % events.len()];
                    segment.push(event.as_bytes(), None);
                    left.push_back(event);
                } else {
                    let removed = segment.drop_oldest(Instant::now());
                    let expected = left.pop_front().map(String::as_bytes);
                    prop_assert_eq!(removed.as_ref().map(|dropped| &dropped.json[..]), expected);
                }
                prop_assert!(segment.ends.len() <= 2 * left.len());
            }
            let count = left.len();
            let batch = segment.seal(vec![run(count)]);
            for (index, event) in left.iter().enumerate() {
                prop_assert_eq!(batch.event(index), event.as_bytes());
            }
        }

        #[test]
        fn events_of_several_segments_fit_into_one_request(
            lanes in prop::collection::vec((events(), 0_usize..5), 1..6),
            most in 1_usize..60,
            bytes in 1_usize..400,
        ) {
            let size = Size { events: most, bytes };
            let mut request = Segment::open(Buffers::default(), Instant::now());
            let mut expected: Vec<&String> = Vec::new();
            for (events, drops) in &lanes {
                let mut lane = segment(events);
                for _ in 0..*drops {
                    lane.drop_oldest(Instant::now());
                }
                let left = events.get(*drops..).unwrap_or_default();
                let taken = request.take_from(&mut lane, size);
                prop_assert_eq!(lane.len(), left.len() - taken);
                expected.extend(&left[..taken]);
                // Only what does not fit is left.
                if let Some(next) = left.get(taken) {
                    let longer = request.body.len() + 1 + next.len() + 1;
                    prop_assert!(request.len() >= most || longer > bytes);
                }
            }
            let count = expected.len();
            let batch = request.seal(vec![run(count)]);
            let texts: Vec<&str> = expected.iter().map(|event| event.as_str()).collect();
            let body = format!("[{}]", texts.join(","));
            prop_assert_eq!(&batch.body(&(0..count))[..], body.as_bytes());
            prop_assert!(count <= most && (body.len() <= bytes || count <= 1));
            for (index, event) in expected.iter().enumerate() {
                prop_assert_eq!(batch.event(index), event.as_bytes());
            }
        }
    }

    /// A segment of events of these sizes.
    fn of_sizes(sizes: &[usize]) -> Segment {
        let texts: Vec<String> = sizes.iter().map(|size| "x".repeat(*size)).collect();
        segment(&texts)
    }

    #[test]
    fn a_closed_segment_has_little_more_memory_than_events() {
        let mut segment = of_sizes(&[1000; 17]);
        segment.body.reserve_exact(20_000);
        segment.close();
        assert!(segment.body.capacity() - segment.body.len() < segment.body.len() / 16);
        let exact = segment.body.capacity();
        segment.body.reserve_exact(1000);
        segment.close();
        assert!(
            segment.body.capacity() > exact,
            "so little is not worth a copy"
        );
        // Room for the bracket: sealing it does not move the body.
        let mut segment = of_sizes(&[1000; 4]);
        segment.body.reserve_exact(20_000);
        segment.close();
        assert!(segment.body.capacity() > segment.body.len());
    }

    #[test]
    fn a_segment_is_closed_once() {
        let now = Instant::now();
        let later = now + std::time::Duration::from_secs(1);
        let mut segment = of_sizes(&[10]);
        assert_eq!(segment.closed_at(), None);
        segment.close_at(now);
        segment.close_at(later);
        assert_eq!(segment.closed_at(), Some(now));
    }

    #[test]
    fn the_moment_of_a_segment_moves_with_its_oldest_event() {
        let now = Instant::now();
        let after = |seconds| now + std::time::Duration::from_secs(seconds);
        let mut segment = Segment::open(Buffers::default(), now);
        for _ in 0..4 {
            segment.push(b"1", None);
        }
        assert!(segment.drop_oldest(after(8)).is_some());
        assert_eq!(segment.opened(), after(2));
        assert!(segment.drop_oldest(after(8)).is_some());
        assert_eq!(segment.opened(), after(4));
        assert!(segment.drop_oldest(after(8)).is_some());
        assert!(segment.drop_oldest(after(8)).is_some());
        assert_eq!(segment.opened(), after(8));
        assert!(segment.drop_oldest(after(8)).is_none());
        assert!(segment.is_empty());
    }

    #[test]
    fn a_segment_fills_a_request_from_three_quarters() {
        let fills = |sizes: &[usize], events, bytes| of_sizes(sizes).fills(Size { events, bytes });
        assert!(!fills(&[1, 1], 4, 1000));
        assert!(fills(&[1, 1, 1], 4, 1000));
        assert!(fills(&[1, 1, 1, 1], 4, 1000));
        assert!(!fills(&[1, 1, 1, 1, 1], 4, 1000), "too many");
        assert!(!fills(&[73], 10, 100), "74 with its bracket");
        assert!(fills(&[74], 10, 100));
        assert!(fills(&[98], 10, 100), "100 with both brackets");
        assert!(!fills(&[99], 10, 100), "too large");
    }

    #[test]
    fn buffers_are_reserved_in_one_allocation() {
        let full = of_sizes(&[100; 10]);
        let mut buffers = Buffers::default();
        buffers.body.extend(b"of an earlier segment");
        buffers.ends.push(7);
        buffers.reserve_like(&full);
        assert!(buffers.body.is_empty() && buffers.ends.is_empty());
        assert!(
            buffers.body.capacity() > full.body.len(),
            "with the bracket"
        );
        assert!(buffers.ends.capacity() >= 10);
        let exact = Buffers {
            body: Vec::with_capacity(100),
            ends: Vec::with_capacity(10),
            records: Vec::new(),
        };
        assert_eq!(exact.size(), 140);
    }

    proptest! {
        #[test]
        fn events_that_are_meant_move_and_the_others_keep_their_order(
            events in events(),
            drops in 0_usize..5,
            meant in prop::collection::vec(any::<bool>(), 20),
        ) {
            let numbered: Vec<String> = (0..events.len())
                .map(|number| format!("{:02}{}", number, events[number]))
                .collect();
            let mut from = segment(&numbered);
            let receipts: Vec<_> = numbered
                .iter()
                .map(|_| crate::delivery::receipts::receipt())
                .collect();
            let mut outcomes = Vec::new();
            for (index, (sender, receipt)) in receipts.into_iter().enumerate() {
                from.receipts.push(index, sender);
                outcomes.push(receipt);
            }
            for _ in 0..drops {
                from.drop_oldest(Instant::now());
            }
            let opened = from.opened();
            from.close_at(opened);
            let mut to = segment(&["first".to_owned()]);
            let number = |event: &[u8]| -> usize {
                let digits = event.get(..2).unwrap_or_default();
                String::from_utf8_lossy(digits).parse().unwrap_or(usize::MAX)
            };
            let moved = from.move_if(&mut to, |event| meant[number(event)]);
            let left = drops.min(numbered.len())..numbered.len();
            let (meant, kept): (Vec<_>, Vec<_>) = left.partition(|number| meant[*number]);
            prop_assert_eq!(moved, meant.len());
            prop_assert_eq!((from.opened(), from.closed_at()), (opened, Some(opened)));
            let numbers = |events: Vec<DroppedEvent>| -> Vec<(usize, bool)> {
                let all = events.into_iter();
                all.map(|event| (number(&event.json), event.receipt.is_some())).collect()
            };
            let with_receipts = |numbers: Vec<usize>| -> Vec<_> {
                numbers.into_iter().map(|number| (number, true)).collect()
            };
            prop_assert_eq!(numbers(from.into_events()), with_receipts(kept));
            let mut expected = vec![(usize::MAX, false)];
            expected.extend(with_receipts(meant));
            prop_assert_eq!(numbers(to.into_events()), expected);
        }
    }
}
