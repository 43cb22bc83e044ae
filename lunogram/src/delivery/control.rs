//! Control of one queue's requests: the rules of health, size and pace, and the requests in flight,
//! behind one lock. Every request needs a [`Permit`] from here.

use super::options::QueueOptions;
use super::rules::apart::History;
use super::rules::health::{Failure, Health, Leave, Shown, Transition};
use super::rules::pace::Pace;
use super::rules::policy::{self, Attempt, Report};
use super::rules::sizing::Sizing;
use crate::clock::{Clock, either};
use crate::error::Error;
use crate::wire::Backoff;
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

pub(super) struct Control {
    clock: Clock,
    state: Mutex<State>,
    /// Notified when a request has ended, and when the application waits for delivery.
    changed: Notify,
    /// Notified when the application waits for delivery.
    urged: Notify,
}

struct State {
    health: Health,
    sizing: Sizing,
    pace: Pace,
    /// The requests in flight, oldest first: their start and number.
    flying: BTreeSet<(Instant, u64)>,
    /// Those who wait for a permit, in the order in which they are preferred for a canary.
    waiting: BTreeSet<Place>,
    next_number: u64,
    attempts: u64,
    repeated: u64,
    /// The latest answer that has suspended delivery.
    suspended_by: Option<Error>,
}

/// A place among those who wait for a permit: rank and number.
type Place = (u32, u64);

/// The events or the upsert of a request, as far as it matters for a permit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ask {
    /// The moment of the failure after which they may be in.
    pub(super) doubt: Option<Instant>,
    /// The lowest rank is preferred for a canary: 0 for payloads that were never sent.
    pub(super) rank: u32,
    /// Earlier attempts.
    pub(super) tries: u32,
}

/// The events of a request; 0 for an upsert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) events: usize,
    /// Of the whole body. A larger event is sent alone.
    pub(super) bytes: usize,
}

/// The permission to send something.
pub(super) enum Admitted {
    Request(Permit),
    /// First of all a probe.
    Probe(Probe),
}

/// Permission to send one request. Its holder reports the result with [`Permit::answered`] or
/// [`Permit::failed`].
pub(super) struct Permit {
    control: Arc<Control>,
    started_at: Instant,
    number: u64,
    /// It may carry one event or one upsert.
    is_canary: bool,
    tries: u32,
    /// The server's health when the request left.
    then: Shown,
}

/// Permission to send a probe. Dropping it counts as a failure.
pub(super) struct Probe {
    control: Arc<Control>,
    ended: bool,
}

impl Control {
    /// `most` is the largest size of a request, and `event_deadline` the one in force.
    pub(super) fn new(
        options: &QueueOptions,
        most: Size,
        event_deadline: Duration,
        clock: Clock,
    ) -> Self {
        Self {
            clock,
            state: Mutex::new(State {
                health: Health::new(Backoff {
                    first: options.first_pause,
                    longest: options.longest_pause,
                }),
                sizing: Sizing::new(most.events, most.bytes, options.in_flight),
                pace: Pace::new(options.batch_age, options.requests_per_minute)
                    .within(event_deadline),
                flying: BTreeSet::new(),
                waiting: BTreeSet::new(),
                next_number: 0,
                attempts: 0,
                repeated: 0,
                suspended_by: None,
            }),
            changed: Notify::new(),
            urged: Notify::new(),
        }
    }

    /// The most that a request carries now.
    pub(super) fn size(&self) -> Size {
        self.state().size()
    }

    /// The moment at which a request may leave whose oldest event was ready at `oldest`; it may
    /// have passed. `full` is for a request that does not wait for other events.
    pub(super) fn next(&self, oldest: Instant, full: bool) -> Instant {
        self.state().pace.next(oldest, full)
    }

    /// Waits until a request or a probe may be sent.
    pub(super) async fn admit(self: &Arc<Self>, ask: Ask) -> Admitted {
        let waiting = Waiting::new(self, ask.rank);
        loop {
            let mut changed = pin!(self.changed.notified());
            // Registered before the attempt, so that a change in between wakes it.
            changed.as_mut().enable();
            match self.try_admit(ask, waiting.place) {
                Ok(admitted) => return admitted,
                Err(Some(moment)) => {
                    either(self.clock.sleep_until(moment), changed).await;
                }
                Err(None) => changed.await,
            }
        }
    }

