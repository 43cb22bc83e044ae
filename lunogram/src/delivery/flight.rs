//! What is on its way, and is entered into the books however it ends.

use super::lane::Upsert;
use super::options::Delivery;
use super::queue::{Queue, Slot, name_of_kind};
use super::segment::Batch;
use super::spool::Marked;
use super::stats::{DropReason, Fate};
use std::collections::VecDeque;
use std::ops::Range;

/// A batch on its way. What is left of it when it ends, for whatever reason, is entered into the books.
pub(super) struct Flight<'q> {
    pub(super) queue: &'q Queue,
    pub(super) slot: &'q Slot,
    pub(super) batch: Batch,
    /// What is still to be sent, in order.
    pub(super) pieces: VecDeque<Piece>,
}

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) events: Range<usize>,
    /// Whether they may be in.
    pub(super) doubtful: bool,
    /// Whether the spool knows that they are not to be sent again.
    pub(super) marked: bool,
}

impl<'q> Flight<'q> {
    pub(super) fn new(queue: &'q Queue, slot: &'q Slot, batch: Batch) -> Self {
        let whole = Piece {
            events: 0..batch.len(),
            doubtful: false,
            marked: false,
        };
        Self {
            queue,
            slot,
            pieces: (batch.len() > 0).then_some(whole).into_iter().collect(),
            batch,
        }
    }

    /// The next piece is about to be sent. Where nothing may arrive twice, that is written down first; tells whether it
    /// could be.
    pub(super) fn leave(&mut self) -> bool {
        let Some(piece) = self.pieces.front_mut() else {
            return false;
        };
        if !piece.doubtful
            && self.queue.delivery != Delivery::AtLeastOnce
            && let Some(spool) = &self.queue.spool
        {
            if spool.leave(self.batch.places(&piece.events)) == Marked::No {
                return false;
            }
            piece.marked = true;
        }
        piece.doubtful = true;
        true
    }

    /// It did not get anywhere.
    pub(super) fn come_back(&mut self) {
        let Some(piece) = self.pieces.front_mut() else {
            return;
        };
        piece.doubtful = false;
        if let Some(spool) = &self.queue.spool
            && piece.marked
        {
            // Where that cannot be written, only a later process would not know.
            piece.marked = spool.come_back(self.batch.places(&piece.events)).is_err();
        }
    }

    /// Sends the next piece in two.
    pub(super) fn halve(&mut self) {
        if let Some(piece) = self.pieces.pop_front() {
            let events = &piece.events;
            let middle = events.start + events.len() / 2;
            let halves = [middle..events.end, events.start..middle];
            for events in halves.into_iter().filter(|half| !half.is_empty()) {
                self.pieces.push_front(Piece { events, ..piece });
            }
        }
    }

    /// The next piece has come to its end.
    pub(super) fn settle(&mut self, fate: Fate) {
        let Some(Piece { events, marked, .. }) = self.pieces.pop_front() else {
            return;
        };
        let bytes = events
            .clone()
            .map(|index| self.batch.event(index).len())
            .sum();
        let count = events.len();
        // Told first: whoever waits for it to be settled may ask what was told.
        if let Fate::Dropped(reason) = fate {
            for index in events.clone() {
                self.queue
                    .hooks
                    .dropped_event(self.batch.event(index), reason);
            }
        }
        let places = self.batch.places(&events);
        let places = (places, if marked { Marked::Yes } else { Marked::No });
        self.queue.settle(self.slot, fate, count, bytes, places);
    }

    pub(super) fn recycle(mut self) {
        let batch = self.batch.take();
        self.queue.recycle(batch);
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        while let Some(piece) = self.pieces.front() {
            let sent_again = self.queue.spool.is_some() && !piece.marked;
            if sent_again {
                // By the next process: it stays in the spool, and pending in the books.
                self.pieces.pop_front();
            } else if piece.doubtful {
                self.settle(Fate::Unknown);
            } else {
                self.settle(Fate::Dropped(DropReason::Shutdown));
            }
        }
    }
}

/// An upsert on its way.
pub(super) struct UpsertFlight<'q> {
    pub(super) queue: &'q Queue,
    pub(super) slot: &'q Slot,
    pub(super) upsert: Upsert,
    /// Nothing while it is on its way.
    pub(super) fate: Option<Fate>,
}

impl Drop for UpsertFlight<'_> {
    fn drop(&mut self) {
        let fate = match self.fate {
            Some(fate) => fate,
            // The next process sends it.
            None if self.queue.spool.is_some() => return,
            None => Fate::Dropped(DropReason::Shutdown),
        };
        if let Fate::Dropped(reason) = fate {
            let name = name_of_kind(self.slot.kind);
            self.queue.hooks.dropped(name, &self.upsert.body, reason);
        }
        self.queue.answered(&self.upsert);
        let places = (self.upsert.place.as_slice(), Marked::No);
        self.queue
            .settle(self.slot, fate, 1, self.upsert.body.len(), places);
    }
}
