//! The state of a test's clock: it stands still until it is advanced.

use super::idle_probe::IdleProbe;
use super::later;
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Manual {
    state: Mutex<State>,
    advanced: Notify,
    /// Notified when a worker becomes idle or ends.
    idle: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    now: Instant,
    random: u64,
    /// Deadlines of pending sleeps, with the number of sleepers of each.
    sleepers: BTreeMap<Instant, usize>,
    workers: Vec<Weak<IdleProbe>>,
}

impl Manual {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                now: Instant::now(),
                random: seed,
                sleepers: BTreeMap::new(),
                workers: Vec::new(),
            }),
            advanced: Notify::new(),
            idle: Arc::default(),
        }
    }

    pub(super) fn advance(&self, by: Duration) {
        {
            let mut state = self.state();
            state.now = later(state.now, by);
        }
        self.advanced.notify_waiters();
    }

    /// Waits until every worker is idle, and returns the time until the earliest pending sleep
    /// ends.
    pub(super) async fn idle(&self) -> Option<Duration> {
        let workers = {
            let mut state = self.state();
            state.workers.retain(|worker| worker.strong_count() > 0);
            state.workers.clone()
        };
        let pinged: Vec<_> = workers
            .into_iter()
            .filter_map(|worker| Some((worker.upgrade()?.ping(), worker)))
            .collect();
        loop {
            let mut idle = pin!(self.idle.notified());
            idle.as_mut().enable();
            let is_idle = |(ping, worker): &(u64, Weak<IdleProbe>)| {
                let worker = worker.upgrade();
                worker.is_none_or(|worker| worker.is_idle_since(*ping))
            };
            if pinged.iter().all(is_idle) {
                break;
            }
            idle.await;
        }
        let state = self.state();
        let (next, _) = state.sleepers.first_key_value()?;
        Some(next.saturating_duration_since(state.now))
    }

    pub(super) fn now(&self) -> Instant {
        self.state().now
    }

    /// The next number of `SplitMix64`.
    pub(super) fn random(&self) -> u64 {
        let mut state = self.state();
        state.random = state.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) async fn sleep_until(&self, moment: Instant) {
        let mut sleeper = None;
        loop {
            let mut advanced = pin!(self.advanced.notified());
            // Enabled before the clock is read: it may be advanced in between.
            advanced.as_mut().enable();
            if self.now() >= moment {
                return;
            }
            sleeper.get_or_insert_with(|| Sleeper::new(self, moment));
            advanced.await;
        }
    }

    pub(super) fn new_probe(&self) -> Arc<IdleProbe> {
        let probe = Arc::new(IdleProbe::new(Arc::clone(&self.idle)));
        self.state().workers.push(Arc::downgrade(&probe));
        probe
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a pending sleep listed in [`State::sleepers`].
struct Sleeper<'c> {
    clock: &'c Manual,
    moment: Instant,
}

impl<'c> Sleeper<'c> {
    fn new(clock: &'c Manual, moment: Instant) -> Self {
        *clock.state().sleepers.entry(moment).or_default() += 1;
        Self { clock, moment }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        if let Some(count) = state.sleepers.get_mut(&self.moment) {
            *count -= 1;
            if *count == 0 {
                state.sleepers.remove(&self.moment);
            }
        }
    }
}