    /// The error is the moment at which it may be different; without a moment, after a change.
    fn try_admit(self: &Arc<Self>, ask: Ask, place: Place) -> Result<Admitted, Option<Instant>> {
        let now = self.clock.now();
        let mut state = self.state();
        let leave = state
            .health
            .may_leave(now, ask.doubt.max(state.overdue(now)));
        match leave {
            Leave::Nothing(until) => return Err(until),
            Leave::OneCanary if state.waiting.first() != Some(&place) => return Err(None),
            Leave::OneProbe | Leave::OneCanary | Leave::Anything => {}
        }
        if state.flying.len() >= state.sizing.requests() {
            return Err(None);
        }
        let moment = state.pace.next(now, true);
        if moment > now {
            return Err(Some(moment));
        }
        state.pace.sent(now);
        if leave == Leave::OneProbe {
            state.health.probe_sent();
            return Ok(Admitted::Probe(Probe {
                control: Arc::clone(self),
                ended: false,
            }));
        }
        let is_canary = leave == Leave::OneCanary;
        if is_canary {
            state.health.canary_sent();
        }
        let number = state.number();
        state.flying.insert((now, number));
        let then = state.health.shown();
        Ok(Admitted::Request(Permit {
            control: Arc::clone(self),
            started_at: now,
            number,
            is_canary,
            tries: ask.tries,
            then,
        }))
    }

    /// The application waits for delivery: payloads that wait for a pause are tried at once.
    pub(super) fn urge(&self) {
        self.state().health.urge();
        self.changed.notify_waiters();
        self.urged.notify_waiters();
    }

    /// Waits before a payload is sent again. Its failure is in the history.
    pub(super) async fn pause(&self, history: &History) {
        let random = self.clock.random();
        let pause = history.pause(&self.state().health, random);
        either(self.clock.sleep(pause), self.urged.notified()).await;
    }

    /// Whether delivery is suspended until the configuration is fixed.
    pub(super) fn is_held(&self) -> bool {
        self.state().health.is_held()
    }

    /// Whether no request may leave now, even if it is full: during an outage, and while the server
    /// asks to wait.
    pub(super) fn is_held_up(&self) -> bool {
        let now = self.clock.now();
        let state = self.state();
        state.health.may_leave(now, None) != Leave::Anything || state.pace.next(now, true) > now
    }

    /// If delivery is suspended, the error that says so, with the answer of the server. `state` is
    /// its text.
    pub(super) fn suspension(&self, state: impl FnOnce() -> String) -> Option<Error> {
        let guard = self.state();
        let answer = guard.suspended_by.as_ref();
        let answer = answer.filter(|_| guard.health.is_held())?;
        // The state may be that of this queue.
        let answer = answer.as_reason_for("");
        drop(guard);
        Some(answer.as_reason_for(&state()))
    }

    /// The age of a payload accepted at `opened`, without the time in which delivery was suspended.
    pub(super) fn age(&self, opened: Instant) -> Duration {
        let now = self.clock.now();
        let held = self.state().health.held_between(opened, now);
        now.saturating_duration_since(opened).saturating_sub(held)
    }

    /// The number of requests, and how many of them repeated an earlier one.
    pub(super) fn counts(&self) -> (u64, u64) {
        let state = self.state();
        (state.attempts, state.repeated)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The doubt about the server if an answer is overdue.
    fn overdue(&self, now: Instant) -> Option<Instant> {
        let (started_at, _) = self.flying.first()?;
        Health::overdue(*started_at, now)
    }

    /// A unique number.
    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    fn size(&self) -> Size {
        Size {
            events: self.sizing.events(),
            bytes: self.sizing.bytes(),
        }
    }

    fn count(&mut self, tries: u32) {
        self.attempts += 1;
        self.repeated += u64::from(tries > 0);
    }
}

impl Permit {
    /// The most that the request may carry.
    pub(super) fn size(&self) -> Size {
        let size = self.control.size();
        if self.is_canary {
            Size { events: 1, ..size }
        } else {
            size
        }
    }

