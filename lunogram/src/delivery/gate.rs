//! The gate that every attempt goes through: while the server cannot be reached it lets one attempt through at a time, and
//! waits longer each time, so that an outage costs next to nothing and its end is noticed soon.

use super::options::QueueOptions;
use super::policy::Blame;
use super::time::{Clock, later};
use crate::transport::share;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Attempts that may be repeated at all times, so that the share below means something when there were few.
const FREE_REPEATS: u64 = 10;

/// Of all attempts, at most one in so many may be a repeated one before every pause is the longest.
const SHARE_OF_REPEATS: u64 = 5;

pub(super) struct Gate {
    clock: Clock,
    first_pause: Duration,
    longest_pause: Duration,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Attempts that failed in a row for reasons that concern all.
    failures: u32,
    /// Nothing passes before.
    closed_until: Option<Instant>,
    /// Somebody tries while all others wait.
    probing: bool,
    /// Only somebody's mending the settings will help.
    held: bool,
    attempts: u64,
    repeats: u64,
}

/// The permission to make one attempt. What became of it is told by [`Pass::succeeded`] or [`Pass::failed`].
pub(super) struct Pass<'g> {
    gate: &'g Gate,
    probe: bool,
    /// Attempts before this one with the same payload.
    tries: u32,
}

impl Gate {
    pub(super) fn new(options: &QueueOptions, clock: Clock) -> Self {
        Self {
            clock,
            first_pause: options.first_pause,
            longest_pause: options.longest_pause,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Waits until an attempt may be made; `tries` is how many there were of the same payload.
    pub(super) async fn pass(&self, tries: u32) -> Pass<'_> {
        loop {
            let changed = self.changed.notified();
            let until = {
                let mut state = self.state();
                match state.closed_until {
                    Some(until) if until > self.clock.now() => Some(until),
                    _ if state.probing => None,
                    _ => {
                        let probe = state.failures > 0;
                        state.probing = probe;
                        return Pass {
                            gate: self,
                            probe,
                            tries,
                        };
                    }
                }
            };
            match until {
                Some(until) => self.clock.sleep_until(until).await,
                None => changed.await,
            }
        }
    }

    /// How long the payload itself waits after its `tries`th attempt.
    pub(super) fn pause(&self, tries: u32) -> Duration {
        let state = self.state();
        if state.repeats > FREE_REPEATS + state.attempts / SHARE_OF_REPEATS {
            return self.longest_pause;
        }
        self.jittered(tries)
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
        let doublings = failures.saturating_sub(1).min(31);
        let most = self
            .first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause);
        share(most, self.clock.random())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&mut self, tries: u32) {
        self.attempts += 1;
        self.repeats += u64::from(tries > 0);
    }
}

impl Pass<'_> {
    /// The server answered, and judged what was sent.
    pub(super) fn succeeded(self) {
        let mut state = self.gate.state();
        state.count(self.tries);
        state.failures = 0;
        state.held = false;
        state.closed_until = None;
    }

    /// Nothing else would have succeeded either, where the `blame` is not the batch's. `at_least` is what the server asks
    /// to wait, and holds for all.
    pub(super) fn failed(self, blame: Blame, at_least: Option<Duration>) {
        let mut state = self.gate.state();
        state.count(self.tries);
        let mut pause = at_least.unwrap_or_default();
        if blame != Blame::Batch {
            state.failures = state.failures.saturating_add(1);
            state.held = blame == Blame::Settings;
            pause += self.gate.jittered(state.failures);
        }
        let until = later(self.gate.clock.now(), pause);
        if pause > Duration::ZERO && state.closed_until.is_none_or(|known| known < until) {
            state.closed_until = Some(until);
        }
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
