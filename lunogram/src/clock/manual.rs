//! The state of a test's clock: it stands still until it is advanced.

use super::idle_probe::{IdleProbe, is_probed_thread};
use super::later;
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Numbers of sleepers and exchanges. Those of exchanges reach servers of other clocks, too, so all
/// clocks share them.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

fn next_number() -> u64 {
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

#[derive(Debug)]
pub(crate) struct Manual {
    state: Mutex<State>,
    /// Notified when a worker becomes idle or ends, and when one of the conditions of
    /// [`State::is_idle`] changes.
    idle: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    now: Instant,
    random: u64,
    /// Pending sleeps by their end and a number.
    sleepers: BTreeMap<(Instant, u64), Pending>,
    /// Wakers of those who wait for a moment without counting as a sleep.
    watchers: BTreeMap<(Instant, u64), Waker>,
    workers: Vec<Weak<IdleProbe>>,
    exchanges: HashMap<u64, InFlight>,
    /// The requests on which servers work, by the number of the exchange, which may have ended.
    work: HashMap<u64, Work>,
    /// Counts the changes that may give a worker something to do. A worker that was idle before
    /// one of them has to be asked again.
    changes: u64,
}

/// A pending sleep.
#[derive(Debug)]
struct Pending {
    /// `None` once it was woken.
    waker: Option<Waker>,
    /// Whether it belongs to a thread with a probe, which knows better whether it is idle.
    is_probed: bool,
}

/// A request in flight.
#[derive(Debug, Default)]
struct InFlight {
    /// Whether a server of this clock has it.
    is_known: bool,
    /// Wakes the client when a server of this clock has it.
    when_known: Option<Waker>,
    /// Whether the server has answered it, or cut its connection.
    is_answered: bool,
}

/// The server's work on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    InProgress,
    /// It waits for time.
    Waits,
}

impl State {
    /// Whether nothing outside of the probed threads is about to happen at this time.
    fn is_idle(&self) -> bool {
        let waits =
            |(id, exchange): (&u64, &InFlight)| !exchange.is_answered && self.work.contains_key(id);
        self.work.values().all(|work| *work == Work::Waits)
            && self.exchanges.iter().all(waits)
            && self
                .sleepers
                .iter()
                .take_while(|((until, _), _)| *until <= self.now)
                .all(|(_, pending)| pending.is_probed)
    }
}

