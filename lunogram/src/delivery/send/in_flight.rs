//! Batches and upserts in flight. However their delivery ends, dropping them settles the rest.

use crate::delivery::options::Delivery;
use crate::delivery::payload::PayloadKind;
use crate::delivery::queue::{Batch, Queue, Slot, Upsert};
use crate::delivery::spool::Acked;
use crate::delivery::stats::{DropReason, Settlement};
use std::collections::VecDeque;
use std::ops::Range;

/// A batch in flight. On drop, the parts that are left are settled: as dropped at shutdown, or as
/// unknown if they may have arrived. With a spool, they stay in it for the next process instead.
pub(super) struct InFlightBatch<'q> {
    queue: &'q Queue,
    slot: &'q Slot,
    pub(super) batch: Batch,
    /// The parts that are not settled, in order. Each part is one request.
    parts: VecDeque<Part>,
}

/// Some consecutive events of a batch.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) events: Range<usize>,
    /// The server may have processed the events.
    pub(super) may_have_arrived: bool,
    /// The events are acknowledged in the spool, so no later process sends them.
    acked: bool,
}

impl<'q> InFlightBatch<'q> {
    pub(super) fn new(queue: &'q Queue, slot: &'q Slot, batch: Batch) -> Self {
        let all = Part {
            events: 0..batch.len(),
            may_have_arrived: false,
            acked: false,
        };
        Self {
            queue,
            slot,
            parts: (batch.len() > 0).then_some(all).into_iter().collect(),
            batch,
        }
    }

    /// The part to send next.
    pub(super) fn next_part(&self) -> Option<Part> {
        self.parts.front().cloned()
    }

    /// Called before the next part is sent. If its events must not arrive twice, they are
    /// acknowledged in the spool first. Returns whether the part may be sent: not if that failed.
    pub(super) fn mark_in_flight(&mut self) -> bool {
        let Some(part) = self.parts.front_mut() else {
            return false;
        };
        if !part.may_have_arrived
            && self.queue.delivery != Delivery::AtLeastOnce
            && let Some(spool) = &self.queue.spool
        {
            if spool.ack(self.batch.records(&part.events)) == Acked::No {
                return false;
            }
            part.acked = true;
        }
        part.may_have_arrived = true;
        true
    }

    /// The server has not processed the next part.
    pub(super) fn mark_unsent(&mut self) {
        let Some(part) = self.parts.front_mut() else {
            return;
        };
        part.may_have_arrived = false;
        if let Some(spool) = &self.queue.spool
            && part.acked
        {
            // If this fails, only a later process is affected: it will not send the events.
            part.acked = spool.unack(self.batch.records(&part.events)).is_err();
        }
    }

    /// Splits the next part into two halves.
    pub(super) fn split(&mut self) {
        if let Some(part) = self.parts.pop_front() {
            let events = &part.events;
            let middle = events.start + events.len() / 2;
            let halves = [middle..events.end, events.start..middle];
            for events in halves.into_iter().filter(|half| !half.is_empty()) {
                self.parts.push_front(Part { events, ..part });
            }
        }
    }

    /// Settles the next part.
    pub(super) fn settle(&mut self, settlement: Settlement) {
        let Some(Part { events, acked, .. }) = self.parts.pop_front() else {
            return;
        };
        let bytes = events
            .clone()
            .map(|index| self.batch.event(index).len())
            .sum();
        let count = events.len();
        // `on_drop` runs first: after a flush the application may look at what it has collected.
        if let Settlement::Dropped(reason) = settlement {
            for index in events.clone() {
                let event = PayloadKind::Event(self.slot.kind);
                let json = self.batch.event(index);
                self.queue.hooks.dropped(event, json, reason);
            }
        }
        let records = self.batch.records(&events);
        let records = (records, if acked { Acked::Yes } else { Acked::No });
        self.queue
            .settle(self.slot, settlement, count, bytes, records);
    }

    /// Returns the buffers of a settled batch to the queue.
    pub(super) fn recycle(mut self) {
        let batch = self.batch.take();
        self.queue.recycle(batch);
    }
}

impl Drop for InFlightBatch<'_> {
    fn drop(&mut self) {
        while let Some(part) = self.parts.front() {
            let stays_in_spool = self.queue.spool.is_some() && !part.acked;
            if stays_in_spool {
                // Not settled, so it stays pending. The next process sends it.
                self.parts.pop_front();
            } else if part.may_have_arrived {
                self.settle(Settlement::Unknown);
            } else {
                self.settle(Settlement::Dropped(DropReason::Shutdown));
            }
        }
    }
}

/// An upsert in flight. On drop it is settled, or left in the spool for the next process.
pub(super) struct InFlightUpsert<'q> {
    queue: &'q Queue,
    pub(super) slot: &'q Slot,
    pub(super) upsert: Upsert,
    /// `None` until the outcome is known.
    pub(super) settlement: Option<Settlement>,
}

impl<'q> InFlightUpsert<'q> {
    pub(super) fn new(queue: &'q Queue, slot: &'q Slot, upsert: Upsert) -> Self {
        Self {
            queue,
            slot,
            upsert,
            settlement: None,
        }
    }
}

impl Drop for InFlightUpsert<'_> {
    fn drop(&mut self) {
        let settlement = match self.settlement {
            Some(settlement) => settlement,
            // The next process sends it.
            None if self.queue.spool.is_some() => return,
            None => Settlement::Dropped(DropReason::Shutdown),
        };
        if let Settlement::Dropped(reason) = settlement {
            let upsert = PayloadKind::Upsert(self.slot.kind);
            self.queue.hooks.dropped(upsert, &self.upsert.body, reason);
        }
        self.queue.complete_upsert(&self.upsert);
        let records = (self.upsert.record.as_slice(), Acked::No);
        self.queue
            .settle(self.slot, settlement, 1, self.upsert.body.len(), records);
    }
}
