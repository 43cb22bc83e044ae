//! The worker's tasks for the spool: loading payloads that are only on disk, syncing, and giving
//! the room of delivered payloads back to the disk.

use super::Sender;
use super::recovery::{AFTER_READ_ERROR, Recovery};
use crate::clock::{Either, either};
use crate::delivery::receipts::complete;
use crate::delivery::spool::{Missing, Spool};
use crate::delivery::stats::{DropReason, Settlement};
use crate::trace::Record;
use std::sync::Arc;
use tokio::task::{JoinSet, spawn_blocking, yield_now};

/// Number of payloads to load before the other tasks get their turn.
const PAYLOADS_PER_TURN: u64 = 128;

pub(super) fn spawn(sender: &Arc<Sender>, tasks: &mut JoinSet<()>) {
    tasks.spawn(load(Arc::clone(sender)));
    tasks.spawn(sync(Arc::clone(sender)));
    tasks.spawn(give_back(Arc::clone(sender)));
}

/// Closes the spool on a blocking thread, so that a slow disk does not delay the deliveries of
/// other queues.
pub(super) async fn close(sender: &Sender) {
    if sender.queue.spool.is_some() {
        let queue = Arc::clone(&sender.queue);
        let closed = spawn_blocking(move || queue.close_spool());
        let _ = sender.probe.external(closed).await;
    }
}

/// Loads payloads that are only on disk when memory has room for them.
async fn load(sender: Arc<Sender>) {
    let queue = &sender.queue;
    let Some(spool) = &queue.spool else {
        return;
    };
    queue.report_damage(&spool.take_damage());
    let mut recovery = Recovery::new(&sender, spool);
    loop {
        spool.backlogged().await;
        let backlog = recovery.next().await.unwrap_or_else(|why| {
            recovery.report(&why);
            None
        });
        let Some(backlog) = backlog else {
            // Nothing is skipped: a later attempt, or another process, may succeed.
            queue.clock.sleep(AFTER_READ_ERROR).await;
            continue;
        };
        spool.set_readable();
        let mut found = 0;
        for loaded in backlog.payloads() {
            if found % PAYLOADS_PER_TURN == PAYLOADS_PER_TURN - 1 {
                yield_now().await;
            }
            // Later files are counted only while there is no room, or they would be read twice.
            match either(queue.load(spool, &loaded), recovery.read_ahead()).await {
                Either::One(()) => found += 1,
                Either::Other(never) => match never {},
            }
        }
        let Missing(missing) = spool.complete(&backlog, found);
        if missing > 0 {
            for _ in 0..missing {
                queue.hooks.damaged(b"");
            }
            let settlement = Settlement::Dropped(DropReason::Damaged);
            queue.unqueued().settle(settlement, missing);
            let found: Vec<_> = backlog.payloads().map(|loaded| loaded.record).collect();
            let is_missing = |record| backlog.misses(record, &found);
            complete(queue.receipts.take_if(is_missing), settlement);
        }
        queue.progress.notify_waiters();
    }
}

/// Syncs the spool at the interval of its durability.
async fn sync(sender: Arc<Sender>) {
    let Some(within) = sender.queue.spool.as_ref().and_then(Spool::syncs_within) else {
        return;
    };
    // The last sync.
    let mut has_failed = false;
    loop {
        if let Some(spool) = &sender.queue.spool {
            spool.dirtied().await;
        }
        sender.queue.clock.sleep(within).await;
        let queue = Arc::clone(&sender.queue);
        // On a blocking thread, so that a slow disk does not delay deliveries.
        let synced = spawn_blocking(move || queue.spool.as_ref().map(Spool::sync_all));
        let Ok(Some(synced)) = sender.probe.external(synced).await else {
            continue;
        };
        if let Err(why) = &synced
            && !has_failed
        {
            sender.queue.log.emit(Record::NotSyncedLater(why));
        }
        has_failed = synced.is_err();
    }
}

/// Gives the room of delivered payloads back to the disk when the files take more than the bound.
async fn give_back(sender: Arc<Sender>) {
    while let Some(spool) = &sender.queue.spool {
        spool.crowded().await;
        let queue = Arc::clone(&sender.queue);
        // On a blocking thread, so that a slow disk does not delay deliveries.
        let given = spawn_blocking(move || queue.spool.as_ref().map(Spool::give_back));
        let _ = sender.probe.external(given).await;
        // Those that wait for room in the spool.
        sender.queue.progress.notify_waiters();
    }
}
