//! The delivery thread. It has its own runtime, so that delivery does not depend on a runtime of
//! the application.

use super::Sender;
use super::in_flight::{InFlightBatch, InFlightUpsert};
use super::lifecycle::{Lifecycle, State};
#[cfg(feature = "spool")]
use super::spool_tasks;
use crate::delivery::queue::{Due, Queue, Slot, Watermark, Work};
use crate::delivery::stats::DropReason;
use crate::delivery::time::{Either, WorkerProbe, either};
use crate::trace::{self, Record};
use crate::transport::Transport;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// Starts the thread.
///
/// # Errors
/// If the operating system cannot provide a thread or the resources of a runtime.
pub(in crate::delivery) fn start(
    queue: Arc<Queue>,
    transport: Arc<Transport>,
    lifecycle: Arc<Lifecycle>,
) -> io::Result<()> {
    let mut runtime = Builder::new_current_thread();
    let probe = queue.clock.install_probe(&mut runtime);
    let runtime = runtime.enable_all().build()?;
    thread::Builder::new()
        .name("lunogram-delivery".to_owned())
        .spawn(move || {
            let _guard = trace::without_subscriber();
            let guard = ShutdownGuard { queue, lifecycle };
            // Created on this thread, because it may read certificate files and `track` must not
            // wait.
            let transport = transport.for_another_runtime();
            work(&runtime, &guard, transport, &probe);
            // Connections that are still in use must not keep the thread alive.
            runtime.shutdown_timeout(Duration::ZERO);
        })?;
    Ok(())
}

/// On drop, settles everything that is left. Covers a panic of the thread, too.
struct ShutdownGuard {
    queue: Arc<Queue>,
    lifecycle: Arc<Lifecycle>,
}

impl Drop for ShutdownGuard {
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
        self.lifecycle.set_ended();
        self.queue.progress.notify_waiters();
    }
}

/// Settles everything that is still queued as not sent.
fn abandon(queue: &Queue) {
    for (slot, work) in queue.drain() {
        match work {
            Work::Events(batch) => drop(InFlightBatch::new(queue, slot, batch)),
            Work::Upsert(upsert) => drop(InFlightUpsert::new(queue, slot, upsert)),
        }
    }
}

/// Runs one task per lane until the lifecycle ends the worker.
fn work(runtime: &Runtime, guard: &ShutdownGuard, transport: Transport, probe: &WorkerProbe) {
    let queue = &guard.queue;
    let delivery = async {
        let sender = Sender::new(Arc::clone(queue), transport, probe.clone());
        let sender = Arc::new(sender);
        let mut tasks = JoinSet::new();
        #[cfg(feature = "spool")]
        spool_tasks::spawn(&mut tasks, &sender);
        for index in 0..queue.slots().len() {
            tasks.spawn(run_lane(Arc::clone(&sender), index));
        }
        let ends_at = guard.lifecycle.until(|state| match state {
            State::EndsAt(moment) => Some(moment),
            _ => None,
        });
        let mut ends_at = ends_at.await;
        let mut watermark = queue.flush();
        // Until everything is settled or the deadline has passed, which may still move closer.
        while ends_at > queue.clock.now() {
            let nearer = guard.lifecycle.until(|state| match state {
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
        // Dropping the tasks settles the batches and upserts in flight.
        tasks.shutdown().await;
    };
    runtime.block_on(probe.drive(delivery));
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

/// Delivers the batches and upserts of one lane, one request at a time.
async fn run_lane(sender: Arc<Sender>, index: usize) {
    let queue = &sender.queue;
    let Some(slot) = queue.slots().get(index) else {
        return;
    };
    loop {
        // A separate statement: within the condition, the lane would stay locked.
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
