//! Batches and upserts in flight. However their delivery ends, dropping them settles the rest.

use super::parts::{Part, Parts};
use crate::delivery::control::{Ask, Size};
use crate::delivery::deletions::Turn;
use crate::delivery::options::Delivery;
use crate::delivery::outgoing::merged;
use crate::delivery::payload::PayloadKind;
use crate::delivery::queue::{Batch, Place, Queue, Upsert};
use crate::delivery::receipts::complete;
use crate::delivery::rules::apart::History;
use crate::delivery::rules::health::Shown;
use crate::delivery::spool::Acked;
use crate::delivery::stats::{DropReason, Settlement};
use crate::wire::SubjectKind;
use bytes::Bytes;
use std::sync::Arc;
use tokio::time::Instant;

/// A batch in flight. On drop, the parts that are left are settled: as dropped at shutdown, or as
/// unknown if they may have arrived. With a spool, they stay in it for the next process instead.
pub(super) struct InFlightBatch {
    queue: Arc<Queue>,
    pub(super) kind: SubjectKind,
    pub(super) batch: Batch,
    parts: Parts,
}

impl InFlightBatch {
    pub(super) fn new(queue: Arc<Queue>, kind: SubjectKind, batch: Batch) -> Self {
        Self {
            queue,
            kind,
            parts: Parts::new(batch.len()),
            batch,
        }
    }

    /// The part to send next.
    pub(super) fn next_part(&mut self) -> Option<Part> {
        self.parts.next().cloned()
    }

    /// Cuts the next part so that it fits into a request.
    pub(super) fn fit(&mut self, size: Size, shown: Shown) {
        self.parts.fit(&self.batch, size, shown);
    }

    /// Changes the history of the next part.
    pub(super) fn judge<T>(&mut self, judge: impl FnOnce(&mut History) -> T) -> Option<T> {
        Some(judge(&mut self.parts.next()?.history))
    }

    /// Called before the next part is sent. If its events must not arrive twice, they are
    /// acknowledged in the spool first. Returns whether the part may be sent: not if that failed.
    pub(super) fn mark_in_flight(&mut self) -> bool {
        let Some(part) = self.parts.next() else {
            return false;
        };
        if !part.may_have_arrived
            && self.queue.policy.delivery != Delivery::AtLeastOnce
            && let Some(spool) = &self.queue.spool
        {
            if !self.queue.mark(spool, self.batch.records(&part.events)) {
                return false;
            }
            part.acked = true;
        }
        part.may_have_arrived = true;
        true
    }

