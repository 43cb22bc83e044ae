//! The gate that every attempt goes through: while the server cannot be reached it lets one attempt through at a time, and
//! waits longer each time, so that an outage costs next to nothing and its end is noticed soon.
//!
//! An outage costs at most [`FREE_REPEATS`] requests, one for each [`PRICE`] that its traffic takes anyway, and one for each pause
//! that is as long as a pause may be.

use super::options::QueueOptions;
use super::policy::Blame;
use super::time::{Clock, later};
use super::worker::either;
use crate::wire::{Backoff, fraction};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Attempts that an outage may cost however little there is to send: a few at the usual pace, and those between
/// which the pauses are about as long as the outage was until then.
const FREE_REPEATS: u64 = 30;

/// Those of them at the usual pace. The others grow in number with the logarithm of the outage's length.
const PROMPT_REPEATS: u64 = FREE_REPEATS / 3;

/// No pause is longer than this, however much an outage has cost: its end has to be noticed.
const RAREST: Duration = Duration::from_secs(15 * 60);

/// Nor longer than this part of the time in which an event has to be delivered.
const PART_OF_DEADLINE: u32 = 12;

/// So many requests that there are to send pay for one more attempt at the usual pace.
const PRICE: u64 = 5;

/// Failures in a row that are more than a hitch.
const AN_OUTAGE: u32 = 3;

pub(super) struct Gate {
    clock: Clock,
    first_pause: Duration,
    longest_pause: Duration,
    /// What no pause exceeds.
    rarest: Duration,
    /// What the traffic has paid for attempts that fail, [`PRICE`] for each. What it pays while all is well is not hoarded:
    /// an outage is paid for by its own traffic.
    credit: AtomicU64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Attempts that failed in a row for reasons that concern all.
    failures: u32,
    /// When the first of them failed.
    failing_since: Option<Instant>,
    /// Nothing passes before.
    closed_until: Option<Instant>,
    /// Nor before this one, as long as more failed than the traffic pays for.
    dear_until: Option<Instant>,
    /// Somebody tries while all others wait.
    probing: bool,
    /// Only somebody's mending the settings will help.
    held: bool,
    /// Somebody was told that nothing can be delivered.
    told: bool,
    attempts: u64,
    repeats: u64,
}

/// Something that somebody may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// An outage has begun.
    Failing,
    /// The settings have to be mended.
    Held,
    /// Either has ended.
    Mended,
}

/// The permission to make one attempt. What became of it is told by [`Pass::succeeded`] or [`Pass::failed`].
pub(super) struct Pass<'g> {
    gate: &'g Gate,
    probe: bool,
    /// Attempts before this one with the same payload.
    tries: u32,
}

