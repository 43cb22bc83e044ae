//! What comes into the queue, and what a full one does about it.

use super::lane::{Answered, Pushed, Upsert};
use super::options::Overflow;
use super::queue::{Queue, name_of_kind};
use super::spool::{Marked, Place, Spool};
use super::stats::{DropReason, Fate};
use super::subject;
use crate::error::{Error, ErrorKind};
use crate::transport::Outcome;
use crate::typed::SubjectKind;
#[cfg(feature = "spool")]
use std::io;
use std::sync::Arc;

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

impl From<NotTaken> for Error {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::Full => Self::new(
                ErrorKind::QueueFull,
                Outcome::Unsent,
                "the queue is full; try again later, or choose bounds and what to drop with `QueueOptions`",
            ),
            NotTaken::TooLarge => Self::new(
                ErrorKind::QueueFull,
                Outcome::Unsent,
                "the payload is larger than the whole queue; raise `QueueOptions::max_bytes`",
            ),
            NotTaken::Closed => Self::new(
                ErrorKind::ShutDown,
                Outcome::Unsent,
                "the client was shut down, and takes nothing more in",
            ),
            #[cfg(feature = "spool")]
            NotTaken::Spool(why) => Self::new(
                ErrorKind::Spool,
                Outcome::Unsent,
                "the spool cannot take it; see that its disk has room and works",
            )
            .because(why),
        }
    }
}

/// What a full queue does for one payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Made,
    /// The payload itself is dropped.
    DropIt,
}

impl Queue {
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
            .map(|&index| (index, self.slots()[index].lane()))
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
            self.slots()[index].wake.notify_one();
        }
        Ok(())
    }

    #[inline]
    fn make_room(&self, size: usize) -> Result<Room, NotTaken> {
        if !self.is_closed() && self.level.enter(size as u64) {
            return Ok(Room::Made);
        }
        self.make_room_when_full(size as u64)
    }

    #[cold]
    fn make_room_when_full(&self, size: u64) -> Result<Room, NotTaken> {
        self.open()?;
        if !self.level.could_hold(size) {
            return Err(NotTaken::TooLarge);
        }
        while !self.level.enter(size) {
            if self.overflow()? == Room::DropIt {
                return Ok(Room::DropIt);
            }
        }
        Ok(Room::Made)
    }

    /// Whether the client still takes something in.
    #[inline]
    pub(super) fn open(&self) -> Result<(), NotTaken> {
        if self.is_closed() {
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

    /// Drops the event that has waited longest, if any waits.
    fn drop_oldest(&self) -> bool {
        let oldest = self
            .slots()
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
}
