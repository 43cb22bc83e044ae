//! The thread that delivers: a runtime of its own, so that no runtime of the application's has to live or to turn.

use super::lane::Due;
use super::marks::Marks;
use super::queue::{Queue, Slot};
use super::send::{Sender, abandon};
use super::spooled;
use super::stats::DropReason;
use super::time::Watch;
use crate::trace::{self, Record};
use crate::transport::Transport;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// When the worker is to end, and whether it has.
#[derive(Debug, Default)]
pub(super) struct Life {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Running,
    /// What can be delivered until then is; the rest is dropped.
    EndsAt(Instant),
    Ended,
}

impl Life {
    /// Ends the worker then, or earlier when nothing is left to do. A nearer moment counts.
    pub(super) fn end_at(&self, moment: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            State::Running => State::EndsAt(moment),
            State::EndsAt(known) => State::EndsAt(known.min(moment)),
            State::Ended => State::Ended,
        };
        self.changed.notify_waiters();
    }

    /// Waits until the worker has ended.
    pub(super) async fn ended(&self) {
        self.until(|state| (state == State::Ended).then_some(()))
            .await;
    }

    /// Whether the worker has ended.
    pub(super) fn is_over(&self) -> bool {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) == State::Ended
    }

    fn has_ended(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Ended;
        self.changed.notify_waiters();
    }

    async fn until<T>(&self, wanted: impl Fn(State) -> Option<T>) -> T {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let state = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = wanted(state) {
                return found;
            }
            changed.await;
        }
    }
}

/// Starts the thread.
///
/// # Errors
/// When the operating system has no thread, or nothing to wait with, to give.
pub(super) fn start(
    queue: Arc<Queue>,
    transport: Arc<Transport>,
    life: Arc<Life>,
) -> io::Result<()> {
    let mut runtime = Builder::new_current_thread();
    let watch = queue.clock.watch(&mut runtime);
    let runtime = runtime.enable_all().build()?;
    thread::Builder::new()
        .name("lunogram-delivery".to_owned())
        .spawn(move || {
            let _silence = trace::without_subscriber();
            let end = End { queue, life };
            // Here, and not where `track` was called: it reads files.
            work(&runtime, &end, transport.for_another_runtime(), &watch);
            // Connections that are still in use would keep the thread.
            runtime.shutdown_timeout(Duration::ZERO);
        })?;
    Ok(())
}

/// Settles what is left, however the thread ends.
struct End {
    queue: Arc<Queue>,
    life: Arc<Life>,
}

impl Drop for End {
    fn drop(&mut self) {
        self.queue.close();
        abandon(&self.queue);
        if let Some(spool) = &self.queue.spool {
            spool.close();
        }
        let stats = self.queue.stats();
        let lost = stats.dropped_because(DropReason::Shutdown) + stats.unknown();
        self.queue.log.emit(if lost > 0 {
            Record::EndedWithLoss(&stats)
        } else {
            Record::Ended(&stats)
        });
        self.life.has_ended();
        self.queue.progress.notify_waiters();
    }
}

fn work(runtime: &Runtime, end: &End, transport: Transport, watch: &Watch) {
    let queue = &end.queue;
    let delivery = async {
        let sender = Sender::new(Arc::clone(queue), transport, watch.clone());
        let sender = Arc::new(sender);
        let mut lanes = JoinSet::new();
        spooled::spawn(&mut lanes, &sender);
        for index in 0..queue.slots().len() {
            lanes.spawn(run(Arc::clone(&sender), index));
        }
        let ends_at = end.life.until(|state| match state {
            State::EndsAt(moment) => Some(moment),
            _ => None,
        });
        let mut ends_at = ends_at.await;
        let mut marks = queue.flush();
        // Until all is settled, or the moment has come; a nearer one may yet be named.
        while ends_at > queue.clock.now() {
            let nearer = end.life.until(|state| match state {
                State::EndsAt(moment) if moment < ends_at => Some(moment),
                _ => None,
            });
            let done = either(settled(queue, &mut marks), queue.clock.sleep_until(ends_at));
            match either(done, nearer).await {
                Either::One(_) => break,
                Either::Other(moment) => ends_at = moment,
            }
        }
        // What is on its way is entered into the books as the tasks are dropped.
        lanes.shutdown().await;
    };
    runtime.block_on(watch.over(delivery));
}

/// Which of two ended first.
pub(super) enum Either<A, B> {
    One(A),
    Other(B),
}

/// Waits for the first of two, and drops the other.
pub(super) async fn either<A, B>(
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
) -> Either<A, B> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Either::One(output)),
        Poll::Pending => other.as_mut().poll(context).map(Either::Other),
    })
    .await
}

/// Waits until everything is settled that was accepted before these marks were given.
async fn settled(queue: &Queue, marks: &mut Marks) {
    loop {
        let mut progress = pin!(queue.progress.notified());
        progress.as_mut().enable();
        if queue.is_settled(marks) {
            return;
        }
        progress.await;
    }
}

/// Delivers what one lane gives out, one after the other.
async fn run(sender: Arc<Sender>, index: usize) {
    let queue = &sender.queue;
    let Some(slot) = queue.slots().get(index) else {
        return;
    };
    loop {
        // Not in the condition: the lane would stay locked.
        let work = slot.lane().take(&queue.limits, queue.clock.now());
        if let Some(work) = work {
            sender.deliver(slot, work).await;
        } else {
            idle(queue, slot).await;
        }
    }
}

/// Waits until the lane may have something to send.
async fn idle(queue: &Queue, slot: &Slot) {
    let due = slot.lane().due(&queue.limits);
    match due {
        Due::Now => {}
        Due::At(moment) => {
            either(slot.wake.notified(), queue.clock.sleep_until(moment)).await;
        }
        Due::Idle => slot.wake.notified().await,
    }
}
