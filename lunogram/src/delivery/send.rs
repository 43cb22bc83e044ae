//! One batch or upsert after the other: attempts, pauses, halves, until it is known what became of it.

use super::flight::{Flight, UpsertFlight};
use super::gate::{Pass, Turn};
use super::lane::Work;
use super::options::Delivery;
use super::policy::{self, Blame, Verdict};
use super::queue::{Queue, Slot};
use super::segment::{Batch, Buffers, Segment};
use super::spool::Marked;
use super::stats::{DropReason, Fate};
use super::time::Watch;
use crate::error::Error;
use crate::trace::{DeliverySpan, Record};
use crate::transport::{Class, Operation, Outcome, Request, Response, Transport};
use crate::typed::SubjectKind;
use crate::wire::StatusMeaning;
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Sends what lanes give out.
pub(super) struct Sender {
    pub(super) queue: Arc<Queue>,
    transport: Transport,
    permits: Semaphore,
    pub(super) watch: Watch,
}

impl Sender {
    pub(super) fn new(queue: Arc<Queue>, transport: Transport, watch: Watch) -> Self {
        let permits = Semaphore::new(queue.in_flight);
        Self {
            queue,
            transport,
            permits,
            watch,
        }
    }

    /// Sends it until its fate is known.
    pub(super) async fn deliver(&self, slot: &Slot, work: Work) {
        match work {
            Work::Events(batch) => {
                let flight = Flight::new(&self.queue, slot, self.shown(slot, batch));
                self.deliver_events(slot.kind, flight).await;
            }
            Work::Upsert(upsert) => {
                let flight = UpsertFlight {
                    queue: &self.queue,
                    slot,
                    upsert,
                    fate: None,
                };
                self.deliver_upsert(flight).await;
            }
        }
    }

    /// The batch as `before_send` leaves it.
    fn shown(&self, slot: &Slot, batch: Batch) -> Batch {
        let hooks = &self.queue.hooks;
        if !hooks.looks_at_events() {
            return batch;
        }
        let mut shown = Segment::open(Buffers::default(), batch.opened());
        for index in 0..batch.len() {
            let event = batch.event(index);
            let places = batch.places(&(index..index + 1));
            if let Some(changed) = hooks.before_send(event) {
                // What was accepted with one size leaves with another: the level follows.
                self.queue.level.resize(event.len(), changed.len());
                shown.push(&changed, places.first().copied());
            } else {
                hooks.dropped_event(event, DropReason::BeforeSend);
                let fate = Fate::Dropped(DropReason::BeforeSend);
                let places = (places, Marked::No);
                self.queue.settle(slot, fate, 1, event.len(), places);
            }
        }
        shown.seal()
    }

    async fn deliver_events(&self, kind: SubjectKind, mut flight: Flight<'_>) {
        let operation = match kind {
            SubjectKind::User => Operation::PostUserEvents,
            SubjectKind::Organization => Operation::PostOrganizationEvents,
        };
        let delivery = self.queue.delivery;
        let way = self.queue.log.delivery_span(operation, flight.batch.len());
        let mut tries = 0;
        while let Some(piece) = flight.pieces.front().cloned() {
            let entry = self.enter(tries).await;
            if self.queue.is_expired(flight.batch.opened()) {
                flight.settle(Fate::Dropped(DropReason::Expired));
                tries = 0;
                continue;
            }
            if !flight.leave() {
                // Not sent rather than sent twice.
                drop(entry);
                tries += 1;
                let pause = self.queue.gate.pause(tries);
                self.queue.clock.sleep(pause).await;
                continue;
            }
            let body = flight.batch.body(&piece.events);
            let Err(error) = self.attempt(operation, body).await else {
                self.arrived(entry, &way, piece.events.len());
                flight.settle(Fate::Delivered);
                tries = 0;
                continue;
            };
            tries += 1;
            way.failed(&self.queue.log, tries, &error);
            let outcome = error.outcome();
            if !piece.doubtful && !may_be_in(outcome, delivery) {
                flight.come_back();
            }
            match policy::after_events(outcome, delivery, piece.events.len(), tries) {
                Verdict::Again(blame) => self.pause(entry, blame, &error, tries).await,
                Verdict::Unknown => {
                    let blame = blame_for_silence(outcome);
                    self.tell(entry.pass.failed(blame, error.retry_after()), &error);
                    flight.settle(Fate::Unknown);
                    tries = 0;
                }
                judged => {
                    self.tell(entry.pass.succeeded(), &error);
                    match judged {
                        Verdict::TooLarge => flight.settle(Fate::Dropped(DropReason::TooLarge)),
                        Verdict::Refused => flight.settle(Fate::Dropped(DropReason::Refused)),
                        _ => flight.halve(),
                    }
                    tries = 0;
                }
            }
        }
        flight.recycle();
    }

