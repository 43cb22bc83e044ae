//! The queue over a spool: what is taken in goes to disk first, and what memory has no room for stays there until it has.

use super::intake::{NotTaken, Room, What};
use super::queue::Queue;
use super::send::Sender;
use super::spool::{Loaded, Missing, Place, Spool, Unread};
use super::stats::{DropReason, Fate};
use super::subject;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinSet, spawn_blocking, yield_now};

/// How long reading is left alone after the disk has failed at it.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// So many payloads are put into their lanes before those have their turn.
const AT_ONCE: u64 = 128;

impl Queue {
    /// Takes a payload, with the spool in front.
    pub(super) fn push_spooled(
        &self,
        spool: &Spool,
        what: What,
        payload: &[u8],
    ) -> Result<(), NotTaken> {
        let ticket = loop {
            self.open()?;
            let mut intake = spool.intake();
            if !intake.could_hold(payload.len()) {
                return Err(NotTaken::TooLarge);
            }
            if intake.has_room(payload.len()) {
                let first = !intake.is_behind();
                let appended = intake.append(what, payload);
                let (place, ticket) = match appended {
                    Ok(appended) => appended,
                    Err(why) => {
                        self.open()?;
                        return Err(NotTaken::Spool(why));
                    }
                };
                if first && self.level.enter(payload.len() as u64) {
                    // A lane that takes nothing more leaves it to the next process: it is on disk.
                    let _ = self.enqueue(what, payload, place);
                    intake.passed();
                } else {
                    intake.left_behind();
                }
                break intake.waits_for_the_disk().then_some(ticket);
            }
            drop(intake);
            if self.overflow()? == Room::DropIt {
                self.drop_unqueued(what, payload);
                return Ok(());
            }
        };
        match ticket {
            Some(ticket) => spool.sync(ticket).map_err(NotTaken::Spool),
            None => Ok(()),
        }
    }

    fn enqueue(&self, what: What, payload: &[u8], place: Place) -> Result<(), NotTaken> {
        match what {
            What::Event(kind) => {
                let subject = subject::first(payload);
                self.enqueue_event(kind, subject, payload, Some(place))
            }
            What::Upsert(kind) => self.enqueue_upsert(kind, payload.to_vec(), Some(place)),
        }
    }
}

/// Starts what goes on beside the lanes.
pub(super) fn spawn(tasks: &mut JoinSet<()>, sender: &Arc<Sender>) {
    tasks.spawn(read(Arc::clone(sender)));
    tasks.spawn(sync(Arc::clone(sender)));
}

/// Reads what waits on disk alone as there is room for it.
async fn read(sender: Arc<Sender>) {
    let queue = &sender.queue;
    let Some(spool) = &queue.spool else {
        return;
    };
    loop {
        spool.is_behind().await;
        let Some(unread) = unread(&sender).await else {
            // Nothing is skipped: another attempt may read it, or another process.
            queue.clock.sleep(AFTER_TROUBLE).await;
            continue;
        };
        let mut found = 0;
        for loaded in unread.payloads() {
            if found % AT_ONCE == AT_ONCE - 1 {
                yield_now().await;
            }
            room(queue, &loaded).await;
            spool.load(&loaded, || {
                let _ = queue.enqueue(loaded.what, loaded.payload, loaded.place);
            });
            found += 1;
        }
        let Missing(missing) = spool.was_read(&unread, found);
        if missing > 0 {
            for _ in 0..missing {
                queue.hooks.dropped("unreadable", b"", DropReason::Damaged);
            }
            queue
                .unqueued()
                .settle(Fate::Dropped(DropReason::Damaged), missing);
        }
        queue.progress.notify_waiters();
    }
}

/// Reads what is next, elsewhere: a slow disk delays no delivery.
async fn unread(sender: &Sender) -> Option<Unread> {
    let queue = Arc::clone(&sender.queue);
    let read = spawn_blocking(move || queue.spool.as_ref()?.unread().ok()?);
    sender.watch.outside(read).await.ok()?
}

/// Waits for a place in memory.
async fn room(queue: &Queue, loaded: &Loaded<'_>) {
    let size = loaded.payload.len() as u64;
    loop {
        let mut progress = pin!(queue.progress.notified());
        progress.as_mut().enable();
        if queue.level.enter(size) || queue.level.enter_alone(size) {
            return;
        }
        // Nothing more can join what waits in memory.
        queue.hurry_lanes();
        progress.await;
    }
}

/// Gives the disk what it has to have.
async fn sync(sender: Arc<Sender>) {
    let Some(within) = sender.queue.spool.as_ref().and_then(Spool::syncs_within) else {
        return;
    };
    loop {
        if let Some(spool) = &sender.queue.spool {
            spool.is_dirty().await;
        }
        sender.queue.clock.sleep(within).await;
        let queue = Arc::clone(&sender.queue);
        // Elsewhere: a slow disk delays no delivery.
        let synced = spawn_blocking(move || queue.spool.as_ref().map(Spool::sync_all));
        let _ = sender.watch.outside(synced).await;
    }
}
