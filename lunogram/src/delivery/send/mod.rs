//! Sending: takes batches and upserts from the queue and delivers each until it is settled.

mod candidates;
mod deletions;
mod dispatcher;
mod in_flight;
mod lifecycle;
mod parts;
mod patience;
#[cfg(feature = "spool")]
mod recovery;
#[cfg(feature = "spool")]
mod spool_tasks;
mod worker;

pub(super) use lifecycle::Lifecycle;
pub(super) use worker::Job;
pub(crate) use worker::Worker;

use super::control::{Admitted, Ask, Permit, Probe, Size};
use super::deletions::Turn;
use super::options::Delivery;
use super::queue::Queue;
use super::rules::apart::History;
use super::rules::health::{LONGEST_RETRY_AFTER, Transition};
use super::rules::policy::{self, Policy, Verdict};
use super::stats::{DropReason, Settlement};
use crate::clock::{Either, WorkerProbe, either};
use crate::error::Error;
use crate::trace::{DeliverySpan, Record};
use crate::transport::{Request, Response, Transport};
use crate::wire::{Class, Credential, Operation, Outcome, SubjectKind};
use bytes::Bytes;
use in_flight::{InFlightBatch, InFlightUpsert, ask};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// The size of a request without events.
const NO_EVENTS: Size = Size {
    events: 0,
    bytes: 0,
};

/// Sends batches and upserts.
struct Sender {
    queue: Arc<Queue>,
    transport: Transport,
    #[cfg_attr(
        not(feature = "spool"),
        expect(dead_code, reason = "only the spool's tasks wait for other threads")
    )]
    probe: WorkerProbe,
    /// A pause of the server was logged since the last delivery.
    warned_of_pause: AtomicBool,
}

impl Sender {
    fn new(queue: Arc<Queue>, transport: Transport, probe: WorkerProbe) -> Self {
        Self {
            queue,
            transport,
            probe,
            warned_of_pause: AtomicBool::new(false),
        }
    }

    /// Delivers a batch until each of its events is settled. The first attempt has its permit.
    async fn deliver_events(&self, mut in_flight: InFlightBatch, permit: Permit) {
        let operation = match in_flight.kind {
            SubjectKind::User => Operation::PostUserEvents,
            SubjectKind::Organization => Operation::PostOrganizationEvents,
        };
        let events = in_flight.batch.len();
        let span = self.queue.log.delivery_span(operation, events);
        let mut first = Some(permit);
        while let Some(part) = in_flight.next_part() {
            let permit = if let Some(permit) = first.take() {
                permit
            } else {
                let expired = self.expired(in_flight.oldest());
                match either(self.admit(ask(&part.history)), expired).await {
                    Either::One(permit) => permit,
                    Either::Other(()) => {
                        in_flight.drop_expired();
                        continue;
                    }
                }
            };
            in_flight.drop_expired();
            in_flight.fit(permit.size(), permit.shown());
            let Some(part) = in_flight.next_part() else {
                break;
            };
            if !in_flight.mark_in_flight() {
                // Not sending is better than sending twice.
                drop(permit);
                self.pause(&part.history, in_flight.oldest()).await;
                continue;
            }
            let body = in_flight.batch.body(&part.events);
            let size = in_flight.batch.size(&part.events);
            let Err(error) = self.attempt(operation, body).await else {
                self.delivered(permit, size, &span);
                in_flight.settle(Settlement::Delivered);
                continue;
            };
            let outcome = error.outcome();
            if !part.may_have_arrived && !may_have_arrived(outcome, self.queue.policy.delivery) {
                in_flight.mark_unsent();
            }
            let (attempt, transition) =
                permit.failed(&error, &part.history, size, self.has_backlog());
            self.report(transition, &error);
            let policy = self.queue.policy;
            let judged = in_flight.judge(|history| {
                let verdict = policy.after_events(attempt, part.events.len(), history);
                (verdict, *history)
            });
            let Some((verdict, history)) = judged else {
                break;
            };
            span.failed(&self.queue.log, history.tries(), &error);
            match verdict {
                Verdict::Again => {
                    let is_alone = part.events.len() == 1 && history.is_suspect();
                    if !is_alone || !in_flight.set_aside() {
                        self.pause(&history, in_flight.oldest()).await;
                    }
                }
                Verdict::Halve => in_flight.halve(),
                Verdict::Unknown => in_flight.settle(Settlement::Unknown),
                Verdict::Refused => {
                    in_flight.settle(Settlement::Dropped(DropReason::Refused));
                }
                Verdict::TooLarge => {
                    in_flight.settle(Settlement::Dropped(DropReason::TooLarge));
                }
            }
        }
    }

