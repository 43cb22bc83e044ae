//! Sending: takes batches and upserts from the queue and delivers each until it is settled.

mod in_flight;
mod lifecycle;
#[cfg(feature = "spool")]
mod spool_tasks;
mod worker;

pub(super) use lifecycle::Lifecycle;
pub(super) use worker::Job;
pub(crate) use worker::Worker;

use super::breaker::{Permit, Transition};
use super::options::Delivery;
use super::policy::{self, Blame, Verdict};
use super::queue::{Queue, Slot, Work};
use super::stats::{DropReason, Settlement};
use crate::clock::WorkerProbe;
use crate::error::Error;
use crate::trace::{DeliverySpan, Record};
use crate::transport::{Request, Response, Transport};
use crate::wire::{Class, Operation, Outcome, StatusMeaning, SubjectKind};
use bytes::Bytes;
use in_flight::{InFlightBatch, InFlightUpsert};
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Sends the batches and upserts of all lanes.
struct Sender {
    queue: Arc<Queue>,
    transport: Transport,
    /// Bounds the number of concurrent requests.
    requests: Semaphore,
    #[cfg_attr(
        not(feature = "spool"),
        expect(dead_code, reason = "only the spool's tasks wait for other threads")
    )]
    probe: WorkerProbe,
}

/// Admission to send one request: both permits that it needs.
struct Admission<'s> {
    request: Option<SemaphorePermit<'s>>,
    permit: Permit<'s>,
}

impl Sender {
    fn new(queue: Arc<Queue>, transport: Transport, probe: WorkerProbe) -> Self {
        let requests = Semaphore::new(queue.in_flight);
        Self {
            queue,
            transport,
            requests,
            probe,
        }
    }

    /// Delivers a batch or an upsert until it is settled.
    async fn deliver(&self, slot: &Slot, work: Work) {
        match work {
            Work::Events(batch) => {
                let batch = InFlightBatch::new(&self.queue, slot, batch);
                self.deliver_events(slot.kind, batch).await;
            }
            Work::Upsert(upsert) => {
                let upsert = InFlightUpsert::new(&self.queue, slot, upsert);
                self.deliver_upsert(upsert).await;
            }
        }
    }

    async fn deliver_events(&self, kind: SubjectKind, mut in_flight: InFlightBatch<'_>) {
        let operation = match kind {
            SubjectKind::User => Operation::PostUserEvents,
            SubjectKind::Organization => Operation::PostOrganizationEvents,
        };
        let delivery = self.queue.delivery;
        let span = self
            .queue
            .log
            .delivery_span(operation, in_flight.batch.len());
        let mut tries = 0;
        while let Some(part) = in_flight.next_part() {
            let admission = self.admit(tries).await;
            if self.queue.is_expired(in_flight.batch.opened()) {
                in_flight.settle(Settlement::Dropped(DropReason::Expired));
                tries = 0;
                continue;
            }
            if !in_flight.mark_in_flight() {
                // Not sending is better than sending twice.
                drop(admission);
                tries += 1;
                let pause = self.queue.breaker.pause(tries);
                self.queue.clock.sleep(pause).await;
                continue;
            }
            let body = in_flight.batch.body(&part.events);
            let Err(error) = self.attempt(operation, body).await else {
                self.delivered(admission, &span, part.events.len());
                in_flight.settle(Settlement::Delivered);
                tries = 0;
                continue;
            };
            tries += 1;
            span.failed(&self.queue.log, tries, &error);
            let outcome = error.outcome();
            if !part.may_have_arrived && !may_have_arrived(outcome, delivery) {
                in_flight.mark_unsent();
            }
            match policy::after_events(outcome, delivery, part.events.len(), tries) {
                Verdict::Again(blame) => self.pause(admission, blame, &error, tries).await,
                Verdict::Unknown => {
                    let blame = blame_for_ambiguous(outcome);
                    let transition = admission.permit.failed(blame, error.retry_after());
                    self.report(transition, &error);
                    in_flight.settle(Settlement::Unknown);
                    tries = 0;
                }
                judged => {
                    self.report(admission.permit.succeeded(), &error);
                    match judged {
                        Verdict::TooLarge => {
                            in_flight.settle(Settlement::Dropped(DropReason::TooLarge));
                        }
                        Verdict::Refused => {
                            in_flight.settle(Settlement::Dropped(DropReason::Refused));
                        }
                        _ => in_flight.split(),
                    }
                    tries = 0;
                }
            }
        }
        in_flight.recycle();
    }

