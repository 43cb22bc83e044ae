//! Circuit breaker with a retry budget. Every attempt needs a [`Permit`] from it.
//!
//! After a failure that would affect every request, the breaker lets one probing attempt through at
//! a time, with growing pauses between them, so that an outage is cheap and its end is noticed
//! soon.
//!
//! During an outage the client sends at most [`FREE_RETRIES`] extra requests, plus one per
//! [`REQUESTS_PER_RETRY`] regular requests, plus one per maximum-length pause.

use super::options::QueueOptions;
use super::policy::Blame;
use crate::clock::{Clock, either, later};
use crate::wire::{Backoff, fraction};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Failed attempts that an outage may cost regardless of the traffic: [`PROMPT_RETRIES`] at the
/// usual pace, and then those whose pauses are each about as long as the outage has lasted.
const FREE_RETRIES: u64 = 30;

/// Free retries at the usual pace. The remaining two thirds cover the longer pauses, whose number
/// grows with the logarithm of the outage's length.
const PROMPT_RETRIES: u64 = FREE_RETRIES / 3;

/// Upper bound of every pause, even over budget, so that the end of an outage is noticed.
const MAX_PAUSE: Duration = Duration::from_secs(15 * 60);

/// A pause is at most this fraction of the event deadline.
const PAUSES_PER_DEADLINE: u32 = 12;

/// Number of regular requests that earn one more retry at the usual pace.
const REQUESTS_PER_RETRY: u64 = 5;

/// Consecutive failures after which an outage is reported.
const OUTAGE_FAILURES: u32 = 3;

pub(super) struct CircuitBreaker {
    clock: Clock,
    backoff: Backoff,
    /// Upper bound of pauses over budget.
    max_pause: Duration,
    /// Retry budget, in regular requests: each failed attempt spends [`REQUESTS_PER_RETRY`]. A
    /// success caps it at the initial amount, so that an outage is paid for by its own traffic.
    budget: AtomicU64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Consecutive failures that would have affected every request.
    failures: u32,
    /// When the first of those failures happened.
    failing_since: Option<Instant>,
    /// No attempt is permitted before this moment.
    blocked_until: Option<Instant>,
    /// While the budget is exhausted, no attempt is permitted before this moment either.
    over_budget_until: Option<Instant>,
    /// One attempt is probing the server; all others wait.
    probing: bool,
    /// Delivery is suspended until the configuration (key or URL) is fixed.
    held: bool,
    /// The failure has been reported, so its end will be, too.
    reported: bool,
    attempts: u64,
    repeated: u64,
}

/// A change of state that is reported to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// An outage has begun.
    Tripped,
    /// The server rejects the configuration; delivery is suspended.
    Suspended,
    /// Delivery works again.
    Resumed,
}

/// Permission to make one attempt. Its holder reports the result with [`Permit::succeeded`] or
/// [`Permit::failed`].
pub(super) struct Permit<'b> {
    breaker: &'b CircuitBreaker,
    probe: bool,
    /// Earlier attempts with the same payload.
    tries: u32,
}