    /// Delivers an upsert, and those that share its request, until they are settled. The first
    /// attempt has its permit.
    async fn deliver_upsert(&self, in_flight: InFlightUpsert, permit: Permit) {
        let mut first = Some(permit);
        let mut queued = VecDeque::from([in_flight]);
        while let Some(mut in_flight) = queued.pop_front() {
            let settlement = self.request_upsert(&mut in_flight, first.take()).await;
            // One of them may be to blame, or too old.
            if let Settlement::Dropped(reason) = settlement
                && reason != DropReason::Deleted
                && !in_flight.upsert.merged.is_empty()
            {
                let others = in_flight.separate();
                queued = [in_flight]
                    .into_iter()
                    .chain(others)
                    .chain(queued)
                    .collect();
                continue;
            }
            // Dropping it settles them.
            in_flight.settlement = Some(settlement);
        }
    }

    /// Sends the request of an upsert until it is settled.
    async fn request_upsert(
        &self,
        in_flight: &mut InFlightUpsert,
        mut first: Option<Permit>,
    ) -> Settlement {
        let operation = match in_flight.kind {
            SubjectKind::User => Operation::UpsertUser,
            SubjectKind::Organization => Operation::UpsertOrganization,
        };
        let body = in_flight.body();
        let span = self.queue.log.delivery_span(operation, 0);
        loop {
            let permit = if let Some(permit) = first.take() {
                permit
            } else {
                let admit = self.admit(ask(&in_flight.history));
                match either(admit, self.dropped(in_flight)).await {
                    Either::One(permit) => permit,
                    Either::Other(reason) => return Settlement::Dropped(reason),
                }
            };
            if self.queue.is_expired(in_flight.upsert.opened) {
                return Settlement::Dropped(DropReason::Expired);
            }
            match in_flight.turn() {
                Turn::Now => {}
                Turn::Wait => {
                    drop(permit);
                    let expired = self.queue.expired(in_flight.upsert.opened);
                    either(in_flight.wait_for_turn(), expired).await;
                    continue;
                }
                Turn::Never => return Settlement::Dropped(DropReason::Deleted),
            }
            let had_arrived = std::mem::replace(&mut in_flight.may_have_arrived, true);
            let attempted = self.attempt(operation, body.clone()).await;
            in_flight.sent();
            let Err(error) = attempted else {
                self.delivered(permit, NO_EVENTS, &span);
                return Settlement::Delivered;
            };
            in_flight.may_have_arrived = had_arrived || error.outcome().class() == Class::Ambiguous;
            let (attempt, transition) =
                permit.failed(&error, &in_flight.history, NO_EVENTS, self.has_backlog());
            self.report(transition, &error);
            let verdict = Policy::after_upsert(attempt, &mut in_flight.history);
            span.failed(&self.queue.log, in_flight.history.tries(), &error);
            match verdict {
                Verdict::TooLarge => return Settlement::Dropped(DropReason::TooLarge),
                Verdict::Refused => return Settlement::Dropped(DropReason::Refused),
                Verdict::Again | Verdict::Halve | Verdict::Unknown => {
                    let pause = self.queue.control.pause(&in_flight.history);
                    if let Either::Other(reason) = either(pause, self.dropped(in_flight)).await {
                        return Settlement::Dropped(reason);
                    }
                }
            }
        }
    }

