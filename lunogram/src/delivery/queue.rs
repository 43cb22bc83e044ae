//! The queue: lanes of subjects, bounded together.

use super::gate::Gate;
use super::hooks::{Guarded, Hooks};
use super::lane::{Answered, BatchLimits, Lane, Pushed, Upsert, Work};
use super::options::{Delivery, Overflow, QueueOptions};
use super::segment::{Batch, Buffers, Segment};
use super::spool::{Marked, Place, Spool};
use super::stats::{DropReason, Fate, Ledger, Stats};
use super::subject;
use super::time::Clock;
use crate::trace::Log;
use crate::typed::SubjectKind;
#[cfg(feature = "spool")]
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// The level counts events in its upper bits and bytes in its lower ones, so that one operation moves both.
const EVENT: u64 = 1 << 40;

/// What the upper bits can count to.
const MOST_EVENTS: usize = (1 << 24) - 1;

pub(super) struct Queue {
    slots: Vec<Slot>,
    lanes_of_kind: usize,
    pub(super) limits: BatchLimits,
    pub(super) delivery: Delivery,
    pub(super) event_deadline: Duration,
    pub(super) in_flight: usize,
    overflow: Overflow,
    max_events: u64,
    max_bytes: u64,
    level: AtomicU64,
    /// What waits is here, too, where there is one.
    pub(super) spool: Option<Spool>,
    /// What never got into a lane.
    pub(super) unqueued: Mutex<Ledger>,
    spare: Mutex<Vec<Buffers>>,
    closed: AtomicBool,
    /// Wakes those who wait for room, or for something to be settled.
    pub(super) progress: Notify,
    pub(super) clock: Clock,
    pub(super) gate: Gate,
    pub(super) log: Log,
    pub(super) hooks: Guarded,
}

/// What was accepted up to a moment.
#[derive(Debug)]
pub(super) struct Marks {
    /// By the spool: what waits on disk alone has to be read first.
    on_disk: u64,
    /// By each lane, known from then on.
    lanes: Option<Vec<u64>>,
}

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

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Event(SubjectKind),
    Upsert(SubjectKind),
}

/// Why the queue did not take a payload.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// There is no room now.
    Full,
    /// There will never be room for one of this size.
    TooLarge,
    /// The client was shut down.
    Closed,
    /// The disk did not take it.
    #[cfg(feature = "spool")]
    Spool(io::Error),
}

