//! Accepting payloads into the queue, and what happens if it is full.

use super::capacity::Reserved;
use super::lane::{DoneFlag, Pushed, Upsert};
use super::segment::Segment;
use super::{Queue, subject};
use crate::delivery::options::Overflow;
use crate::delivery::payload::PayloadKind;
use crate::delivery::receipts::{ReceiptSender, complete};
use crate::delivery::spool::RecordId;
use crate::delivery::stats::{DropReason, Settlement};
use crate::error::{Error, ErrorKind};
use crate::wire::{Outcome, SubjectKind};
#[cfg(feature = "spool")]
use std::io;
use std::sync::Arc;

/// Why the queue did not accept a payload.
#[derive(Debug)]
pub(in crate::delivery) enum PushError {
    /// The queue is full at the moment.
    Full,
    /// The payload is larger than the whole queue.
    TooLarge,
    /// The client was shut down.
    Closed,
    /// The payload could not be written to the spool.
    #[cfg(feature = "spool")]
    Spool(io::Error),
}

impl From<PushError> for Error {
    fn from(why: PushError) -> Self {
        match why {
            PushError::Full => Self::new(
                ErrorKind::QueueFull,
                Outcome::Unsent,
                "the queue is full; try again later, or set its limits and overflow policy with `QueueOptions`",
            ),
            PushError::TooLarge => Self::new(
                ErrorKind::TooLarge,
                Outcome::Unsent,
                "the payload is larger than the whole queue; raise `QueueOptions::max_bytes`, or with a spool `SpoolOptions::max_bytes`",
            ),
            PushError::Closed => Self::new(
                ErrorKind::ShutDown,
                Outcome::Unsent,
                "the client was shut down and accepts no more events",
            ),
            #[cfg(feature = "spool")]
            PushError::Spool(why) => Self::new(
                ErrorKind::Spool,
                Outcome::Unsent,
                "cannot write to the spool; check that its disk has space and works",
            )
            .because(why),
        }
    }
}

/// The decision of the overflow policy about a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overflowed {
    /// Another payload was dropped instead: try again.
    TryAgain,
    DropPayload,
}

/// Whether a payload fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// It is reserved.
    Available(Reserved),
    /// The overflow policy is to drop this payload.
    DropPayload,
}

impl Queue {
    fn waits_when_full(&self) -> bool {
        self.overflow == Overflow::Wait
    }

    /// Repeats `push` until it succeeds, while the queue is full and its policy is to wait.
    ///
    /// # Errors
    /// The first error that waiting does not resolve.
    pub(in crate::delivery) async fn wait_for_room<T>(
        &self,
        push: impl Fn() -> Result<T, PushError>,
    ) -> Result<T, Error> {
        loop {
            let mut progress = std::pin::pin!(self.progress.notified());
            // Registered before the attempt, so that room made in between wakes it.
            progress.as_mut().enable();
            match push() {
                Err(PushError::Full) if self.waits_when_full() => progress.await,
                outcome => return outcome.map_err(Error::from),
            }
        }
    }

    /// Accepts an encoded event about `subject`, which must equal [`subject::first`] of the event.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "one of its callers is the usual one")]
    pub(in crate::delivery) fn push_event(
        &self,
        kind: SubjectKind,
        subject: &[u8],
        event: &[u8],
        receipt: Option<ReceiptSender>,
    ) -> Result<(), PushError> {
        #[cfg(feature = "spool")]
        if let Some(spool) = &self.spool {
            return self.push_spooled(spool, PayloadKind::Event(kind), event, receipt);
        }
        match self.make_room(event.len())? {
            Room::Available(reserved) => {
                self.enqueue_event(kind, subject, event, None, receipt)?;
                self.wake_if_full(reserved);
            }
            Room::DropPayload => self.drop_unqueued(PayloadKind::Event(kind), event, receipt),
        }
        Ok(())
    }

