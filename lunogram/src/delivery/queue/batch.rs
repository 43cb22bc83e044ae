//! Batches: events of one or several lanes that are ready to be sent.

use super::segment::{Buffers, range};
use crate::delivery::control::Size;
use crate::delivery::receipts::{ReceiptSender, Requested};
use crate::delivery::spool::RecordId;
use bytes::Bytes;
use std::ops::Range;
use tokio::time::Instant;

/// Events that the queue has handed out. Their lanes hand out no more before they are settled.
#[derive(Debug)]
pub(in crate::delivery) struct Batch {
    body: Bytes,
    ends: Vec<u32>,
    records: Vec<RecordId>,
    /// The receipts of some of the events; none with a spool.
    receipts: Requested,
    /// How many events at the start of the buffers are not part of the batch.
    removed: usize,
    runs: Vec<Run>,
}

/// Consecutive events of a batch that come from one lane.
#[derive(Clone, Copy, Debug)]
pub(in crate::delivery) struct Run {
    /// The index of the lane.
    pub(in crate::delivery) lane: usize,
    /// The first event after the run.
    pub(in crate::delivery) end: usize,
    /// No event of the run was accepted later.
    pub(in crate::delivery) latest: Instant,
}

impl Batch {
    pub(super) fn new(
        buffers: Buffers,
        receipts: Requested,
        removed: usize,
        runs: Vec<Run>,
    ) -> Self {
        let Buffers {
            body,
            ends,
            records,
        } = buffers;
        Self {
            body: body.into(),
            ends,
            records,
            receipts,
            removed,
            runs,
        }
    }

    pub(in crate::delivery) fn len(&self) -> usize {
        self.ends.len() - self.removed
    }

    /// Takes the batch and leaves an empty one.
    pub(in crate::delivery) fn take(&mut self) -> Self {
        let empty = Self::new(Buffers::default(), Requested::default(), 0, Vec::new());
        std::mem::replace(self, empty)
    }

    /// The runs of some events, each with those of its events that are among them.
    pub(in crate::delivery) fn runs(
        &self,
        events: &Range<usize>,
    ) -> impl Iterator<Item = (Run, Range<usize>)> {
        let events = events.clone();
        let mut start = 0;
        self.runs.iter().filter_map(move |run| {
            let part = start.max(events.start)..run.end.min(events.end);
            start = run.end;
            (!part.is_empty()).then_some((*run, part))
        })
    }

    /// The run to which this event belongs.
    pub(in crate::delivery) fn run_of(&self, event: usize) -> Option<&Run> {
        self.runs.iter().find(|run| run.end > event)
    }

    /// How many of these events fit into a request; at least one.
    pub(in crate::delivery) fn fitting(&self, events: &Range<usize>, size: Size) -> usize {
        let start = self.start_of(events.start);
        let ends = self.ends.iter().skip(self.removed + events.start);
        let fitting = ends
            .take(events.len().min(size.events))
            // Plus the brackets.
            .take_while(|end| (**end as usize).saturating_sub(start) + 2 <= size.bytes);
        fitting.count().max(1)
    }

    /// The size of a request with these events.
    pub(in crate::delivery) fn size(&self, events: &Range<usize>) -> Size {
        let last = (self.removed + events.end).checked_sub(1);
        let end = last.and_then(|last| self.ends.get(last));
        let bytes = end.map_or(0, |end| {
            (*end as usize).saturating_sub(self.start_of(events.start))
        });
        Size {
            events: events.len(),
            bytes: bytes + 2,
        }
    }

    /// The first byte of an event.
    fn start_of(&self, event: usize) -> usize {
        range(&self.ends, self.removed + event).map_or(0, |range| range.start)
    }

    /// The bytes of one event.
    pub(in crate::delivery) fn event(&self, index: usize) -> &[u8] {
        range(&self.ends, self.removed + index)
            .and_then(|range| self.body.get(range))
            .unwrap_or_default()
    }

    /// The spool's records of these events; empty without a spool.
    pub(in crate::delivery) fn records(&self, events: &Range<usize>) -> &[RecordId] {
        let range = self.removed + events.start..self.removed + events.end;
        self.records.get(range).unwrap_or_default()
    }

    /// Takes the receipts of these events; none with a spool.
    pub(super) fn take_receipts(&mut self, events: &Range<usize>) -> Vec<ReceiptSender> {
        let range = self.removed + events.start..self.removed + events.end;
        self.receipts.take(&range)
    }

    /// The request body with these events. For all events, this is the batch's own buffer.
    pub(in crate::delivery) fn body(&self, events: &Range<usize>) -> Bytes {
        if *events == (0..self.ends.len()) {
            return self.body.clone();
        }
        let ranges = events
            .clone()
            .filter_map(|index| range(&self.ends, self.removed + index));
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

/// A batch of these events, in runs of these lengths.
#[cfg(test)]
pub(in crate::delivery) fn batch_of(events: &[String], runs: &[usize]) -> Batch {
    let mut body = b"[".to_vec();
    let mut ends = Vec::new();
    for event in events {
        if !ends.is_empty() {
            body.push(b',');
        }
        body.extend_from_slice(event.as_bytes());
        ends.push(u32::try_from(body.len()).expect("a small body"));
    }
    body.push(b']');
    let mut end = 0;
    let runs = runs.iter().enumerate().map(|(lane, events)| {
        end += events;
        let now = Instant::now();
        Run {
            lane,
            end,
            latest: now,
        }
    });
    let buffers = Buffers {
        body,
        ends,
        records: Vec::new(),
    };
    Batch::new(buffers, Requested::default(), 0, runs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_of_a_part_are_cut_to_it() {
        let latest = Instant::now();
        let runs = [(5, 2), (3, 3), (9, 7)];
        let runs = runs.map(|(lane, end)| Run { lane, end, latest });
        let buffers = Buffers {
            ends: vec![0; 7],
            ..Buffers::default()
        };
        let batch = Batch::new(buffers, Requested::default(), 0, runs.to_vec());
        let lanes = |part: Range<usize>| -> Vec<_> {
            let runs = batch.runs(&part);
            runs.map(|(run, part)| (run.lane, part)).collect()
        };
        assert_eq!(lanes(0..7), [(5, 0..2), (3, 2..3), (9, 3..7)]);
        assert_eq!(lanes(1..4), [(5, 1..2), (3, 2..3), (9, 3..4)]);
        assert_eq!(lanes(4..6), [(9, 4..6)]);
        assert_eq!(lanes(3..3), []);
    }
}