/// What a full queue does for one payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Made,
    /// The payload itself is dropped.
    DropIt,
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
            max_events: options.max_events.min(MOST_EVENTS) as u64,
            max_bytes: (options.max_bytes as u64).min(EVENT - 1),
            level: AtomicU64::new(0),
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

    pub(super) fn waits_when_full(&self) -> bool {
        self.overflow == Overflow::Wait
    }

    /// Takes an encoded event about `subject`, which is what [`subject::first`] finds in it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "one of its callers is the usual one")]
    pub(super) fn push_event(
        &self,
        kind: SubjectKind,
        subject: &[u8],
        event: &[u8],
    ) -> Result<(), NotTaken> {
        if let Some(spool) = &self.spool {
            return self.push_spooled(spool, What::Event(kind), event);
        }
        match self.make_room(event.len())? {
            Room::Made => self.enqueue_event(kind, subject, event, None),
            Room::DropIt => {
                self.drop_unqueued(What::Event(kind), event);
                Ok(())
            }
        }
    }

    /// Puts an event into its lane; there is room for it.
    #[inline]
    pub(super) fn enqueue_event(
        &self,
        kind: SubjectKind,
        subject: &[u8],
        event: &[u8],
        place: Option<Place>,
    ) -> Result<(), NotTaken> {
        let slot = self.slot(kind, subject);
        let pushed = slot
            .lane()
            .push_event(event, place, &self.limits, |full| self.open_segment(full));
        match pushed {
            Pushed::Joined => {}
            Pushed::Due => slot.wake.notify_one(),
            Pushed::Refused => {
                self.leave(1, event.len());
                return Err(NotTaken::Closed);
            }
        }
        Ok(())
    }

    /// Takes an encoded upsert. What is tracked from now on about any of its identifiers waits for its answer.
    pub(super) fn push_upsert(&self, kind: SubjectKind, body: Vec<u8>) -> Result<(), NotTaken> {
        if let Some(spool) = &self.spool {
            return self.push_spooled(spool, What::Upsert(kind), &body);
        }
        match self.make_room(body.len())? {
            Room::Made => self.enqueue_upsert(kind, body, None),
            Room::DropIt => {
                self.drop_unqueued(What::Upsert(kind), &body);
                Ok(())
            }
        }
    }

    /// Puts an upsert into its lanes; there is room for it.
    pub(super) fn enqueue_upsert(
        &self,
        kind: SubjectKind,
        body: Vec<u8>,
        place: Option<Place>,
    ) -> Result<(), NotTaken> {
        let size = body.len();
        let identifiers = subject::all(&body);
        let own = self.index(kind, identifiers.first().copied().unwrap_or_default());
        let mut others: Vec<usize> = identifiers
            .iter()
            .map(|identifier| self.index(kind, identifier))
            .collect();
        others.sort_unstable();
        others.dedup();
        // All at once, in one order for everybody: no event may slip between the upsert and a lane that waits for it, and
        // no two upserts wait for each other.
        let mut lanes: Vec<_> = others
            .iter()
            .map(|&index| (index, self.slots[index].lane()))
            .collect();
        let answered = Answered::default();
        let upsert = Upsert {
            body,
            place,
            answered: Arc::clone(&answered),
            opened: self.clock.now(),
        };
        let mut upsert = Some(upsert);
        let mut pushed = Pushed::Refused;
        for (index, lane) in &mut lanes {
            if *index == own
                && let Some(upsert) = upsert.take()
            {
                pushed = lane.push_upsert(upsert);
            }
        }
        if pushed == Pushed::Refused {
            drop(lanes);
            self.leave(1, size);
            return Err(NotTaken::Closed);
        }
        for (index, lane) in &mut lanes {
            if *index != own {
                lane.push_barrier(Arc::clone(&answered));
            }
        }
        drop(lanes);
        self.gate.expect();
        for index in others {
            self.slots[index].wake.notify_one();
        }
        Ok(())
    }

    #[inline]
    fn make_room(&self, size: usize) -> Result<Room, NotTaken> {
        if !self.closed.load(Ordering::Acquire) && self.enter(size as u64) {
            return Ok(Room::Made);
        }
        self.make_room_when_full(size as u64)
    }

    #[cold]
    fn make_room_when_full(&self, size: u64) -> Result<Room, NotTaken> {
        self.open()?;
        if size > self.max_bytes {
            return Err(NotTaken::TooLarge);
        }
        while !self.enter(size) {
            if self.overflow()? == Room::DropIt {
                return Ok(Room::DropIt);
            }
        }
        Ok(Room::Made)
    }

    /// Whether the client still takes something in.
    #[inline]
    pub(super) fn open(&self) -> Result<(), NotTaken> {
        if self.closed.load(Ordering::Acquire) {
            return Err(NotTaken::Closed);
        }
        Ok(())
    }

    /// What is to be done for what there is no room for; there may be some now.
    pub(super) fn overflow(&self) -> Result<Room, NotTaken> {
        match self.overflow {
            Overflow::Refuse | Overflow::Wait => Err(NotTaken::Full),
            Overflow::DropNewest => Ok(Room::DropIt),
            // Where everything is on its way already, there is nothing older to drop.
            Overflow::DropOldest if !self.drop_oldest() => Ok(Room::DropIt),
            Overflow::DropOldest => Ok(Room::Made),
        }
    }

    /// Takes a place in memory, if there is one.
    #[inline]
    pub(super) fn enter(&self, size: u64) -> bool {
        let before = self.level.fetch_add(EVENT + size, Ordering::AcqRel);
        if before / EVENT < self.max_events && before % EVENT + size <= self.max_bytes {
            return true;
        }
        self.level.fetch_sub(EVENT + size, Ordering::AcqRel);
        false
    }

    /// The same for a payload that is larger than all of memory's room, when nothing else is there.
    #[cfg(feature = "spool")]
    pub(super) fn enter_alone(&self, size: u64) -> bool {
        size > self.max_bytes
            && self
                .level
                .compare_exchange(0, EVENT + size, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    fn leave(&self, events: usize, bytes: usize) {
        let left = EVENT * events as u64 + bytes as u64;
        self.level.fetch_sub(left, Ordering::AcqRel);
        self.progress.notify_waiters();
    }

    /// Drops the event that has waited longest, if any waits.
    fn drop_oldest(&self) -> bool {
        let oldest = self
            .slots
            .iter()
            .filter_map(|slot| Some((slot.lane().oldest()?, slot)))
            .min_by_key(|(opened, _)| *opened);
        let Some((_, slot)) = oldest else {
            return false;
        };
        let event = slot.lane().drop_oldest();
        if let Some((event, place)) = event {
            self.hooks.dropped_event(&event, DropReason::QueueFull);
            if let Some(spool) = &self.spool {
                spool.settle(place.as_slice(), Marked::No);
            }
            let fate = Fate::Dropped(DropReason::QueueFull);
            slot.lane().settle_dropped(fate);
            self.leave(1, event.len());
        }
        true
    }

    /// Drops what there is no room for.
    #[cold]
    pub(super) fn drop_unqueued(&self, what: What, payload: &[u8]) {
        match what {
            What::Event(_) => self.hooks.dropped_event(payload, DropReason::QueueFull),
            What::Upsert(kind) => {
                self.hooks
                    .dropped(name_of_kind(kind), payload, DropReason::QueueFull);
            }
        }
        self.unqueued()
            .enter_and_settle(Fate::Dropped(DropReason::QueueFull), 1);
    }

    /// Drops what an earlier process left and cannot be read.
    pub(super) fn tell_damage(&self) {
        let damage = self.spool.as_ref().map(Spool::damage).unwrap_or_default();
        for bytes in damage {
            self.hooks
                .dropped("unreadable", &bytes, DropReason::Damaged);
            self.unqueued()
                .enter_and_settle(Fate::Dropped(DropReason::Damaged), 1);
        }
    }

    /// The books of what never got into a lane.
    pub(super) fn unqueued(&self) -> MutexGuard<'_, Ledger> {
        self.unqueued.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Something that waits has another size now.
    pub(super) fn resize(&self, before: usize, after: usize) {
        self.level.fetch_add(after as u64, Ordering::AcqRel);
        self.level.fetch_sub(before as u64, Ordering::AcqRel);
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

    /// Everything that still waits, with the books of its lane open for it; no lane takes anything more in.
    pub(super) fn rest(&self) -> impl Iterator<Item = (&Slot, Work)> {
        self.slots.iter().flat_map(|slot| {
            let rest = slot.lane().close();
            rest.into_iter().map(move |work| (slot, work))
        })
    }

    /// Lets everything leave that was accepted until now, and gives what [`is_settled`](Self::is_settled) asks for.
    pub(super) fn flush(&self) -> Marks {
        let on_disk = self.spool.as_ref().map(Spool::end).unwrap_or_default();
        let mut marks = Marks {
            on_disk,
            lanes: None,
        };
        self.is_settled(&mut marks);
        marks
    }

    /// Lets everything leave that is in a lane, and tells how much that is.
    fn flush_lanes(&self) -> Vec<u64> {
        let marks = self.slots.iter().map(|slot| slot.lane().flush()).collect();
        for slot in &self.slots {
            slot.wake.notify_one();
        }
        marks
    }

    /// Lets everything leave that is in a lane, since nothing more can join it.
    #[cfg(feature = "spool")]
    pub(super) fn hurry_lanes(&self) {
        for slot in &self.slots {
            slot.lane().hurry();
            slot.wake.notify_one();
        }
    }

    /// Whether everything is settled that was accepted before [`flush`](Self::flush) gave these marks.
    pub(super) fn is_settled(&self, marks: &mut Marks) -> bool {
        if let Some(spool) = &self.spool
            && !spool.is_read_to(marks.on_disk)
        {
            return false;
        }
        let lanes = marks.lanes.get_or_insert_with(|| self.flush_lanes());
        let mut slots = self.slots.iter().zip(lanes);
        slots.all(|(slot, mark)| slot.lane().settled_to() >= *mark)
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
            bytes: self.level.load(Ordering::Acquire) % EVENT,
            held: self.gate.is_held(),
        }
    }

    /// Keeps the memory of a batch that was sent.
    pub(super) fn recycle(&self, batch: Batch) {
        if let Some(buffers) = batch.into_buffers() {
            let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            if spare.len() < self.in_flight {
                spare.push(buffers);
            }
        }
    }

    /// A batch for events to join, with room for as much as a full one holds.
    #[inline(never)]
    fn open_segment(&self, full: Option<&Segment>) -> Segment {
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
    fn slot(&self, kind: SubjectKind, identifier: &[u8]) -> &Slot {
        &self.slots[self.index(kind, identifier)]
    }

    #[inline]
    fn index(&self, kind: SubjectKind, identifier: &[u8]) -> usize {
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
