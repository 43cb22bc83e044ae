//! Batches: encoded events in one buffer, in the format of a request body.

use crate::delivery::spool::RecordId;
use bytes::Bytes;
use std::ops::Range;
use tokio::time::Instant;

/// A batch that still takes events: `[e,e,e`. Sealing it adds the bracket. The buffer is sent
/// without a copy.
#[derive(Debug)]
pub(in crate::delivery) struct Segment {
    body: Vec<u8>,
    /// End offset of each event in `body`.
    ends: Vec<u32>,
    /// The spool's record of each event; empty without a spool.
    records: Vec<RecordId>,
    /// How many of the oldest events were dropped. Their bytes stay in `body`.
    dropped: usize,
    opened: Instant,
}

/// Buffers of a sent segment, for reuse. Fresh memory costs far more (page faults) than the lock of
/// the spare list.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Buffers {
    body: Vec<u8>,
    ends: Vec<u32>,
    records: Vec<RecordId>,
}

impl Buffers {
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
            dropped: 0,
            opened: now,
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

    /// Takes no more events, and releases excess memory.
    pub(super) fn close(&mut self) {
        if self.body.capacity() - self.body.len() > self.body.len() / 16 {
            // Plus the closing bracket.
            self.body.shrink_to(self.body.len() + 1);
            self.ends.shrink_to_fit();
            self.records.shrink_to_fit();
        }
    }

    /// Number of events, without dropped ones.
    #[inline]
    pub(in crate::delivery) fn len(&self) -> usize {
        self.ends.len() - self.dropped
    }

    pub(in crate::delivery) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in use, including those of dropped events.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.body.len()
    }

    /// When the first event was pushed.
    pub(in crate::delivery) fn opened(&self) -> Instant {
        self.opened
    }

    /// Removes the oldest event.
    pub(in crate::delivery) fn drop_oldest(&mut self) -> Option<(Vec<u8>, Option<RecordId>)> {
        let range = range(&self.ends, self.dropped)?;
        let event = self.body.get(range)?.to_vec();
        let record = self.records.get(self.dropped).copied();
        self.dropped += 1;
        Some((event, record))
    }

    pub(in crate::delivery) fn seal(mut self) -> Batch {
        // Not by doubling, for a single byte.
        self.body.reserve_exact(1);
        self.body.push(b']');
        Batch {
            body: self.body.into(),
            ends: self.ends,
            records: self.records,
            dropped: self.dropped,
            opened: self.opened,
        }
    }
}

/// A batch that is ready to be sent.
#[derive(Debug)]
pub(in crate::delivery) struct Batch {
    body: Bytes,
    ends: Vec<u32>,
    records: Vec<RecordId>,
    dropped: usize,
    opened: Instant,
}

impl Batch {
    pub(in crate::delivery) fn len(&self) -> usize {
        self.ends.len() - self.dropped
    }

    pub(in crate::delivery) fn opened(&self) -> Instant {
        self.opened
    }

    /// Takes the batch and leaves an empty one.
    pub(in crate::delivery) fn take(&mut self) -> Self {
        let empty = Segment::open(Buffers::default(), self.opened);
        std::mem::replace(self, empty.seal())
    }

    /// The bytes of one event.
    pub(in crate::delivery) fn event(&self, index: usize) -> &[u8] {
        range(&self.ends, self.dropped + index)
            .and_then(|range| self.body.get(range))
            .unwrap_or_default()
    }

    /// The spool's records of these events; empty without a spool.
    pub(in crate::delivery) fn records(&self, events: &Range<usize>) -> &[RecordId] {
        let range = self.dropped + events.start..self.dropped + events.end;
        self.records.get(range).unwrap_or_default()
    }

    /// The request body with these events. For all events, this is the batch's own buffer.
    pub(in crate::delivery) fn body(&self, events: &Range<usize>) -> Bytes {
        if *events == (0..self.ends.len()) {
            return self.body.clone();
        }
        let ranges = events
            .clone()
            .filter_map(|index| range(&self.ends, self.dropped + index));
        let (start, end) = ranges.fold((usize::MAX, 0), |(start, end), range| {
            (start.min(range.start), end.max(range.end))
        });
        let events = self.body.get(start..end).unwrap_or_default();
        [b"[", events, b"]"].concat().into()
    }

    /// The buffers, unless a request still holds the body.
    pub(super) fn into_buffers(self) -> Option<Buffers> {
        let Self {
            body,
            ends,
            records,
            ..
        } = self;
        body.is_unique().then(|| Buffers {
            body: body.into(),
            ends,
            records,
        })
    }
}

/// The range of an event in the body, without the bracket or comma before it.
fn range(ends: &[u32], index: usize) -> Option<Range<usize>> {
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

    proptest! {
        #[test]
        fn a_body_is_the_array_of_its_events(
            events in prop::collection::vec("[a-z,\\[\\]]{0,12}", 1..20),
            drops in 0_usize..25,
            cut in (0_usize..20, 0_usize..20),
        ) {
            let events: Vec<String> = events.iter().map(|event| format!("{event:?}")).collect();
            let mut segment = Segment::open(Buffers::default(), Instant::now());
            for event in &events {
                segment.push(event.as_bytes(), None);
            }
            segment.close();
            let removed: Vec<_> = (0..drops).map_while(|_| segment.drop_oldest()).collect();
            let (dropped, left) = events.split_at(drops.min(events.len()));
            let removed = removed.iter().map(|(event, _)| &event[..]);
            prop_assert!(removed.eq(dropped.iter().map(String::as_bytes)));
            prop_assert_eq!(segment.len(), left.len());
            let batch = segment.seal();
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
    }
}
