//! The queue: accepts payloads into lanes, within its capacity, and hands out batches. It sends
//! nothing.

mod before_send;
mod capacity;
mod lane;
mod push;
#[cfg(feature = "spool")]
mod push_spooled;
mod segment;
pub(super) mod subject;
mod watermark;

pub(super) use lane::{Due, Upsert, Work};
pub(super) use push::PushError;
pub(super) use segment::Batch;
pub(super) use watermark::Watermark;

use super::breaker::CircuitBreaker;
use super::hooks::{Guarded, Hooks};
use super::options::{Delivery, Overflow, QueueOptions};
use super::spool::{Acked, RecordId, Spool};
use super::stats::{Ledger, Settlement, Stats};
use crate::clock::Clock;
use crate::trace::Log;
use crate::wire::SubjectKind;
use capacity::Capacity;
use lane::{BatchLimits, Lane};
use segment::{Buffers, Segment};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Lanes per kind of subject and concurrent request. A slow request delays only the subjects in the
/// same lane.
const LANES_PER_REQUEST: usize = 2;

pub(super) struct Queue {
    slots: Vec<Slot>,
    lanes_per_kind: usize,
    pub(super) limits: BatchLimits,
    pub(super) delivery: Delivery,
    pub(super) event_deadline: Duration,
    pub(super) in_flight: usize,
    overflow: Overflow,
    pub(super) capacity: Capacity,
    /// Holds every pending payload, too, if the application has configured one.
    pub(super) spool: Option<Spool>,
    /// Counts payloads that never got into a lane.
    unqueued: Mutex<Ledger>,
    /// Buffers of sent batches, for reuse.
    spare: Mutex<Vec<Buffers>>,
    closed: AtomicBool,
    /// Notified when capacity was released or payloads were settled.
    pub(super) progress: Notify,
    pub(super) clock: Clock,
    pub(super) breaker: CircuitBreaker,
    pub(super) log: Log,
    pub(super) hooks: Guarded,
}

/// A lane with its lock. Aligned to its own cache lines, so that threads that track into different
/// lanes do not contend.
#[repr(align(128))]
pub(super) struct Slot {
    pub(super) kind: SubjectKind,
    lane: Mutex<Lane>,
    /// Wakes the worker's task of this lane.
    pub(super) wake: Notify,
}

impl Slot {
    pub(super) fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    pub(super) fn new(
        options: &QueueOptions,
        hooks: Hooks,
        spool: Option<Spool>,
        clock: Clock,
    ) -> Self {
        let log = Log::default();
        let event_deadline = options.deadline(spool.is_some());
        let lanes_per_kind = options.in_flight * LANES_PER_REQUEST;
        let kinds = [SubjectKind::User, SubjectKind::Organization];
        let slots = kinds.into_iter().flat_map(|kind| {
            (0..lanes_per_kind).map(move |_| Slot {
                kind,
                lane: Mutex::default(),
                wake: Notify::new(),
            })
        });
        let isolated = options.delivery == Delivery::Isolated;
        Self {
            slots: slots.collect(),
            lanes_per_kind,
            limits: BatchLimits {
                events: if isolated { 1 } else { options.batch_events },
                bytes: options.batch_bytes,
                age: options.batch_age,
            },
            delivery: options.delivery,
            event_deadline,
            in_flight: options.in_flight,
            overflow: options.overflow,
            capacity: Capacity::new(options.max_events, options.max_bytes),
            spool,
            unqueued: Mutex::default(),
            spare: Mutex::default(),
            closed: AtomicBool::new(false),
            progress: Notify::new(),
            log: log.clone(),
            breaker: CircuitBreaker::new(options, event_deadline, clock.clone()),
            clock,
            hooks: Guarded::new(hooks, log),
        }
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The ledger of payloads that never got into a lane.
    pub(super) fn unqueued(&self) -> MutexGuard<'_, Ledger> {
        self.unqueued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Releases capacity and wakes the tasks that wait for it.
    pub(super) fn release(&self, events: usize, bytes: usize) {
        self.capacity.release(events, bytes);
        self.progress.notify_waiters();
    }

    /// Settles payloads that a lane has handed out, in the spool and in the lane's ledger.
    pub(super) fn settle(
        &self,
        slot: &Slot,
        settlement: Settlement,
        events: usize,
        bytes: usize,
        (records, acked): (&[RecordId], Acked),
    ) {
        // The spool first: a caller that sees the payloads settled may start the next process.
        if let Some(spool) = &self.spool {
            spool.settle(records, acked);
        }
        slot.lane().settle(settlement, events as u64);
        self.release(events, bytes);
    }

    /// Whether a payload accepted at `opened` has exceeded the event deadline. Payloads do not
    /// expire while delivery is suspended by a wrong configuration.
    pub(super) fn is_expired(&self, opened: Instant) -> bool {
        self.clock.now() - opened > self.event_deadline && !self.breaker.is_held()
    }

    /// Marks a queued upsert as done, and wakes the lanes with a barrier for it.
    pub(super) fn complete_upsert(&self, upsert: &Upsert) {
        upsert.done.store(true, Ordering::Release);
        for slot in &self.slots {
            slot.wake.notify_one();
        }
    }

    /// Stops accepting payloads.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Closes all lanes and takes everything that is still queued. The caller settles it.
    pub(super) fn drain(&self) -> impl Iterator<Item = (&Slot, Work)> {
        self.slots.iter().flat_map(|slot| {
            let rest = slot.lane().close();
            rest.into_iter().map(move |work| (slot, work))
        })
    }

    pub(super) fn stats(&self) -> Stats {
        let mut ledger = *self.unqueued();
        let mut accepted = 0;
        for slot in &self.slots {
            let lane = slot.lane();
            ledger.add(&lane.ledger);
            accepted += lane.accepted;
        }
        // Payloads that are only on disk are in no lane, so the spool's own count is used. It is
        // read after the ledgers: accepted must not be less than settled.
        let spool = self.spool.as_ref().map(Spool::stats);
        ledger.accepted += spool.map_or(accepted, |spool| spool.accepted);
        let spool = spool.unwrap_or_default();
        let (requests, repeated) = self.breaker.counts();
        Stats {
            ledger,
            spool,
            requests,
            repeated,
            panics: self.hooks.panics(),
            bytes: self.capacity.bytes(),
            held: self.breaker.is_held(),
        }
    }

    /// Keeps the buffers of a sent batch for reuse.
    pub(super) fn recycle(&self, batch: Batch) {
        if let Some(buffers) = batch.into_buffers() {
            let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            // As many as can be filled at a time if all events are about one kind of subject.
            if spare.len() < self.lanes_per_kind {
                spare.push(buffers);
            }
        }
    }

    /// Opens a segment, with room for as much as the full one before it holds.
    #[inline(never)]
    fn open_segment(&self, full: Option<&Segment>) -> Segment {
        let mut buffers = {
            let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            spare.pop().unwrap_or_default()
        };
        if let Some(full) = full {
            buffers.reserve_like(full);
        }
        self.breaker.add_to_budget();
        Segment::open(buffers, self.clock.now())
    }

    #[inline]
    fn slot(&self, kind: SubjectKind, identifier: &[u8]) -> &Slot {
        &self.slots[self.index(kind, identifier)]
    }

    /// The index of a subject's lane.
    #[inline]
    fn index(&self, kind: SubjectKind, identifier: &[u8]) -> usize {
        let lane = subject::bucket(identifier, self.lanes_per_kind);
        let first = match kind {
            SubjectKind::User => 0,
            SubjectKind::Organization => self.lanes_per_kind,
        };
        first + lane
    }
}
