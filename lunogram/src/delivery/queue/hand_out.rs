//! Handing out batches and upserts, and settling them.

use super::batch::{Batch, Run};
use super::lane::{Front, Lane, Left, Upsert};
use super::segment::{DroppedEvent, Segment};
use super::{Queue, Slot};
use crate::delivery::control::Size;
use crate::delivery::payload::PayloadKind;
use crate::delivery::receipts::{ReceiptSender, complete};
use crate::delivery::spool::{Acked, RecordId};
use crate::delivery::stats::{DropReason, Settlement};
use crate::wire::SubjectKind;
use std::ops::Range;
use std::sync::MutexGuard;
use std::sync::atomic::Ordering;
use tokio::time::Instant;

/// Events from several lanes that become one batch.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Collected {
    request: Option<Segment>,
    runs: Vec<Run>,
}

/// Whether events are settled in the order of their lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Place {
    InOrder,
    /// They were set aside.
    Aside,
}

/// A batch or an upsert that is left when the queue is closed.
#[derive(Debug)]
pub(in crate::delivery) enum Rest {
    Events { kind: SubjectKind, batch: Batch },
    Upsert { lane: usize, upsert: Upsert },
}

impl Collected {
    pub(in crate::delivery) fn events(&self) -> usize {
        self.runs.last().map_or(0, |run| run.end)
    }

    /// The batch, if there are events.
    pub(in crate::delivery) fn into_batch(self) -> Option<Batch> {
        let request = self.request?;
        (!self.runs.is_empty()).then(|| request.seal(self.runs))
    }
}

impl Queue {
    /// Hands out the events of a lane, as far as the collected request has room for them. Returns
    /// whether the lane has handed out some.
    pub(in crate::delivery) fn collect(
        &self,
        lane: usize,
        size: Size,
        collected: &mut Collected,
    ) -> bool {
        let Some(slot) = self.slots.get(lane) else {
            return false;
        };
        let before = collected.events();
        // Its age is that of its runs.
        let open = || Segment::open(self.spare.take(), Instant::now());
        let mut lane_state = self.without_held(slot);
        let taken = lane_state.take_events(&mut collected.request, size, open);
        drop(lane_state);
        let Some(taken) = taken else {
            return false;
        };
        collected.runs.push(Run {
            lane,
            end: before + taken.events,
            latest: taken.latest.unwrap_or_else(|| self.clock.now()),
        });
        if let Some(spare) = taken.spare {
            self.spare.keep(spare);
        }
        self.handed_out.fetch_add(taken.events, Ordering::Relaxed);
        true
    }

    /// The payloads that a lane can hand out now, and how many are queued in it.
    pub(in crate::delivery) fn front(&self, lane: usize) -> (Front, u64) {
        let Some(slot) = self.slots.get(lane) else {
            return (Front::Nothing, 0);
        };
        let mut lane = self.without_held(slot);
        (lane.front(self.largest), lane.queued())
    }

    /// Hands out the upsert that is first in a lane.
    pub(in crate::delivery) fn take_upsert(&self, lane: usize) -> Option<Upsert> {
        let slot = self.slots.get(lane)?;
        let mut lane = self.without_held(slot);
        let mut upsert = lane.take_upsert(self.largest.bytes)?;
        // Under the lane's lock: a deletion finds the upsert either in the lane or here.
        upsert.handed_out = Some(self.deletions.hand_out(slot.kind, &upsert.body));
        drop(lane);
        let payloads = 1 + upsert.merged.len();
        self.handed_out.fetch_add(payloads, Ordering::Relaxed);
        Some(upsert)
    }