    /// The server has not processed the next part.
    pub(super) fn mark_unsent(&mut self) {
        let Some(part) = self.parts.next() else {
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
    pub(super) fn halve(&mut self) {
        self.parts.halve();
    }

    /// The next part is an event that failed alone: other events go first, but not the later ones
    /// of its subject. Returns whether there are others that have not failed alone.
    pub(super) fn set_aside(&mut self) -> bool {
        if let Some(aside) = self.parts.set_aside(&self.batch) {
            self.queue
                .set_aside(aside.lane, aside.subject, aside.events);
        }
        self.parts.has_others()
    }

    /// The moment by whose age the first events of the next part expire.
    pub(super) fn oldest(&mut self) -> Option<Instant> {
        let part = self.parts.next()?;
        let (run, _) = self.batch.runs(&part.events).next()?;
        Some(run.latest)
    }

    /// Gives up the events at the start of the next parts that are older than the event deadline:
    /// as dropped, or as unknown if they may have arrived.
    pub(super) fn drop_expired(&mut self) {
        while let Some(part) = self.parts.next() {
            // The runs of a batch are in the order of their age.
            let expired = (self.batch.runs(&part.events))
                .take_while(|(run, _)| self.queue.is_expired(run.latest))
                .last();
            let Some((_, events)) = expired else {
                return;
            };
            let part = self.parts.take_to(events.end);
            let may_be_in = part.as_ref().is_some_and(|part| part.history.copies() > 0);
            self.settle_part(
                part,
                if may_be_in {
                    Settlement::Unknown
                } else {
                    Settlement::Dropped(DropReason::Expired)
                },
            );
        }
    }

    /// Settles the next part.
    pub(super) fn settle(&mut self, settlement: Settlement) {
        let part = self.parts.take();
        self.settle_part(part, settlement);
    }

    fn settle_part(&mut self, part: Option<Part>, settlement: Settlement) {
        let Some(part) = part else {
            return;
        };
        let Part { events, acked, .. } = part;
        // The hooks run first: after a flush the application may look at what it has collected.
        let kind = PayloadKind::Event(self.kind);
        for index in events.clone() {
            let json = self.batch.event(index);
            match settlement {
                Settlement::Delivered => break,
                Settlement::Unknown => self.queue.hooks.unknown(kind, json),
                Settlement::Dropped(reason) => self.queue.hooks.dropped(kind, json, reason),
            }
        }
        let acked = if acked { Acked::Yes } else { Acked::No };
        let place = if part.is_aside {
            Place::Aside
        } else {
            Place::InOrder
        };
        let queue = Arc::clone(&self.queue);
        let (bytes, receipts) =
            queue.settle_events(&mut self.batch, &events, settlement, (acked, place));
        if self.parts.next().is_none() {
            // Before a flush returns, so that the next batch finds the buffers.
            queue.recycle(self.batch.take());
        }
        queue.settled(events.len(), bytes);
        complete(receipts, settlement);
    }
}

impl Drop for InFlightBatch {
    fn drop(&mut self) {
        while let Some(part) = self.parts.take() {
            let stays_in_spool = self.queue.spool.is_some() && !part.acked;
            if stays_in_spool {
                // Not settled, so it stays pending. The next process sends it.
                continue;
            }
            let settlement = if part.may_have_arrived {
                Settlement::Unknown
            } else {
                Settlement::Dropped(DropReason::Shutdown)
            };
            self.settle_part(Some(part), settlement);
        }
    }
}

/// The demand for a permit for a payload with this history.
pub(super) fn ask(history: &History) -> Ask {
    /// More than the copies of any payload.
    const SUSPECT: u32 = 1 << 16;
    let suspect = if history.is_suspect() { SUSPECT } else { 0 };
    Ask {
        doubt: history.doubt(),
        // Payloads that were sent before come after new ones.
        rank: 1 + history.copies() + suspect,
        tries: history.tries(),
    }
}

/// An upsert in flight, with those that share its request. On drop they are settled, or left in the
/// spool for the next process.
pub(super) struct InFlightUpsert {
    queue: Arc<Queue>,
    lane: usize,
    pub(super) kind: SubjectKind,
    pub(super) upsert: Upsert,
    pub(super) history: History,
    /// The server may have processed it.
    pub(super) may_have_arrived: bool,
    /// `None` until the outcome is known.
    pub(super) settlement: Option<Settlement>,
}

impl InFlightUpsert {
    pub(super) fn new(queue: Arc<Queue>, lane: usize, upsert: Upsert) -> Self {
        Self {
            kind: Queue::kind(lane),
            queue,
            lane,
            upsert,
            history: History::default(),
            may_have_arrived: false,
            settlement: None,
        }
    }

    /// The body of the request.
    pub(super) fn body(&self) -> Bytes {
        let first = &self.upsert.body;
        if self.upsert.merged.is_empty() {
            return Bytes::copy_from_slice(first);
        }
        let others = self.upsert.merged.iter().map(|other| &other.body);
        merged([first].into_iter().chain(others).map(|body| &body[..])).into()
    }

    /// Separates the upserts that share the request, each with its own history, and returns
    /// the later ones, in order. They cannot be judged together.
    pub(super) fn separate(&mut self) -> Vec<Self> {
        self.history = History::default();
        let others = std::mem::take(&mut self.upsert.merged);
        let others = others.into_iter().map(|mut upsert| {
            let first = self.upsert.handed_out;
            upsert.handed_out = first.and_then(|id| self.queue.deletions.hand_out_with(id));
            let mut other = Self::new(Arc::clone(&self.queue), self.lane, upsert);
            other.may_have_arrived = self.may_have_arrived;
            other
        });
        others.collect()
    }

    /// Whether it may be sent now: not while a deletion of its subject is open.
    pub(super) fn turn(&self) -> Turn {
        let id = self.upsert.handed_out;
        id.map_or(Turn::Now, |id| self.queue.deletions.send(id))
    }

    fn is_deleted(&self) -> bool {
        let id = self.upsert.handed_out;
        id.is_some_and(|id| self.queue.deletions.is_deleted(id))
    }

    /// Waits until its subject is deleted.
    pub(super) async fn deleted(&self) {
        match self.upsert.handed_out {
            Some(id) => self.queue.deletions.deleted_upsert(id).await,
            None => std::future::pending().await,
        }
    }

    /// Waits until no deletion of its subject is open.
    pub(super) async fn wait_for_turn(&self) {
        if let Some(id) = self.upsert.handed_out {
            self.queue.deletions.sendable(id).await;
        }
    }

    /// An attempt to send it has ended.
    pub(super) fn sent(&self) {
        if let Some(id) = self.upsert.handed_out {
            self.queue.deletions.sent(id);
        }
    }
}

impl Drop for InFlightUpsert {
    fn drop(&mut self) {
        let is_deleted = self.is_deleted();
        if let Some(id) = self.upsert.handed_out.take() {
            self.queue.deletions.forget(id);
        }
        let settlement = match self.settlement {
            Some(settlement) => settlement,
            None if is_deleted => Settlement::Dropped(DropReason::Deleted),
            // The next process sends them.
            None if self.queue.spool.is_some() => return,
            None if self.may_have_arrived => Settlement::Unknown,
            None => Settlement::Dropped(DropReason::Shutdown),
        };
        let mut others = std::mem::take(&mut self.upsert.merged);
        for upsert in [&mut self.upsert].into_iter().chain(&mut others) {
            let kind = PayloadKind::Upsert(self.kind);
            match settlement {
                Settlement::Delivered => {}
                Settlement::Unknown => self.queue.hooks.unknown(kind, &upsert.body),
                Settlement::Dropped(reason) => {
                    self.queue.hooks.dropped(kind, &upsert.body, reason);
                }
            }
            self.queue.settle_upsert(self.lane, upsert, settlement);
        }
    }
}
