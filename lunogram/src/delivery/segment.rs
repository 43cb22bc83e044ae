//! Events back to back, as the body of a request has them.

use super::spool::Place;
use bytes::Bytes;
use std::ops::Range;
use tokio::time::Instant;

/// A batch in the making: `[e,e,e`, closed when it is sealed. Sent as it lies there, without a copy.
#[derive(Debug)]
pub(super) struct Segment {
    body: Vec<u8>,
    /// Where each event ends in `body`.
    ends: Vec<u32>,
    /// Where each event lies on disk, where there is a spool.
    places: Vec<Place>,
    /// How many events in front were taken out again.
    gone: usize,
    opened: Instant,
}

/// The memory of a sent segment, for the next one: memory that was never touched costs far more than the lock.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    body: Vec<u8>,
    ends: Vec<u32>,
    places: Vec<Place>,
}

impl Buffers {
    /// Makes room for as much as `other` holds, at once rather than by doubling.
    pub(super) fn expect(&mut self, other: &Segment) {
        self.body.clear();
        self.ends.clear();
        // One more, for the bracket that closes it.
        self.body.reserve(other.body.len() + 1);
        self.ends.reserve(other.ends.len());
        self.places.reserve(other.places.len());
    }
}

impl Segment {
    pub(super) fn open(buffers: Buffers, now: Instant) -> Self {
        let Buffers {
            mut body,
            mut ends,
            mut places,
        } = buffers;
        body.clear();
        ends.clear();
        places.clear();
        body.push(b'[');
        Self {
            body,
            ends,
            places,
            gone: 0,
            opened: now,
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "one of its callers is the usual one")]
    pub(super) fn push(&mut self, event: &[u8], place: Option<Place>) {
        if !self.ends.is_empty() {
            self.body.push(b',');
        }
        self.body.extend_from_slice(event);
        // Segments are closed long before 4 GiB: the queue refuses payloads of that size.
        self.ends
            .push(u32::try_from(self.body.len()).unwrap_or(u32::MAX));
        if let Some(place) = place {
            self.places.push(place);
        }
    }

    /// Gives back what was reserved for events that will not come.
    pub(super) fn close(&mut self) {
        if self.body.capacity() - self.body.len() > self.body.len() / 16 {
            // One more than there is now: for the bracket that closes it.
            self.body.shrink_to(self.body.len() + 1);
            self.ends.shrink_to_fit();
            self.places.shrink_to_fit();
        }
    }

    /// Events that are still to be sent.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ends.len() - self.gone
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in use, those of events that were taken out included.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.body.len()
    }

    /// When the first event came.
    pub(super) fn opened(&self) -> Instant {
        self.opened
    }

    /// Takes the oldest event out.
    pub(super) fn drop_oldest(&mut self) -> Option<(Vec<u8>, Option<Place>)> {
        let range = range(&self.ends, self.gone)?;
        let event = self.body.get(range)?.to_vec();
        let place = self.places.get(self.gone).copied();
        self.gone += 1;
        Some((event, place))
    }

    pub(super) fn seal(mut self) -> Batch {
        // Not by doubling, for one byte.
        self.body.reserve_exact(1);
        self.body.push(b']');
        Batch {
            body: self.body.into(),
            ends: self.ends,
            places: self.places,
            gone: self.gone,
            opened: self.opened,
        }
    }
}

/// A batch that takes no more events.
#[derive(Debug)]
pub(super) struct Batch {
    body: Bytes,
    ends: Vec<u32>,
    places: Vec<Place>,
    gone: usize,
    opened: Instant,
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.ends.len() - self.gone
    }

    pub(super) fn opened(&self) -> Instant {
        self.opened
    }

    /// The batch, with an empty one in its place.
    pub(super) fn take(&mut self) -> Self {
        let empty = Segment::open(Buffers::default(), self.opened);
        std::mem::replace(self, empty.seal())
    }

    /// One event.
    pub(super) fn event(&self, index: usize) -> &[u8] {
        range(&self.ends, self.gone + index)
            .and_then(|range| self.body.get(range))
            .unwrap_or_default()
    }

    /// Where these events lie on disk; nowhere without a spool.
    pub(super) fn places(&self, events: &Range<usize>) -> &[Place] {
        let places = self.gone + events.start..self.gone + events.end;
        self.places.get(places).unwrap_or_default()
    }

    /// The body of the request that sends these events: where they are all there ever were, the memory that they lie in.
    pub(super) fn body(&self, events: &Range<usize>) -> Bytes {
        if *events == (0..self.ends.len()) {
            return self.body.clone();
        }
        let ranges = events
            .clone()
            .filter_map(|index| range(&self.ends, self.gone + index));
        let (start, end) = ranges.fold((usize::MAX, 0), |(start, end), range| {
            (start.min(range.start), end.max(range.end))
        });
        let events = self.body.get(start..end).unwrap_or_default();
        [b"[", events, b"]"].concat().into()
    }

    /// The memory, where no request holds it any more.
    pub(super) fn into_buffers(self) -> Option<Buffers> {
        let Self {
            body, ends, places, ..
        } = self;
        body.is_unique().then(|| Buffers {
            body: body.into(),
            ends,
            places,
        })
    }
}

/// Where an event stands, without the bracket or comma in front of it.
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
            let dropped: Vec<_> = (0..drops).map_while(|_| segment.drop_oldest()).collect();
            let (gone, left) = events.split_at(drops.min(events.len()));
            prop_assert!(dropped.iter().map(|(event, _)| &event[..]).eq(gone.iter().map(String::as_bytes)));
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
