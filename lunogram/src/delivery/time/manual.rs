//! A clock that stands until it is moved.

use super::later;
use super::watch::Watch;
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Manual {
    state: Mutex<State>,
    moved: Notify,
    /// Tells when a worker has nothing to do, or has ended.
    rested: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    now: Instant,
    random: u64,
    /// The moments that are waited for, and by how many.
    awaited: BTreeMap<Instant, usize>,
    workers: Vec<Weak<Watch>>,
}

impl Manual {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                now: Instant::now(),
                random: seed,
                awaited: BTreeMap::new(),
                workers: Vec::new(),
            }),
            moved: Notify::new(),
            rested: Arc::default(),
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        {
            let mut state = self.state();
            state.now = later(state.now, by);
        }
        self.moved.notify_waiters();
    }

    /// Waits until no worker has anything to do before the clock is moved, and tells how far away the moment is that the
    /// first of them waits for.
    pub(crate) async fn idle(&self) -> Option<Duration> {
        let workers = {
            let mut state = self.state();
            state.workers.retain(|worker| worker.strong_count() > 0);
            state.workers.clone()
        };
        let asked: Vec<_> = workers
            .into_iter()
            .filter_map(|worker| Some((worker.upgrade()?.ask(), worker)))
            .collect();
        loop {
            let mut rested = pin!(self.rested.notified());
            rested.as_mut().enable();
            let rests = |(number, worker): &(u64, Weak<Watch>)| {
                let worker = worker.upgrade();
                worker.is_none_or(|worker| worker.rests_since(*number))
            };
            if asked.iter().all(rests) {
                break;
            }
            rested.await;
        }
        let state = self.state();
        let (next, _) = state.awaited.first_key_value()?;
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
        let mut awaited = None;
        loop {
            let mut moved = pin!(self.moved.notified());
            // Before the look at the clock: it may be moved between the two.
            moved.as_mut().enable();
            if self.now() >= moment {
                return;
            }
            awaited.get_or_insert_with(|| Awaited::new(self, moment));
            moved.await;
        }
    }

    pub(super) fn watch(&self) -> Arc<Watch> {
        let watch = Arc::new(Watch::new(Arc::clone(&self.rested)));
        self.state().workers.push(Arc::downgrade(&watch));
        watch
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment that somebody waits for.
struct Awaited<'c> {
    clock: &'c Manual,
    moment: Instant,
}

impl<'c> Awaited<'c> {
    fn new(clock: &'c Manual, moment: Instant) -> Self {
        *clock.state().awaited.entry(moment).or_default() += 1;
        Self { clock, moment }
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        if let Some(count) = state.awaited.get_mut(&self.moment) {
            *count -= 1;
            if *count == 0 {
                state.awaited.remove(&self.moment);
            }
        }
    }
}