impl CircuitBreaker {
    pub(super) fn new(options: &QueueOptions, event_deadline: Duration, clock: Clock) -> Self {
        Self {
            clock,
            backoff: Backoff {
                first: options.first_pause,
                longest: options.longest_pause,
            },
            max_pause: MAX_PAUSE
                .min(event_deadline / PAUSES_PER_DEADLINE)
                .max(options.longest_pause),
            budget: AtomicU64::new(PROMPT_RETRIES * REQUESTS_PER_RETRY),
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Adds one regular request, to be sent now or later, to the budget.
    pub(super) fn add_to_budget(&self) {
        if self.budget.fetch_add(1, Ordering::Relaxed) == REQUESTS_PER_RETRY - 1 {
            self.changed.notify_waiters();
        }
    }

    /// Waits until an attempt may be permitted. Another task may take the permit first.
    pub(super) async fn ready(&self) {
        loop {
            let changed = self.changed.notified();
            let until = {
                let state = self.state();
                match self.blocked_until(&state) {
                    None if !state.probing => return,
                    until => until,
                }
            };
            match until {
                Some(until) => {
                    either(self.clock.sleep_until(until), changed).await;
                }
                None => changed.await,
            }
        }
    }

    /// Permits an attempt, unless the breaker is blocked or another attempt is probing. `tries`
    /// counts earlier attempts with the same payload.
    pub(super) fn try_permit(&self, tries: u32) -> Option<Permit<'_>> {
        let mut state = self.state();
        if state.probing || self.blocked_until(&state).is_some() {
            return None;
        }
        let probe = state.failures > 0;
        state.probing = probe;
        Some(Permit {
            breaker: self,
            probe,
            tries,
        })
    }

    /// How long a payload waits after its `tries`th attempt, if the failure concerns it alone.
    pub(super) fn pause(&self, tries: u32) -> Duration {
        if self.is_over_budget() {
            return self.backoff.longest;
        }
        self.jittered_pause(tries)
    }

    fn is_over_budget(&self) -> bool {
        self.budget.load(Ordering::Relaxed) < REQUESTS_PER_RETRY
    }

    fn spend_retry(&self) {
        let less = |budget: u64| Some(budget.saturating_sub(REQUESTS_PER_RETRY));
        // Cannot fail: `less` always returns a value.
        let _ = (self.budget).fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    fn blocked_until(&self, state: &State) -> Option<Instant> {
        let over_budget_until = state.over_budget_until.filter(|_| self.is_over_budget());
        let until = state.blocked_until.max(over_budget_until)?;
        (until > self.clock.now()).then_some(until)
    }

    /// A pause about as long as the outage has lasted, within bounds.
    fn over_budget_pause(&self, state: &State, now: Instant) -> Duration {
        let since = state.failing_since.unwrap_or(now);
        let lasted = now.saturating_duration_since(since);
        let most = lasted.clamp(self.backoff.longest, self.max_pause);
        // Only a quarter is jitter: with full jitter the pauses would be shorter and more numerous.
        most.saturating_sub(fraction(most / 4, self.clock.random()))
    }

    /// Whether delivery is suspended until the configuration is fixed.
    pub(super) fn is_held(&self) -> bool {
        self.state().held
    }

    /// The number of attempts, and how many of them repeated an earlier one.
    pub(super) fn counts(&self) -> (u64, u64) {
        let state = self.state();
        (state.attempts, state.repeated)
    }

    fn jittered_pause(&self, failures: u32) -> Duration {
        self.backoff.pause(failures, self.clock.random())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The transition to report after a failure, unless this outage was reported already.
    fn transition(&mut self, blame: Blame) -> Option<Transition> {
        let transition = match blame {
            Blame::Settings => Transition::Suspended,
            Blame::Server if self.failures >= OUTAGE_FAILURES => Transition::Tripped,
            Blame::Server | Blame::Batch => return None,
        };
        (!std::mem::replace(&mut self.reported, true)).then_some(transition)
    }

    fn count(&mut self, tries: u32) {
        self.attempts += 1;
        self.repeated += u64::from(tries > 0);
    }
}

impl Permit<'_> {
    /// The server answered and judged the payload, whether it accepted or refused it.
    #[must_use]
    pub(super) fn succeeded(self) -> Option<Transition> {
        let mut state = self.breaker.state();
        let was_reported = std::mem::take(&mut state.reported);
        state.count(self.tries);
        state.failures = 0;
        state.failing_since = None;
        state.held = false;
        state.blocked_until = None;
        state.over_budget_until = None;
        let most = PROMPT_RETRIES * REQUESTS_PER_RETRY;
        self.breaker.budget.fetch_min(most, Ordering::Relaxed);
        was_reported.then_some(Transition::Resumed)
    }

    /// The attempt failed. Unless `blame` is the batch, any other request would have failed, too.
    /// `at_least` is the server's `Retry-After` and applies to all requests.
    #[must_use]
    pub(super) fn failed(self, blame: Blame, at_least: Option<Duration>) -> Option<Transition> {
        let mut state = self.breaker.state();
        state.count(self.tries);
        self.breaker.spend_retry();
        let now = self.breaker.clock.now();
        let mut pause = at_least.unwrap_or_default();
        if blame != Blame::Batch {
            state.failures = state.failures.saturating_add(1);
            state.failing_since.get_or_insert(now);
            state.held = blame == Blame::Settings;
            pause += self.breaker.jittered_pause(state.failures);
            let over_budget_pause = self.breaker.over_budget_pause(&state, now);
            state.over_budget_until = Some(later(now, over_budget_pause));
        }
        let until = later(now, pause);
        if pause > Duration::ZERO && state.blocked_until.is_none_or(|known| known < until) {
            state.blocked_until = Some(until);
        }
        state.transition(blame)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.state().probing = false;
        }
        self.breaker.changed.notify_waiters();
    }
}
