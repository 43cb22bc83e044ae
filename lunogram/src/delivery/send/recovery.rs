//! Reading payloads that are only on disk, on blocking threads, so that a slow disk does not delay
//! deliveries.

use super::Sender;
use crate::delivery::spool::{Backlog, Left, Spool};
use crate::trace::Record;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, spawn_blocking};

/// How long to wait after a failed read.
pub(super) const AFTER_READ_ERROR: Duration = Duration::from_secs(1);

/// Reads payloads back in their order, first those of earlier processes.
pub(super) struct Recovery<'s> {
    sender: &'s Sender,
    spool: &'s Spool,
    /// The log that is being read. It stays here if a call is dropped.
    reading: Option<JoinHandle<io::Result<Left>>>,
    /// Reading ahead has failed since it last succeeded.
    has_failed_ahead: bool,
}

impl<'s> Recovery<'s> {
    pub(super) fn new(sender: &'s Sender, spool: &'s Spool) -> Self {
        Self {
            sender,
            spool,
            reading: None,
            has_failed_ahead: false,
        }
    }

    /// The next payloads. `None` if all are in memory.
    ///
    /// # Errors
    /// If they cannot be read. The next call tries again.
    pub(super) async fn next(&mut self) -> io::Result<Option<Backlog>> {
        if self.spool.is_next_left() {
            return self.take_over().await;
        }
        let queue = Arc::clone(&self.sender.queue);
        let read = spawn_blocking(move || match &queue.spool {
            Some(spool) => spool.read_backlog(),
            None => Ok(None),
        });
        self.sender.probe.external(read).await?
    }

    /// Counts the payloads of later logs. Never ends, and can be dropped at any moment.
    pub(super) async fn read_ahead(&mut self) -> Infallible {
        let queue = &self.sender.queue;
        loop {
            match self.take_over().await {
                Ok(Some(_)) => self.has_failed_ahead = false,
                Ok(None) => return pending().await,
                Err(why) => {
                    if !std::mem::replace(&mut self.has_failed_ahead, true) {
                        queue.log.emit(Record::Unreadable(&why));
                    }
                    queue.clock.sleep(AFTER_READ_ERROR).await;
                }
            }
        }
    }

    /// Takes over the next log of an earlier process, and returns its payloads. `None` if there is
    /// no such log.
    async fn take_over(&mut self) -> io::Result<Option<Backlog>> {
        let reading = match &mut self.reading {
            Some(reading) => reading,
            none => {
                let Some(read) = self.spool.next_left() else {
                    return Ok(None);
                };
                none.insert(spawn_blocking(read))
            }
        };
        let read = self.sender.probe.external(reading).await;
        self.reading = None;
        let mut left = read??;
        let queue = &self.sender.queue;
        queue.report_damage(&left.take_damage());
        let backlog = self.spool.take_over(left);
        let stats = self.spool.stats();
        if backlog.is_some() && !stats.is_recovering && stats.recovered > 0 {
            queue.log.emit(Record::Recovered(stats.recovered));
        }
        // There may be room in the spool, and nothing more to wait for.
        queue.progress.notify_waiters();
        Ok(backlog)
    }

    /// Reports the first of a series of failures.
    pub(super) fn report(&self, why: &io::Error) {
        let queue = &self.sender.queue;
        if self.spool.set_unreadable(why) {
            queue.log.emit(Record::Unreadable(why));
        }
        // A flush returns the error.
        queue.progress.notify_waiters();
    }
}
