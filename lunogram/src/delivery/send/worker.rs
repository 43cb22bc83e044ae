//! The delivery thread. It has its own runtime, so that delivery does not depend on a runtime of
//! the application.

use super::Sender;
use super::deletions::repeat_deletions;
use super::dispatcher::Dispatcher;
use super::in_flight::{InFlightBatch, InFlightUpsert};
use super::lifecycle::{Lifecycle, State};
use super::patience::Patience;
#[cfg(feature = "spool")]
use super::spool_tasks;
use crate::clock::{Clock, Either, WorkerProbe, either, spawn_with};
use crate::delivery::inside;
use crate::delivery::queue::{Queue, Rest, Watermark};
use crate::delivery::stats::{DropReason, Stats};
use crate::trace::{self, Record};
use crate::transport::{Pool, Transport};
use std::fmt;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// The thread that delivers the queues of a client and of the projects and sessions made from it.
///
/// It starts with the first payload of the first queue, ends when no queue is left to deliver, and
/// starts again with the next one. A queue that is stuck does not hold up another: each has its own
/// dispatcher, health and bound on requests.
pub(crate) struct Worker {
    clock: Clock,
    /// Hands queues to the running thread; `None` while there is no thread.
    jobs: Mutex<Option<UnboundedSender<Job>>>,
    pub(in crate::delivery) patience: Patience,
}

/// A queue to deliver, until its lifecycle ends.
pub(in crate::delivery) struct Job {
    pub(in crate::delivery) queue: Arc<Queue>,
    pub(in crate::delivery) transport: Arc<Transport>,
    pub(in crate::delivery) lifecycle: Arc<Lifecycle>,
}

impl Worker {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            jobs: Mutex::new(None),
            patience: Patience::default(),
        }
    }

    /// Starts to deliver a queue, on the running thread if there is one.
    ///
    /// # Errors
    /// If the operating system cannot provide a thread or the resources of a runtime.
    pub(in crate::delivery) fn start(self: &Arc<Self>, job: Job) -> io::Result<()> {
        let mut jobs = self.jobs();
        let job = match &*jobs {
            Some(running) => match running.send(job) {
                Ok(()) => return Ok(()),
                // The thread has panicked.
                Err(SendError(job)) => job,
            },
            None => job,
        };
        let (sender, receiver) = unbounded_channel();
        // The receiver is alive, so this does not fail.
        let _ = sender.send(job);
        self.spawn(receiver)?;
        *jobs = Some(sender);
        Ok(())
    }

    fn spawn(self: &Arc<Self>, jobs: UnboundedReceiver<Job>) -> io::Result<()> {
        let mut runtime = Builder::new_current_thread();
        let probe = self.clock.install_probe(&mut runtime);
        let runtime = runtime.enable_all().build()?;
        let worker = Arc::clone(self);
        spawn_with(runtime, "lunogram-delivery", move |runtime| {
            worker.run(runtime, jobs, &probe);
        })
    }

    fn run(&self, runtime: Runtime, mut jobs: UnboundedReceiver<Job>, probe: &WorkerProbe) {
        let _guard = trace::without_subscriber();
        inside::enter_delivery_thread();
        let all = async {
            let pool = Arc::new(Pool::default());
            let mut running = JoinSet::new();
            loop {
                let next = either(jobs.recv(), running.join_next()).await;
                let next = match next {
                    Either::One(Some(job)) => Some(job),
                    _ if running.is_empty() => match self.retire(&mut jobs) {
                        Some(job) => Some(job),
                        None => return,
                    },
                    _ => None,
                };
                if let Some(job) = next {
                    let pool = Arc::clone(&pool);
                    running.spawn(job.run(pool, probe.clone()));
                }
            }
        };
        runtime.block_on(probe.drive(all));
        // Connections that are still in use must not keep the thread alive.
        runtime.shutdown_timeout(Duration::ZERO);
    }

    /// Ends the thread, unless another queue has arrived. Both happen under one lock, so that no
    /// queue is handed to a thread that is about to end.
    fn retire(&self, arriving: &mut UnboundedReceiver<Job>) -> Option<Job> {
        let mut jobs = self.jobs();
        let arrived = arriving.try_recv().ok();
        if arrived.is_none() {
            *jobs = None;
        }
        arrived
    }

    fn jobs(&self) -> MutexGuard<'_, Option<UnboundedSender<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl Job {
    /// Runs the queue's dispatcher until the lifecycle ends it.
    async fn run(self, pool: Arc<Pool>, probe: WorkerProbe) {
        let mut guard = Settling {
            queue: self.queue,
            lifecycle: self.lifecycle,
            undelivered: 0,
            before: None,
        };
        // Created on this thread, because it may read certificate files and `track` must not wait.
        let transport = self.transport.for_another_runtime(&pool);
        work(&mut guard, transport, probe).await;
    }
}