    async fn deliver_upsert(&self, mut flight: UpsertFlight<'_>) {
        let operation = match flight.slot.kind {
            SubjectKind::User => Operation::UpsertUser,
            SubjectKind::Organization => Operation::UpsertOrganization,
        };
        let body = Bytes::copy_from_slice(&flight.upsert.body);
        let way = self.queue.log.delivery_span(operation, 0);
        let mut tries = 0;
        loop {
            let entry = self.enter(tries).await;
            if self.queue.is_expired(flight.upsert.opened) {
                flight.fate = Some(Fate::Dropped(DropReason::Expired));
                return;
            }
            let Err(error) = self.attempt(operation, body.clone()).await else {
                self.arrived(entry, &way, 0);
                flight.fate = Some(Fate::Delivered);
                return;
            };
            tries += 1;
            way.failed(&self.queue.log, tries, &error);
            match policy::after_upsert(error.outcome(), tries) {
                Verdict::Again(blame) => self.pause(entry, blame, &error, tries).await,
                judged => {
                    self.tell(entry.pass.succeeded(), &error);
                    flight.fate = Some(Fate::Dropped(match judged {
                        Verdict::TooLarge => DropReason::TooLarge,
                        _ => DropReason::Refused,
                    }));
                    return;
                }
            }
        }
    }

    async fn attempt(&self, operation: Operation, body: Bytes) -> Result<Response, Error> {
        let request = Request::with(operation, body);
        let attempt = self.transport.attempt_once(&request);
        self.watch.outside(attempt).await
    }

    /// The server took it.
    fn arrived(&self, entry: Entry<'_>, way: &DeliverySpan, events: usize) {
        way.delivered(&self.queue.log, events);
        self.queue.hooks.delivered();
        if entry.pass.succeeded().is_some() {
            self.queue.log.emit(Record::Resumed);
        }
    }

    fn tell(&self, turn: Option<Turn>, error: &Error) {
        let record = match turn {
            Some(Turn::Failing) => Record::Failing(error),
            Some(Turn::Held) => Record::Suspended(error),
            Some(Turn::Mended) => Record::Resumed,
            None => return,
        };
        self.queue.log.emit(record);
    }

    /// Waits until an attempt may be made.
    async fn enter(&self, tries: u32) -> Entry<'_> {
        let gate = &self.queue.gate;
        loop {
            gate.open().await;
            // Nobody closes the semaphore; without a permit there would be one request more.
            let permit = self.permits.acquire().await.ok();
            // Whoever waited for a permit may find the gate closed.
            if let Some(pass) = gate.pass(tries) {
                return Entry { permit, pass };
            }
        }
    }

    /// Waits before the same is sent again: where others would fail, too, at the gate, and otherwise here.
    async fn pause(&self, entry: Entry<'_>, blame: Blame, error: &Error, tries: u32) {
        let Entry { permit, pass } = entry;
        drop(permit);
        self.tell(pass.failed(blame, error.retry_after()), error);
        match blame {
            Blame::Batch => {
                let pause = self.queue.gate.pause(tries);
                self.queue.clock.sleep(pause).await;
            }
            // Whoever waits for everything to be settled waits in vain, and gets to know it.
            Blame::Settings => self.queue.progress.notify_waiters(),
            Blame::Server => {}
        }
    }
}

struct Entry<'s> {
    permit: Option<SemaphorePermit<'s>>,
    pass: Pass<'s>,
}

/// Whether events may have been processed although the attempt failed.
fn may_be_in(outcome: Outcome, delivery: Delivery) -> bool {
    match outcome.class() {
        Class::NotSent | Class::Refused => false,
        // Alone in its request, what the server failed at is not in.
        Class::Ambiguous => delivery != Delivery::Isolated || outcome == Outcome::Lost,
    }
}

fn blame_for_silence(outcome: Outcome) -> Blame {
    match outcome.meaning() {
        Some(StatusMeaning::Failed) => Blame::Batch,
        _ => Blame::Server,
    }
}

/// What never left is dropped.
pub(super) fn abandon(queue: &Queue) {
    for (slot, work) in queue.rest() {
        match work {
            Work::Events(batch) => drop(Flight::new(queue, slot, batch)),
            Work::Upsert(upsert) => drop(UpsertFlight {
                queue,
                slot,
                upsert,
                fate: None,
            }),
        }
    }
}
