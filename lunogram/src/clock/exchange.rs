//! A request of a client on a manual clock, from its start to its response. A server on the same
//! clock marks the request while it waits for time, so that the clock knows that nothing happens
//! before it is advanced.

use super::Clock;
use super::manual::Manual;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::time::Instant;

/// The header that names the exchange of a request to the server.
pub(crate) const HEADER: &str = "x-lunogram-exchange";

/// The client's side of a request in flight.
#[derive(Debug)]
pub(crate) struct Exchange {
    clock: Arc<Manual>,
    id: u64,
}

impl Exchange {
    pub(super) fn begin(clock: &Arc<Manual>) -> Self {
        Self {
            clock: Arc::clone(clock),
            id: clock.begin_exchange(),
        }
    }

    /// The value of [`HEADER`].
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Completes when the time-out of the request has passed: on the clock from the moment at which
    /// a server of the clock has the request, and in real time for any other server.
    pub(super) async fn time_out(&self, after: Duration) {
        let on_the_clock = async {
            self.clock.exchange_is_known(self.id).await;
            let until = super::later(self.clock.now(), after);
            self.clock.sleep_until(until).await;
        };
        let in_real_time = async {
            tokio::time::sleep(after).await;
            if self.clock.is_known(self.id) {
                std::future::pending::<()>().await;
            }
        };
        super::either(on_the_clock, in_real_time).await;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.clock.end_exchange(self.id);
    }
}

/// The server's side of a request. With the real clock, or for a client of another clock, it does
/// nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served(Option<(Arc<Manual>, u64)>);

impl Served {
    pub(super) fn new(clock: &Arc<Manual>, id: u64) -> Self {
        clock.know_exchange(id);
        Self(Some((Arc::clone(clock), id)))
    }

    /// Completes at this moment, and reports that the server has answered or cut the
    /// connection, whatever it still does.
    pub(crate) async fn answered_at(&self, clock: &Clock, moment: Instant) {
        match &self.0 {
            Some((clock, id)) => {
                let answered = || clock.answer_exchange(*id);
                clock.sleep_until_and(moment, answered).await;
            }
            None => clock.sleep_until(moment).await,
        }
    }

    /// Runs the work of the request, which may go on after the client has given up.
    pub(crate) async fn work<T>(&self, future: impl Future<Output = T>) -> T {
        let _working = self.0.as_ref().map(|(clock, id)| Working::new(clock, *id));
        future.await
    }

    /// Awaits something that needs the clock to be advanced.
    pub(crate) async fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let Some((clock, id)) = &self.0 else {
            return future.await;
        };
        let wait = Arc::new(Waiting {
            clock: Arc::clone(clock),
            id: *id,
            wakes: AtomicU64::new(0),
            task: Mutex::default(),
        });
        let _end = WaitEnd(&wait);
        let mut future = pin!(future);
        poll_fn(|context| wait.poll(future.as_mut(), context)).await
    }
}

/// Guard: the server works on the request, or waits for time to do so.
struct Working<'c> {
    clock: &'c Manual,
    id: u64,
}

impl<'c> Working<'c> {
    fn new(clock: &'c Manual, id: u64) -> Self {
        clock.begin_work(id);
        Self { clock, id }
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.clock.end_work(self.id);
    }
}

/// The waker of a task that waits for time. Already the wake ends the wait on the clock: the task
/// may be polled much later, and the clock must stand still until then.
#[derive(Debug)]
struct Waiting {
    clock: Arc<Manual>,
    id: u64,
    wakes: AtomicU64,
    task: Mutex<Option<Waker>>,
}

impl Waiting {
    fn poll<T>(
        self: &Arc<Self>,
        future: Pin<&mut impl Future<Output = T>>,
        context: &Context<'_>,
    ) -> Poll<T> {
        *self.task() = Some(context.waker().clone());
        let before = self.wakes.load(Ordering::Acquire);
        let waker = Waker::from(Arc::clone(self));
        let polled = future.poll(&mut Context::from_waker(&waker));
        if polled.is_pending() {
            let is_asleep = || self.wakes.load(Ordering::Acquire) == before;
            self.clock.wait_exchange(self.id, is_asleep);
        }
        polled
    }

    fn task(&self) -> MutexGuard<'_, Option<Waker>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::AcqRel);
        self.clock.wait_exchange(self.id, || false);
        let task = self.task().take();
        if let Some(task) = task {
            task.wake();
        }
    }
}

/// Guard: the wait has ended, also if its future was dropped.
struct WaitEnd<'w>(&'w Waiting);

impl Drop for WaitEnd<'_> {
    fn drop(&mut self) {
        self.0.clock.wait_exchange(self.0.id, || false);
    }
}

#[cfg(test)]
mod tests;