/// On drop, settles everything that is left. Covers a panic of the thread, too.
struct Settling {
    queue: Arc<Queue>,
    lifecycle: Arc<Lifecycle>,
    /// The payloads that were pending when the deadline passed.
    undelivered: u64,
    /// The statistics at that moment; `None` after a panic.
    before: Option<Stats>,
}

impl Settling {
    /// Settles everything that is left. A second call finds nothing.
    fn settle(&mut self) {
        self.queue.close();
        self.undelivered = self.undelivered.max(self.queue.stats().pending());
        abandon(&self.queue);
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        // After a panic, nothing was settled, and there was no deadline.
        self.settle();
        self.queue.close_spool();
        self.queue.receipts.end();
        let stats = self.queue.stats();
        let is_lossless = lost(&stats) == (0, 0);
        self.queue.log.emit(if is_lossless {
            Record::Ended(&stats)
        } else {
            Record::EndedWithLoss(&stats)
        });
        let (dropped, unknown) = self.before.as_ref().map_or((0, 0), lost);
        let (all_dropped, all_unknown) = lost(&stats);
        let unreported = self.queue.hooks.unreported(
            all_dropped.saturating_sub(dropped),
            all_unknown.saturating_sub(unknown),
        );
        self.lifecycle.set_unreported(unreported);
        self.lifecycle.set_ended(self.undelivered);
        self.queue.progress.notify_waiters();
        // Last, because it may have to wait for another writer.
        if unreported > 0 && self.lifecycle.has_no_waiter() {
            trace::print_loss(unreported);
        }
    }
}

/// How many payloads were dropped by the end of their client, and are of unknown outcome.
fn lost(stats: &Stats) -> (u64, u64) {
    (stats.dropped_because(DropReason::Shutdown), stats.unknown())
}

/// Settles everything that is still queued as not sent.
fn abandon(queue: &Arc<Queue>) {
    for rest in queue.drain() {
        let queue = Arc::clone(queue);
        match rest {
            Rest::Events { kind, batch } => drop(InFlightBatch::new(queue, kind, batch)),
            Rest::Upsert { lane, upsert } => drop(InFlightUpsert::new(queue, lane, upsert)),
        }
    }
}

async fn work(guard: &mut Settling, transport: Transport, probe: WorkerProbe) {
    let queue = Arc::clone(&guard.queue);
    let sender = Arc::new(Sender::new(Arc::clone(&queue), transport, probe));
    let mut tasks = JoinSet::new();
    tasks.spawn(repeat_deletions(Arc::clone(&sender)));
    #[cfg(feature = "spool")]
    spool_tasks::spawn(&sender, &mut tasks);
    let mut dispatcher = Dispatcher::new(Arc::clone(&sender));
    // Boxed, because it contains whatever a delivery has to remember.
    let run = Box::pin(dispatcher.run());
    either(run, ended(&queue, &guard.lifecycle)).await;
    let before = queue.stats();
    guard.undelivered = before.pending();
    guard.before = Some(before);
    // Ending the deliveries settles the batches and upserts in flight.
    dispatcher.end().await;
    tasks.shutdown().await;
    guard.settle();
    #[cfg(feature = "spool")]
    spool_tasks::close(&sender).await;
}

/// Waits until the queue is to end, and then until everything is settled or the deadline has
/// passed, which may still move closer.
async fn ended(queue: &Queue, lifecycle: &Lifecycle) {
    let ends_at = lifecycle.until(|state| match state {
        State::EndsAt(moment) => Some(moment),
        _ => None,
    });
    let mut ends_at = ends_at.await;
    let mut watermark = queue.flush();
    queue.control.urge();
    while ends_at > queue.clock.now() {
        let nearer = lifecycle.until(|state| match state {
            State::EndsAt(moment) if moment < ends_at => Some(moment),
            _ => None,
        });
        let done = either(
            settled(queue, &mut watermark),
            queue.clock.sleep_until(ends_at),
        );
        match either(done, nearer).await {
            Either::One(_) => break,
            Either::Other(moment) => ends_at = moment,
        }
    }
}

/// Waits until everything below the watermark is settled.
async fn settled(queue: &Queue, watermark: &mut Watermark) {
    loop {
        let mut progress = pin!(queue.progress.notified());
        progress.as_mut().enable();
        if queue.is_settled(watermark) {
            return;
        }
        progress.await;
    }
}