    /// Wakes the dispatcher if a request is full with the payload that was queued. Not earlier: the
    /// dispatcher would not find it.
    #[inline]
    pub(super) fn wake_if_full(&self, reserved: Reserved) {
        if reserved == Reserved::DoneAndWake {
            self.signals.wake();
        }
    }

    /// Puts an event into its lane. Its capacity is reserved.
    #[inline]
    pub(super) fn enqueue_event(
        &self,
        kind: SubjectKind,
        subject: &[u8],
        event: &[u8],
        record: Option<RecordId>,
        receipt: Option<ReceiptSender>,
    ) -> Result<(), PushError> {
        let index = Self::index(kind, subject);
        let slot = &self.slots[index];
        let open = |full: Option<&Segment>, spare| self.open_segment(full, spare);
        let pushed = {
            let mut lane = slot.lane();
            let pushed = lane.push_event(event, record, self.largest, open);
            if let Some(receipt) = receipt
                && pushed != Pushed::Closed
            {
                lane.add_receipt(receipt);
            }
            pushed
        };
        match pushed {
            Pushed::Joined => {}
            Pushed::Opened => self.signals.opened(index),
            Pushed::Due => self.signals.due(index),
            Pushed::Closed => {
                self.release(1, event.len());
                return Err(PushError::Closed);
            }
        }
        Ok(())
    }

    /// Accepts an encoded upsert. Events tracked later about any of its identifiers are sent after
    /// the upsert is done.
    pub(in crate::delivery) fn push_upsert(
        &self,
        kind: SubjectKind,
        body: Vec<u8>,
        receipt: Option<ReceiptSender>,
    ) -> Result<(), PushError> {
        let Some(accepted) = &self.accepted else {
            return self.push_new_upsert(kind, body, receipt);
        };
        self.check_open()?;
        if accepted.has(kind, &body, self.clock.now()) {
            self.unqueued().skip();
            complete(receipt, Settlement::Delivered);
            return Ok(());
        }
        accepted.queued(kind, &body);
        let known = body.clone();
        self.push_new_upsert(kind, body, receipt)
            .inspect_err(|_| accepted.settled(kind, &known, None))
    }

    fn push_new_upsert(
        &self,
        kind: SubjectKind,
        body: Vec<u8>,
        receipt: Option<ReceiptSender>,
    ) -> Result<(), PushError> {
        #[cfg(feature = "spool")]
        if let Some(spool) = &self.spool {
            return self.push_spooled(spool, PayloadKind::Upsert(kind), &body, receipt);
        }
        match self.make_room(body.len())? {
            Room::Available(_) => self.enqueue_upsert(kind, body, None, receipt),
            Room::DropPayload => {
                self.drop_unqueued(PayloadKind::Upsert(kind), &body, receipt);
                Ok(())
            }
        }
    }

    /// Puts an upsert into the lane of its first identifier, and a barrier into the lane of each
    /// other one. Its capacity is reserved.
    pub(super) fn enqueue_upsert(
        &self,
        kind: SubjectKind,
        body: Vec<u8>,
        record: Option<RecordId>,
        receipt: Option<ReceiptSender>,
    ) -> Result<(), PushError> {
        let size = body.len();
        let identifiers = subject::all(&body);
        let own = Self::index(kind, identifiers.first().copied().unwrap_or_default());
        let mut indices: Vec<usize> = identifiers
            .iter()
            .map(|identifier| Self::index(kind, identifier))
            .collect();
        indices.sort_unstable();
        indices.dedup();
        // All lanes are locked together, so that no event gets between the upsert and a barrier,
        // and in ascending order, so that two upserts cannot deadlock.
        let mut lanes: Vec<_> = indices
            .iter()
            .map(|&index| (index, self.slots()[index].lane()))
            .collect();
        let done = DoneFlag::default();
        let upsert = Upsert {
            body,
            record,
            receipt,
            done: Arc::clone(&done),
            barriers: indices
                .iter()
                .copied()
                .filter(|index| *index != own)
                .collect(),
            merged: Vec::new(),
            handed_out: None,
            opened: self.clock.now(),
        };
        let mut upsert = Some(upsert);
        let mut pushed = Pushed::Closed;
        for (index, lane) in &mut lanes {
            if *index == own
                && let Some(upsert) = upsert.take()
            {
                pushed = lane.push_upsert(upsert);
            }
        }
        if pushed == Pushed::Closed {
            drop(lanes);
            self.release(1, size);
            return Err(PushError::Closed);
        }
        for (index, lane) in &mut lanes {
            if *index != own {
                lane.push_barrier(Arc::clone(&done));
            }
        }
        drop(lanes);
        for index in indices {
            self.signals.mark(index);
        }
        self.signals.wake();
        Ok(())
    }