impl Manual {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                now: Instant::now(),
                random: seed,
                sleepers: BTreeMap::new(),
                watchers: BTreeMap::new(),
                workers: Vec::new(),
                exchanges: HashMap::new(),
                work: HashMap::new(),
                changes: 0,
            }),
            idle: Arc::default(),
        }
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut due = Vec::new();
        {
            let mut state = self.state();
            let now = later(state.now, by);
            state.now = now;
            for (_, pending) in state.sleepers.range_mut(..=(now, u64::MAX)) {
                due.extend(pending.waker.take());
            }
            let later = state.watchers.split_off(&(now, u64::MAX));
            due.extend(std::mem::replace(&mut state.watchers, later).into_values());
        }
        due.into_iter().for_each(Waker::wake);
    }

    /// Waits until nothing happens at the current time, and returns the time until the earliest
    /// pending sleep ends.
    pub(super) async fn idle(&self) -> Option<Duration> {
        loop {
            self.until(State::is_idle).await;
            let (changes, workers) = {
                let mut state = self.state();
                state.workers.retain(|worker| worker.strong_count() > 0);
                (state.changes, state.workers.clone())
            };
            let pinged: Vec<_> = workers
                .into_iter()
                .filter_map(|worker| Some((worker.upgrade()?.ping(), worker)))
                .collect();
            self.until(|_| {
                pinged.iter().all(|(ping, worker)| {
                    let worker = worker.upgrade();
                    worker.is_none_or(|worker| worker.is_idle_since(*ping))
                })
            })
            .await;
            let state = self.state();
            if state.changes == changes && state.is_idle() {
                let ((next, _), _) = state.sleepers.first_key_value()?;
                return Some(next.saturating_duration_since(state.now));
            }
        }
    }

    async fn until(&self, condition: impl Fn(&State) -> bool) {
        loop {
            let mut changed = pin!(self.idle.notified());
            // Enabled before the condition is evaluated: it may change in between.
            changed.as_mut().enable();
            if condition(&self.state()) {
                return;
            }
            changed.await;
        }
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
        self.sleep_until_and(moment, || ()).await;
    }

    /// Calls `then` before the sleep has ended for [`idle`](Self::idle).
    pub(super) async fn sleep_until_and(&self, moment: Instant, then: impl FnOnce()) {
        let mut sleeper = Sleeper {
            clock: self,
            key: None,
        };
        poll_fn(|context| sleeper.poll(moment, context)).await;
        then();
    }

    /// Completes when the clock has reached this moment. [`idle`](Self::idle) neither waits for it
    /// nor reports it: something else acts at this moment, and this only watches it.
    pub(super) async fn reached(&self, moment: Instant) {
        let watcher = Watcher {
            clock: self,
            key: (moment, next_number()),
        };
        poll_fn(|context| watcher.poll(context)).await;
    }

    pub(super) fn new_probe(&self) -> Arc<IdleProbe> {
        let probe = Arc::new(IdleProbe::new(Arc::clone(&self.idle)));
        self.state().workers.push(Arc::downgrade(&probe));
        probe
    }

    /// Records that a probed thread may have something to do.
    pub(super) fn changed(&self) {
        self.change(|_| ());
    }

    pub(super) fn begin_exchange(&self) -> u64 {
        let id = next_number();
        self.change(|state| state.exchanges.insert(id, InFlight::default()));
        id
    }

    pub(super) fn end_exchange(&self, id: u64) {
        self.change(|state| state.exchanges.remove(&id));
    }

    /// A server of this clock has the request.
    pub(super) fn know_exchange(&self, id: u64) {
        let waker = self.change(|state| {
            let exchange = state.exchanges.get_mut(&id)?;
            exchange.is_known = true;
            exchange.when_known.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn begin_work(&self, id: u64) {
        self.change(|state| state.work.insert(id, Work::InProgress));
    }

    pub(super) fn end_work(&self, id: u64) {
        self.change(|state| state.work.remove(&id));
    }

    /// The work on this request waits for time, or does not any more. `is_asleep` is called while
    /// nothing else can change the state.
    pub(super) fn wait_exchange(&self, id: u64, is_asleep: impl FnOnce() -> bool) {
        self.change(|state| {
            if let Some(work) = state.work.get_mut(&id) {
                *work = if is_asleep() {
                    Work::Waits
                } else {
                    Work::InProgress
                };
            }
        });
    }

    pub(super) fn answer_exchange(&self, id: u64) {
        self.change(|state| {
            if let Some(exchange) = state.exchanges.get_mut(&id) {
                exchange.is_answered = true;
            }
        });
    }

    pub(super) fn is_known(&self, id: u64) -> bool {
        let state = self.state();
        state.exchanges.get(&id).is_some_and(|one| one.is_known)
    }

    /// Completes when a server of this clock has the request.
    pub(super) async fn exchange_is_known(&self, id: u64) {
        poll_fn(|context| match self.state().exchanges.get_mut(&id) {
            Some(exchange) if exchange.is_known => Poll::Ready(()),
            Some(exchange) => {
                exchange.when_known = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Pending,
        })
        .await;
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (changed, is_idle) = {
            let mut state = self.state();
            state.changes += 1;
            let changed = change(&mut state);
            (changed, state.is_idle())
        };
        if is_idle {
            self.idle.notify_waiters();
        }
        changed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait in [`State::watchers`].
struct Watcher<'c> {
    clock: &'c Manual,
    key: (Instant, u64),
}

impl Watcher<'_> {
    fn poll(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= self.key.0 {
            return Poll::Ready(());
        }
        state.watchers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        self.clock.state().watchers.remove(&self.key);
    }
}

/// A sleep, which is listed in [`State::sleepers`] while it is pending.
struct Sleeper<'c> {
    clock: &'c Manual,
    key: Option<(Instant, u64)>,
}

impl Sleeper<'_> {
    fn poll(&mut self, until: Instant, context: &Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= until {
            return Poll::Ready(());
        }
        let key = *self.key.get_or_insert_with(|| (until, next_number()));
        let pending = Pending {
            waker: Some(context.waker().clone()),
            is_probed: is_probed_thread(),
        };
        state.sleepers.insert(key, pending);
        Poll::Pending
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let is_idle = {
            let mut state = self.clock.state();
            let removed = state.sleepers.remove(&key);
            let was_due = key.0 <= state.now && removed.is_some_and(|one| !one.is_probed);
            was_due && state.is_idle()
        };
        if is_idle {
            self.clock.idle.notify_waiters();
        }
    }
}