    /// The server's health as the latest requests have shown it.
    pub(super) fn shown(&self) -> Shown {
        self.control.state().health.shown()
    }

    /// The server answered that it has accepted the payload. `backlog`: other events waited for a
    /// request.
    #[must_use]
    pub(super) fn answered(self, sent: Size, backlog: bool) -> Option<Transition> {
        let mut state = self.control.state();
        state.count(self.tries);
        self.judged(&mut state, sent, backlog)
    }

    /// The attempt failed. `history` is that of its payload before this failure.
    #[must_use]
    pub(super) fn failed(
        self,
        error: &Error,
        history: &History,
        sent: Size,
        backlog: bool,
    ) -> (Attempt, Option<Transition>) {
        let (now, random) = (self.control.clock.now(), self.control.clock.random());
        let (outcome, retry_after) = (error.outcome(), error.retry_after());
        let mut state = self.control.state();
        state.count(self.tries);
        let transition = match policy::report(outcome, history) {
            Report::Answered => self.judged(&mut state, sent, backlog),
            Report::Limited => {
                let pace = &mut state.pace;
                pace.refused(self.started_at, now, retry_after, random);
                None
            }
            Report::Nothing => state.health.failed_alone(),
            Report::Failed(failure) => {
                if failure == Failure::Settings {
                    state.suspended_by = Some(error.as_reason_for(""));
                }
                let took = now.saturating_duration_since(self.started_at);
                if policy::is_lost(outcome, took) && sent.events > 0 {
                    state.sizing.lost(sent.events, sent.bytes, took);
                } else {
                    state.sizing.failed();
                }
                let health = &mut state.health;
                health.failed(failure, self.started_at, now, retry_after, random)
            }
        };
        let shown = state.health.shown().since(self.then);
        drop(state);
        let attempt = Attempt {
            outcome,
            now,
            shown,
        };
        (attempt, transition)
    }

    /// The server has judged the payload, whether it accepted or refused it.
    fn judged(&self, state: &mut State, sent: Size, backlog: bool) -> Option<Transition> {
        let now = self.control.clock.now();
        if sent.events > 0 {
            let took = now.saturating_duration_since(self.started_at);
            let in_flight = state.flying.len();
            (state.sizing).answered(sent.events, sent.bytes, took, in_flight, backlog);
        }
        state.health.succeeded(self.started_at, now)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        {
            let mut state = self.control.state();
            state.flying.remove(&(self.started_at, self.number));
            if self.is_canary {
                state.health.canary_ended();
            }
        }
        self.control.changed.notify_waiters();
    }
}

impl Probe {
    /// The server is there.
    pub(super) fn answered(self) {
        self.control.state().count(0);
        self.skipped();
    }

    /// No probe can be sent, so a canary decides.
    pub(super) fn skipped(mut self) {
        self.ended = true;
        let now = self.control.clock.now();
        self.control.state().health.probe_answered(now);
    }

    pub(super) fn failed(mut self, retry_after: Option<Duration>) {
        self.ended = true;
        self.control.state().count(0);
        let (now, random) = (self.control.clock.now(), self.control.clock.random());
        let mut state = self.control.state();
        state.health.probe_failed(now, retry_after, random);
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if !self.ended {
            // The payload that waited for it has expired or was deleted: it shows nothing.
            let (now, random) = (self.control.clock.now(), self.control.clock.random());
            self.control.state().health.probe_cancelled(now, random);
        }
        self.control.changed.notify_waiters();
    }
}

/// Guard: keeps a place in [`State::waiting`].
struct Waiting<'c> {
    control: &'c Control,
    place: Place,
}

impl<'c> Waiting<'c> {
    fn new(control: &'c Control, rank: u32) -> Self {
        let mut state = control.state();
        let place = (rank, state.number());
        state.waiting.insert(place);
        Self { control, place }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.control.state().waiting.remove(&self.place);
        // Another one may be the first now.
        self.control.changed.notify_waiters();
    }
}
