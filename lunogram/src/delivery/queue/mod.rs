//! The queue: accepts payloads into lanes, within its capacity, and hands out batches. It sends
//! nothing.

mod accepted;
mod batch;
mod before_send;
mod capacity;
mod delete;
mod disk;
mod expire;
mod hand_out;
mod lane;
mod push;
#[cfg(feature = "spool")]
mod push_spooled;
mod segment;
mod signals;
mod spare;
mod spooled_receipts;
pub(super) mod subject;
mod watermark;

pub(super) use batch::Batch;
#[cfg(test)]
pub(super) use batch::batch_of;
pub(super) use before_send::Screened;
pub(super) use hand_out::{Collected, Place, Rest};
pub(super) use lane::{Front, Upsert};
pub(super) use push::PushError;
pub(super) use watermark::Watermark;

use super::control::{Control, Size};
use super::deletions::Deletions;
use super::hooks::{Guarded, Hooks};
use super::options::{Delivery, Overflow, QueueOptions};
use super::rules::policy::Policy;
use super::spool::Spool;
use super::stats::{Ledger, Stats};
use crate::clock::Clock;
use crate::trace::Log;
use crate::wire::SubjectKind;
use accepted::AcceptedUpserts;
use capacity::Capacity;
use lane::Lane;
use segment::{Buffers, Segment};
use signals::Signals;
use spare::Spare;
use spooled_receipts::SpooledReceipts;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Lanes per kind of subject. A request in flight holds up the subjects of its lanes only, and
/// threads that track seldom meet in a lane. With more lanes, a full request is collected from more
/// of them, and an idle client takes more memory: 256 bytes per lane.
const LANES_PER_KIND: usize = 64;

pub(super) struct Queue {
    slots: Vec<Slot>,
    /// The most that a request carries.
    pub(super) largest: Size,
    pub(super) event_deadline: Duration,
    pub(super) longest_pause: Duration,
    pub(super) policy: Policy,
    overflow: Overflow,
    pub(super) capacity: Capacity,
    pub(super) signals: Signals,
    /// Number of payloads that were handed out and are not settled.
    handed_out: AtomicUsize,
    /// Holds every pending payload, too, if the application has configured one.
    pub(super) spool: Option<Spool>,
    /// The receipts of payloads in the spool. Without a spool, they are beside their payloads.
    pub(super) receipts: SpooledReceipts,
    pub(super) deletions: Deletions,
    /// `None` if identical upserts are sent again.
    accepted: Option<AcceptedUpserts>,
    /// Counts payloads that never got into a lane.
    unqueued: Mutex<Ledger>,
    spare: Spare,
    closed: AtomicBool,
    /// Notified when capacity was released or payloads were settled.
    pub(super) progress: Notify,
    pub(super) clock: Clock,
    pub(super) control: Arc<Control>,
    pub(super) log: Log,
    pub(super) hooks: Guarded,
}

/// A lane with its lock. Aligned to its own cache lines, so that threads that track into different
/// lanes do not contend.
#[repr(align(128))]
pub(super) struct Slot {
    pub(super) kind: SubjectKind,
    lane: Mutex<Lane>,
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
        let deletions = Deletions::default();
        for (subject, body) in spool.iter().flat_map(Spool::recovered_deletions) {
            deletions.recover(subject, body);
        }
        let event_deadline = options.deadline(spool.is_some());
        let kinds = [SubjectKind::User, SubjectKind::Organization];
        let slots = kinds.into_iter().flat_map(|kind| {
            (0..LANES_PER_KIND).map(move |_| Slot {
                kind,
                lane: Mutex::default(),
            })
        });
        let slots: Vec<_> = slots.collect();
        let isolated = options.delivery == Delivery::Isolated;
        let largest = Size {
            events: if isolated { 1 } else { options.batch_events },
            bytes: options.batch_bytes,
        };
        Self {
            signals: Signals::new(slots.len()),
            slots,
            largest,
            event_deadline,
            longest_pause: options.longest_pause,
            policy: Policy {
                delivery: options.delivery,
                max_copies: options.max_copies,
            },
            overflow: options.overflow,
            capacity: Capacity::new(options.max_events, options.max_bytes),
            spool,
            receipts: SpooledReceipts::default(),
            deletions,
            accepted: options.skip_identical.map(AcceptedUpserts::new),
            unqueued: Mutex::default(),
            spare: Spare::default(),
            handed_out: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            progress: Notify::new(),
            log: log.clone(),
            control: Arc::new(Control::new(
                options,
                largest,
                event_deadline,
                clock.clone(),
            )),
            clock,
            hooks: Guarded::new(hooks, log),
        }
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The kind of the subjects of a lane.
    pub(super) fn kind(lane: usize) -> SubjectKind {
        match lane {
            ..LANES_PER_KIND => SubjectKind::User,
            _ => SubjectKind::Organization,
        }
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

    /// Whether an upsert that the server has accepted may be skipped.
    pub(super) fn skips_identical(&self) -> bool {
        self.accepted.is_some()
    }

    /// The server may have changed a subject by a call of the client: the one that this upsert
    /// names, or any, by a deletion.
    pub(super) fn forget_accepted(&self, upsert: Option<(SubjectKind, &[u8])>) {
        if let Some(accepted) = &self.accepted {
            accepted.forget(upsert);
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
        let (requests, repeated) = self.control.counts();
        Stats {
            ledger,
            spool,
            requests,
            repeated,
            panics: self.hooks.panics(),
            bytes: self.capacity.usage().bytes,
            held: self.control.is_held(),
        }
    }

    /// Opens a segment of a lane, with room for as much as the full one before it holds.
    #[inline(never)]
    fn open_segment(&self, full: Option<&Segment>, spare: Option<Buffers>) -> Segment {
        let mut buffers = spare.unwrap_or_else(|| self.spare.take());
        if let Some(full) = full {
            buffers.reserve_like(full);
        }
        Segment::open(buffers, self.clock.now())
    }

    /// The index of a subject's lane.
    #[inline]
    fn index(kind: SubjectKind, identifier: &[u8]) -> usize {
        let lane = subject::bucket(identifier, LANES_PER_KIND);
        let first = match kind {
            SubjectKind::User => 0,
            SubjectKind::Organization => LANES_PER_KIND,
        };
        first + lane
    }
}