impl Gate {
    pub(super) fn new(options: &QueueOptions, event_deadline: Duration, clock: Clock) -> Self {
        Self {
            clock,
            first_pause: options.first_pause,
            longest_pause: options.longest_pause,
            rarest: RAREST
                .min(event_deadline / PART_OF_DEADLINE)
                .max(options.longest_pause),
            credit: AtomicU64::new(PROMPT_REPEATS * PRICE),
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// One more request is to be sent, now or later.
    pub(super) fn expect(&self) {
        if self.credit.fetch_add(1, Ordering::Relaxed) == PRICE - 1 {
            self.changed.notify_waiters();
        }
    }

    /// Waits until an attempt may be made, if nobody else is quicker.
    pub(super) async fn open(&self) {
        loop {
            let changed = self.changed.notified();
            let until = {
                let state = self.state();
                match self.closed_until(&state) {
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

    /// The permission for an attempt, if it may be made now; `tries` is how many there were of the same payload.
    pub(super) fn pass(&self, tries: u32) -> Option<Pass<'_>> {
        let mut state = self.state();
        if state.probing || self.closed_until(&state).is_some() {
            return None;
        }
        let probe = state.failures > 0;
        state.probing = probe;
        Some(Pass {
            gate: self,
            probe,
            tries,
        })
    }

    /// How long the payload itself waits after its `tries`th attempt.
    pub(super) fn pause(&self, tries: u32) -> Duration {
        if self.is_dear() {
            return self.longest_pause;
        }
        self.jittered(tries)
    }

    /// Whether more attempts failed than the traffic pays for.
    fn is_dear(&self) -> bool {
        self.credit.load(Ordering::Relaxed) < PRICE
    }

    fn pay(&self) {
        let less = |credit: u64| Some(credit.saturating_sub(PRICE));
        // It always has something to say.
        let _ = (self.credit).fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    fn closed_until(&self, state: &State) -> Option<Instant> {
        let dear_until = state.dear_until.filter(|_| self.is_dear());
        let until = state.closed_until.max(dear_until)?;
        (until > self.clock.now()).then_some(until)
    }

    /// A pause about as long as the outage was until now, within bounds.
    fn dear_pause(&self, state: &State, now: Instant) -> Duration {
        let since = state.failing_since.unwrap_or(now);
        let lasted = now.saturating_duration_since(since);
        let most = lasted.clamp(self.longest_pause, self.rarest);
        // Only a quarter of it at random: shorter pauses would be more of them.
        most.saturating_sub(fraction(most / 4, self.clock.random()))
    }

    /// Whether only somebody's mending the settings will help.
    pub(super) fn is_held(&self) -> bool {
        self.state().held
    }

    /// Attempts, and those among them that were repeated.
    pub(super) fn counts(&self) -> (u64, u64) {
        let state = self.state();
        (state.attempts, state.repeats)
    }

    /// A random part of a pause that doubles with each failure: many clients do not come back in step.
    fn jittered(&self, failures: u32) -> Duration {
        let backoff = Backoff {
            first: self.first_pause,
            longest: self.longest_pause,
        };
        backoff.pause(failures, self.clock.random())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What there is to be told after a failure, if it was not told before.
    fn turn(&mut self, blame: Blame) -> Option<Turn> {
        let turn = match blame {
            Blame::Settings => Turn::Held,
            Blame::Server if self.failures >= AN_OUTAGE => Turn::Failing,
            Blame::Server | Blame::Batch => return None,
        };
        (!std::mem::replace(&mut self.told, true)).then_some(turn)
    }

    fn count(&mut self, tries: u32) {
        self.attempts += 1;
        self.repeats += u64::from(tries > 0);
    }
}

impl Pass<'_> {
    /// The server answered, and judged what was sent.
    #[must_use]
    pub(super) fn succeeded(self) -> Option<Turn> {
        let mut state = self.gate.state();
        let was_told = std::mem::take(&mut state.told);
        state.count(self.tries);
        state.failures = 0;
        state.failing_since = None;
        state.held = false;
        state.closed_until = None;
        state.dear_until = None;
        let most = PROMPT_REPEATS * PRICE;
        self.gate.credit.fetch_min(most, Ordering::Relaxed);
        was_told.then_some(Turn::Mended)
    }

    /// Nothing else would have succeeded either, where the `blame` is not the batch's. `at_least` is what the server asks
    /// to wait, and holds for all.
    #[must_use]
    pub(super) fn failed(self, blame: Blame, at_least: Option<Duration>) -> Option<Turn> {
        let mut state = self.gate.state();
        state.count(self.tries);
        self.gate.pay();
        let now = self.gate.clock.now();
        let mut pause = at_least.unwrap_or_default();
        if blame != Blame::Batch {
            state.failures = state.failures.saturating_add(1);
            state.failing_since.get_or_insert(now);
            state.held = blame == Blame::Settings;
            pause += self.gate.jittered(state.failures);
            state.dear_until = Some(later(now, self.gate.dear_pause(&state, now)));
        }
        let until = later(now, pause);
        if pause > Duration::ZERO && state.closed_until.is_none_or(|known| known < until) {
            state.closed_until = Some(until);
        }
        state.turn(blame)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.gate.state().probing = false;
        }
        self.gate.changed.notify_waiters();
    }
}
