//! The queue: lanes of subjects, bounded together.

use super::gate::Gate;
use super::hooks::{Guarded, Hooks};
use super::lane::{BatchLimits, Lane, Upsert, Work};
use super::level::Level;
use super::options::{Delivery, Overflow, QueueOptions};
use super::segment::{Batch, Buffers, Segment};
use super::spool::{Marked, Place, Spool};
use super::stats::{Fate, Ledger, Stats};
use super::subject;
use super::time::Clock;
use crate::trace::Log;
use crate::typed::SubjectKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How many lanes each kind of subject has for each request that may be in flight: a slow request holds up the subjects of
/// its own lane alone.
const LANES_PER_FLIGHT: usize = 2;

/// How long delivery of an event is tried unless the application says otherwise: about what memory holds.
const DEADLINE: Duration = Duration::from_secs(60 * 60);

/// With a spool, as long as somebody may need who mends something after a weekend.
const DEADLINE_WITH_SPOOL: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(super) struct Queue {
    slots: Vec<Slot>,
    lanes_of_kind: usize,
    pub(super) limits: BatchLimits,
    pub(super) delivery: Delivery,
    pub(super) event_deadline: Duration,
    pub(super) in_flight: usize,
    pub(super) overflow: Overflow,
    pub(super) level: Level,
    /// What waits is here, too, where there is one.
    pub(super) spool: Option<Spool>,
    /// What never got into a lane.
    unqueued: Mutex<Ledger>,
    spare: Mutex<Vec<Buffers>>,
    closed: AtomicBool,
    /// Wakes those who wait for room, or for something to be settled.
    pub(super) progress: Notify,
    pub(super) clock: Clock,
    pub(super) gate: Gate,
    pub(super) log: Log,
    pub(super) hooks: Guarded,
}

/// A lane alone in its cache lines, so that threads in different lanes do not meet.
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
        let event_deadline = options.event_deadline.unwrap_or(match spool {
            None => DEADLINE,
            Some(_) => DEADLINE_WITH_SPOOL,
        });
        let lanes_of_kind = options.in_flight * LANES_PER_FLIGHT;
        let kinds = [SubjectKind::User, SubjectKind::Organization];
        let slots = kinds.into_iter().flat_map(|kind| {
            (0..lanes_of_kind).map(move |_| Slot {
                kind,
                lane: Mutex::default(),
                wake: Notify::new(),
            })
        });
        let isolated = options.delivery == Delivery::Isolated;
        Self {
            slots: slots.collect(),
            lanes_of_kind,
            limits: BatchLimits {
                events: if isolated { 1 } else { options.batch_events },
                bytes: options.batch_bytes,
                age: options.batch_age,
            },
            delivery: options.delivery,
            event_deadline,
            in_flight: options.in_flight,
            overflow: options.overflow,
            level: Level::new(options.max_events, options.max_bytes),
            spool,
            unqueued: Mutex::default(),
            spare: Mutex::default(),
            closed: AtomicBool::new(false),
            progress: Notify::new(),
            log: log.clone(),
            gate: Gate::new(options, event_deadline, clock.clone()),
            clock,
            hooks: Guarded::new(hooks, log),
        }
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The books of what never got into a lane.
    pub(super) fn unqueued(&self) -> MutexGuard<'_, Ledger> {
        self.unqueued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was held in memory is not any more.
    pub(super) fn leave(&self, events: usize, bytes: usize) {
        self.level.leave(events, bytes);
        self.progress.notify_waiters();
    }

    /// Enters into the books what became of something that a lane gave out, and where it lay on disk.
    pub(super) fn settle(
        &self,
        slot: &Slot,
        fate: Fate,
        events: usize,
        bytes: usize,
        (places, marked): (&[Place], Marked),
    ) {
        // First: whoever knows that it is settled may start again from what is on disk.
        if let Some(spool) = &self.spool {
            spool.settle(places, marked);
        }
        slot.lane().settle(fate, events as u64);
        self.leave(events, bytes);
    }

    /// Whether what was accepted then has waited too long. What waits for somebody to mend the settings never has.
    pub(super) fn is_expired(&self, opened: Instant) -> bool {
        self.clock.now() - opened > self.event_deadline && !self.gate.is_held()
    }

    /// Marks a queued upsert as answered, and wakes the lanes that wait for it.
    pub(super) fn answered(&self, upsert: &Upsert) {
        upsert.answered.store(true, Ordering::Release);
        for slot in &self.slots {
            slot.wake.notify_one();
        }
    }

    /// Takes nothing more in.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Everything that still waits, with the books of its lane open for it; no lane takes anything more in.
    pub(super) fn rest(&self) -> impl Iterator<Item = (&Slot, Work)> {
        self.slots.iter().flat_map(|slot| {
            let rest = slot.lane().close();
            rest.into_iter().map(move |work| (slot, work))
        })
    }

    pub(super) fn stats(&self) -> Stats {
        let mut ledger = *self.unqueued();
        let mut taken = 0;
        for slot in &self.slots {
            let lane = slot.lane();
            ledger.add(&lane.ledger);
            taken += lane.taken;
        }
        // What waits on disk is in no lane yet, so there the spool counts: last, and never less than was settled.
        let on_disk = self.spool.as_ref().map(Spool::figures);
        ledger.accepted += on_disk.map_or(taken, |on_disk| on_disk.accepted);
        let on_disk = on_disk.unwrap_or_default();
        let (requests, repeated) = self.gate.counts();
        Stats {
            ledger,
            on_disk,
            requests,
            repeated,
            panics: self.hooks.panics(),
            bytes: self.level.bytes(),
            held: self.gate.is_held(),
        }
    }

    /// Keeps the memory of a batch that was sent.
    pub(super) fn recycle(&self, batch: Batch) {
        if let Some(buffers) = batch.into_buffers() {
            let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            // For as many as may be filled at a time, where all events are about one kind of subject.
            if spare.len() < self.lanes_of_kind {
                spare.push(buffers);
            }
        }
    }

    /// A batch for events to join, with room for as much as a full one holds.
    #[inline(never)]
    pub(super) fn open_segment(&self, full: Option<&Segment>) -> Segment {
        let mut memory = {
            let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            spare.pop().unwrap_or_default()
        };
        if let Some(full) = full {
            memory.expect(full);
        }
        self.gate.expect();
        Segment::open(memory, self.clock.now())
    }

    #[inline]
    pub(super) fn slot(&self, kind: SubjectKind, identifier: &[u8]) -> &Slot {
        &self.slots[self.index(kind, identifier)]
    }

    #[inline]
    pub(super) fn index(&self, kind: SubjectKind, identifier: &[u8]) -> usize {
        let lane = subject::share(identifier, self.lanes_of_kind);
        let first = match kind {
            SubjectKind::User => 0,
            SubjectKind::Organization => self.lanes_of_kind,
        };
        first + lane
    }
}
/// What an upsert is called where events have a name.
pub(super) fn name_of_kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "user",
        SubjectKind::Organization => "organization",
    }
}