    async fn deliver_upsert(&self, mut in_flight: InFlightUpsert<'_>) {
        let operation = match in_flight.slot.kind {
            SubjectKind::User => Operation::UpsertUser,
            SubjectKind::Organization => Operation::UpsertOrganization,
        };
        let body = Bytes::copy_from_slice(&in_flight.upsert.body);
        let span = self.queue.log.delivery_span(operation, 0);
        let mut tries = 0;
        loop {
            let admission = self.admit(tries).await;
            if self.queue.is_expired(in_flight.upsert.opened) {
                in_flight.settlement = Some(Settlement::Dropped(DropReason::Expired));
                return;
            }
            let Err(error) = self.attempt(operation, body.clone()).await else {
                self.delivered(admission, &span, 0);
                in_flight.settlement = Some(Settlement::Delivered);
                return;
            };
            tries += 1;
            span.failed(&self.queue.log, tries, &error);
            match policy::after_upsert(error.outcome(), tries) {
                Verdict::Again(blame) => self.pause(admission, blame, &error, tries).await,
                judged => {
                    self.report(admission.permit.succeeded(), &error);
                    in_flight.settlement = Some(Settlement::Dropped(match judged {
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
        self.transport.attempt_once(&request).await
    }

    /// Reports a successful attempt to the log, the hooks and the breaker.
    fn delivered(&self, admission: Admission<'_>, span: &DeliverySpan, events: usize) {
        span.delivered(&self.queue.log, events);
        self.queue.hooks.delivered();
        if admission.permit.succeeded().is_some() {
            self.queue.log.emit(Record::Resumed);
        }
    }

    fn report(&self, transition: Option<Transition>, error: &Error) {
        let record = match transition {
            Some(Transition::Tripped) => Record::Failing(error),
            Some(Transition::Suspended) => Record::Suspended(error),
            Some(Transition::Resumed) => Record::Resumed,
            None => return,
        };
        self.queue.log.emit(record);
    }

    /// Waits until a request may be sent. `tries` counts earlier attempts with the same payload.
    async fn admit(&self, tries: u32) -> Admission<'_> {
        let breaker = &self.queue.breaker;
        loop {
            breaker.ready().await;
            // The semaphore is never closed, so this never fails.
            let request = self.requests.acquire().await.ok();
            // The breaker may have blocked while this task waited for the semaphore.
            if let Some(permit) = breaker.try_permit(tries) {
                return Admission { request, permit };
            }
        }
    }

    /// Waits before a payload is sent again. If other requests would fail, too, the breaker waits
    /// on the next admission; otherwise this payload waits alone.
    async fn pause(&self, admission: Admission<'_>, blame: Blame, error: &Error, tries: u32) {
        let Admission { request, permit } = admission;
        drop(request);
        self.report(permit.failed(blame, error.retry_after()), error);
        match blame {
            Blame::Batch => {
                let pause = self.queue.breaker.pause(tries);
                self.queue.clock.sleep(pause).await;
            }
            // Wakes callers of `flush`, which returns an error while delivery is suspended.
            Blame::Settings => self.queue.progress.notify_waiters(),
            Blame::Server => {}
        }
    }
}

/// Whether the server may have processed events although the attempt failed.
fn may_have_arrived(outcome: Outcome, delivery: Delivery) -> bool {
    match outcome.class() {
        Class::NotSent | Class::Refused => false,
        // An isolated event is not processed if its request fails with a status. The exceptions,
        // 502 and 504, are settled as unknown right after this.
        Class::Ambiguous => delivery != Delivery::Isolated || outcome == Outcome::Lost,
    }
}

fn blame_for_ambiguous(outcome: Outcome) -> Blame {
    match outcome.meaning() {
        Some(StatusMeaning::Failed) => Blame::Batch,
        _ => Blame::Server,
    }
}