    /// Locks a lane, without the events at its front that are held back.
    fn without_held<'s>(&self, slot: &'s Slot) -> MutexGuard<'s, Lane> {
        let mut lane = slot.lane();
        let held = |event: &[u8]| self.deletions.hold(slot.kind, event);
        lane.hold_back(self.deletions.any().then_some(&held), || self.clock.now());
        lane
    }

    /// The number of payloads that were handed out and are not settled.
    pub(in crate::delivery) fn handed_out(&self) -> usize {
        self.handed_out.load(Ordering::Relaxed)
    }

    /// Settles events of a batch, in the spool and in the ledgers of their lanes, and returns their
    /// size and their receipts. The caller reports the size with [`settled`](Self::settled), and
    /// completes the receipts after that.
    pub(in crate::delivery) fn settle_events(
        &self,
        batch: &mut Batch,
        events: &Range<usize>,
        settlement: Settlement,
        (acked, place): (Acked, Place),
    ) -> (usize, Vec<ReceiptSender>) {
        let bytes = events.clone().map(|index| batch.event(index).len()).sum();
        // The spool first: a caller that sees the payloads settled may start the next process.
        let mut receipts = self.settle_spooled(batch.records(events), acked);
        receipts.append(&mut batch.take_receipts(events));
        for (run, part) in batch.runs(events) {
            self.settle_in_lane(run.lane, settlement, part.len(), place);
        }
        (bytes, receipts)
    }

    /// Settles payloads in the spool, if there is one, and returns their receipts.
    pub(super) fn settle_spooled(&self, records: &[RecordId], acked: Acked) -> Vec<ReceiptSender> {
        let Some(spool) = &self.spool else {
            return Vec::new();
        };
        spool.settle(records, acked);
        self.receipts.take(records)
    }

    /// Settles an upsert, without those that share its request. The lanes with a barrier for it may
    /// go on.
    pub(in crate::delivery) fn settle_upsert(
        &self,
        lane: usize,
        upsert: &mut Upsert,
        settlement: Settlement,
    ) {
        upsert.done.store(true, Ordering::Release);
        if let Some(accepted) = &self.accepted {
            let accepted_at = (settlement == Settlement::Delivered).then(|| self.clock.now());
            accepted.settled(Self::kind(lane), &upsert.body, accepted_at);
        }
        let spooled = self.settle_spooled(upsert.record.as_slice(), Acked::No);
        self.settle_in_lane(lane, settlement, 1, Place::InOrder);
        for lane in &upsert.barriers {
            self.signals.mark(*lane);
        }
        self.settled(1, upsert.body.len());
        complete(upsert.receipt.take().into_iter().chain(spooled), settlement);
    }

    fn settle_in_lane(&self, lane: usize, settlement: Settlement, payloads: usize, place: Place) {
        let Some(slot) = self.slots.get(lane) else {
            return;
        };
        let goes_on = {
            let mut lane = slot.lane();
            let goes_on = lane.settle(settlement, payloads as u64);
            match place {
                Place::InOrder => goes_on,
                Place::Aside => lane.settled_aside(payloads as u64),
            }
        };
        if goes_on {
            self.signals.due(lane);
        }
    }

    /// Drops an event that was removed from its lane.
    pub(super) fn drop_event(&self, slot: &Slot, event: DroppedEvent, reason: DropReason) {
        let kind = PayloadKind::Event(slot.kind);
        let (record, receipt) = (event.record, event.receipt);
        self.drop_removed(slot, kind, &event.json, record, receipt, reason);
    }

    /// Drops a payload that was removed from its lane before it was handed out.
    pub(super) fn drop_removed(
        &self,
        slot: &Slot,
        kind: PayloadKind,
        payload: &[u8],
        record: Option<RecordId>,
        receipt: Option<ReceiptSender>,
        reason: DropReason,
    ) {
        let settlement = Settlement::Dropped(reason);
        self.hooks.dropped(kind, payload, reason);
        let spooled = self.settle_spooled(record.as_slice(), Acked::No);
        slot.lane().settle_dropped(settlement, 1);
        self.release(1, payload.len());
        complete(receipt.into_iter().chain(spooled), settlement);
    }

    /// Sets aside some events of a batch, which are about one subject of one lane: the lane goes
    /// on with other subjects.
    pub(in crate::delivery) fn set_aside(&self, lane: usize, subject: &[u8], events: usize) {
        let Some(slot) = self.slots.get(lane) else {
            return;
        };
        let goes_on = slot.lane().set_aside(subject, events as u64);
        if goes_on {
            self.signals.due(lane);
        }
    }

    /// Releases the room of settled payloads, and tells those who wait.
    pub(in crate::delivery) fn settled(&self, payloads: usize, bytes: usize) {
        self.handed_out.fetch_sub(payloads, Ordering::Relaxed);
        self.signals.not_full();
        self.release(payloads, bytes);
        // The number of events at which a request is full depends on those handed out.
        self.signals.wake();
    }

    /// Closes all lanes and takes everything that is still queued. The caller settles it.
    pub(in crate::delivery) fn drain(&self) -> Vec<Rest> {
        let lanes = self.slots.iter().enumerate();
        lanes
            .flat_map(|(lane, slot)| self.drain_lane(lane, slot))
            .collect()
    }

    fn drain_lane(&self, lane: usize, slot: &Slot) -> Vec<Rest> {
        let left = slot.lane().close().into_iter();
        let rest = left.map(|left| match left {
            Left::Events(segment) => {
                self.handed_out.fetch_add(segment.len(), Ordering::Relaxed);
                let run = Run {
                    lane,
                    end: segment.len(),
                    latest: segment.closed_at().unwrap_or_else(|| self.clock.now()),
                };
                Rest::Events {
                    kind: slot.kind,
                    batch: segment.seal(vec![run]),
                }
            }
            Left::Upsert(upsert) => {
                self.handed_out.fetch_add(1, Ordering::Relaxed);
                Rest::Upsert { lane, upsert }
            }
        });
        rest.collect()
    }

    /// Keeps the buffers of a sent batch for reuse.
    pub(in crate::delivery) fn recycle(&self, batch: Batch) {
        if let Some(buffers) = batch.into_buffers() {
            self.spare.keep(buffers);
        }
    }
}