    /// Waits until an upsert that is not on its way has to be dropped.
    async fn dropped(&self, in_flight: &InFlightUpsert) -> DropReason {
        let expired = self.queue.expired(in_flight.upsert.opened);
        match either(in_flight.deleted(), expired).await {
            Either::One(()) => DropReason::Deleted,
            Either::Other(()) => DropReason::Expired,
        }
    }

    /// Waits as long as events with this history have to, or until the first ones expire.
    async fn pause(&self, history: &History, oldest: Option<Instant>) {
        either(self.queue.control.pause(history), self.expired(oldest)).await;
    }

    /// Waits until events expire. `oldest` is the moment of the first ones, if there are any.
    async fn expired(&self, oldest: Option<Instant>) {
        match oldest {
            Some(oldest) => self.queue.expired(oldest).await,
            None => std::future::pending().await,
        }
    }

    async fn attempt(&self, operation: Operation, body: Bytes) -> Result<Response, Error> {
        let request = Request::with(operation, body);
        self.transport.attempt_once(&request).await
    }

    /// Whether events wait for a request although one more could be filled.
    fn has_backlog(&self) -> bool {
        let held = self.queue.capacity.usage().events;
        let queued = held.saturating_sub(self.queue.handed_out());
        queued >= self.queue.control.size().events
    }

    /// Reports a successful attempt to the log, the hooks and the control.
    fn delivered(&self, permit: Permit, size: Size, span: &DeliverySpan) {
        span.delivered(&self.queue.log, size.events);
        self.warned_of_pause.store(false, Ordering::Relaxed);
        self.queue.hooks.delivered();
        if permit.answered(size, self.has_backlog()).is_some() {
            self.queue.log.emit(Record::Resumed);
        }
    }

    fn report(&self, transition: Option<Transition>, error: &Error) {
        self.queue.close_old_segments();
        self.warn_of_pause(error);
        let record = transition.map(|transition| match transition {
            Transition::Tripped => Record::Failing(error),
            Transition::Suspended => Record::Suspended(error),
            Transition::Resumed => Record::Resumed,
        });
        if let Some(record) = record {
            self.queue.log.emit(record);
        }
        // Callers of `flush` get an error while delivery is suspended.
        if self.queue.control.is_held() {
            self.queue.progress.notify_waiters();
        }
    }

    /// Logs the first of a series of pauses that are longer than the options have them.
    fn warn_of_pause(&self, error: &Error) {
        let longest = self.queue.longest_pause;
        if let Some(asked) = error.retry_after()
            && asked > longest
            && !self.warned_of_pause.swap(true, Ordering::Relaxed)
        {
            let kept = asked.min(LONGEST_RETRY_AFTER);
            let record = Record::LongPause {
                asked,
                longest,
                kept,
            };
            self.queue.log.emit(record);
        }
    }

    /// Waits until a request may be sent. Probes the server first if that is what may be sent.
    async fn admit(&self, ask: Ask) -> Permit {
        loop {
            match self.queue.control.admit(ask).await {
                Admitted::Request(permit) => return permit,
                Admitted::Probe(probe) => self.probe_server(probe).await,
            }
        }
    }

    /// Sends a request without an effect, which shows whether the server answers.
    async fn probe_server(&self, probe: Probe) {
        // A session may not make this request.
        if self.transport.credential() == Credential::SessionToken {
            return probe.skipped();
        }
        let request = Request::new(Operation::GetVapidPublicKey);
        let attempt = self.transport.attempt_once(&request);
        match attempt.await {
            Err(error) if !policy::is_present(error.outcome()) => {
                self.queue.log.emit(Record::ProbeFailed(&error));
                self.queue.close_old_segments();
                self.warn_of_pause(&error);
                probe.failed(error.retry_after());
            }
            Ok(_) | Err(_) => probe.answered(),
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