    #[inline]
    fn make_room(&self, size: usize) -> Result<Room, PushError> {
        if !self.is_closed() {
            let reserved = self.capacity.reserve(size as u64);
            if reserved != Reserved::Refused {
                return Ok(Room::Available(reserved));
            }
        }
        self.make_room_when_full(size as u64)
    }

    #[cold]
    fn make_room_when_full(&self, size: u64) -> Result<Room, PushError> {
        self.check_open()?;
        if !self.capacity.could_hold(size) {
            return Err(PushError::TooLarge);
        }
        loop {
            let reserved = self.capacity.reserve(size);
            if reserved != Reserved::Refused {
                return Ok(Room::Available(reserved));
            }
            if self.handle_overflow()? == Overflowed::DropPayload {
                return Ok(Room::DropPayload);
            }
        }
    }

    /// Fails if the client was shut down.
    #[inline]
    pub(super) fn check_open(&self) -> Result<(), PushError> {
        if self.is_closed() {
            return Err(PushError::Closed);
        }
        Ok(())
    }

    /// Applies the overflow policy.
    pub(super) fn handle_overflow(&self) -> Result<Overflowed, PushError> {
        let overflowed = if self.overflow == Overflow::DropOldest && self.drop_oldest() {
            Ok(Overflowed::TryAgain)
        } else {
            self.overflow_without_drop()
        };
        // Requests cannot grow, so waiting for their age would only keep the queue full. After the
        // drop, or the dispatcher might take the events that are to be dropped.
        self.signals.full();
        overflowed
    }

    /// Applies the overflow policy if no older event can be dropped, or its room would not help.
    pub(super) fn overflow_without_drop(&self) -> Result<Overflowed, PushError> {
        match self.overflow {
            Overflow::Refuse | Overflow::Wait => Err(PushError::Full),
            Overflow::DropNewest | Overflow::DropOldest => Ok(Overflowed::DropPayload),
        }
    }

    /// Drops the event that was queued first. Returns whether there was one.
    fn drop_oldest(&self) -> bool {
        let oldest = self
            .slots()
            .iter()
            .filter_map(|slot| Some((slot.lane().oldest()?, slot)))
            .min_by_key(|(opened, _)| *opened);
        let Some((_, slot)) = oldest else {
            return false;
        };
        let event = slot.lane().drop_oldest(self.clock.now());
        if let Some(event) = event {
            self.drop_event(slot, event, DropReason::QueueFull);
        }
        true
    }

    /// Drops a payload that does not fit into the queue.
    #[cold]
    pub(super) fn drop_unqueued(
        &self,
        kind: PayloadKind,
        payload: &[u8],
        receipt: Option<ReceiptSender>,
    ) {
        let settlement = Settlement::Dropped(DropReason::QueueFull);
        self.hooks.dropped(kind, payload, DropReason::QueueFull);
        self.unqueued().accept_and_settle(settlement, 1);
        if let (PayloadKind::Upsert(kind), Some(accepted)) = (kind, &self.accepted) {
            accepted.settled(kind, payload, None);
        }
        complete(receipt, settlement);
    }
}
