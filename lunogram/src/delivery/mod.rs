//! The background queue: takes checked bytes from any thread at once, and delivers them in order, within bounds.

mod flight;
mod gate;
mod hooks;
mod intake;
mod lane;
mod level;
mod marks;
mod options;
mod policy;
mod queue;
mod segment;
mod send;
#[cfg(all(fuzzing, feature = "spool"))]
pub use spool::fuzz::records;
#[cfg(feature = "spool")]
mod spool;
#[cfg(not(feature = "spool"))]
#[path = "no_spool.rs"]
mod spool;
#[cfg(feature = "spool")]
mod spooled;
mod stats;
mod subject;
mod time;
mod worker;

pub(crate) use hooks::Hooks;
pub use hooks::{Decision, Dropped, QueuedEvent};
pub use options::{Delivery, Overflow, QueueOptions};
pub use stats::{DropReason, Stats};
pub(crate) use time::Clock;
#[cfg(feature = "testing")]
pub(crate) use time::Manual;

use crate::encode::{Buffer, Encode};
use crate::error::{Error, ErrorKind};
use crate::problem::{Invalid, Payload, Problem};
use crate::trace::{self, Record};
use crate::transport::{Outcome, Transport};
use crate::typed::{Stamp, SubjectKind, append_event};
use intake::NotTaken;
use queue::Queue;
#[cfg(not(feature = "spool"))]
use spool as spooled;
pub(crate) use spool::Spool;
#[cfg(feature = "spool")]
pub use spool::{Durability, SpoolOptions};
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use worker::Life;

/// What a thread keeps of its buffer after a large event.
const LARGEST_SCRATCH: usize = 64 << 10;

thread_local! {
    /// Where events are encoded before they are queued: the application's own code runs then, and no lock may be held.
    static SCRATCH: RefCell<Buffer> = const { RefCell::new(Buffer::new()) };
}

/// A client's end of the queue. The worker starts with the first payload, and ends when the last clone is dropped.
pub(crate) struct Delivering {
    queue: Arc<Queue>,
    life: Arc<Life>,
    transport: Arc<Transport>,
    stamp: Option<Stamp>,
    /// Whether the worker could be started, once that was tried.
    started: OnceLock<bool>,
}

impl Delivering {
    /// # Errors
    /// When the spool has something to send, and there is no thread to do it.
    pub(crate) fn new(
        options: &QueueOptions,
        hooks: Hooks,
        spool: Option<Spool>,
        clock: Clock,
        transport: Arc<Transport>,
    ) -> Result<Self, Error> {
        let delivering = Self {
            queue: Arc::new(Queue::new(options, hooks, spool, clock)),
            life: Arc::default(),
            transport,
            stamp: options.occurred_at.clone().map(Stamp::new),
            started: OnceLock::new(),
        };
        delivering.queue.log.begin();
        delivering.queue.tell_damage();
        let recovered = delivering.stats().recovered();
        if recovered > 0 {
            delivering.started()?;
            delivering.queue.log.emit(Record::Recovered(recovered));
        }
        Ok(delivering)
    }

    /// Takes an event.
    pub(crate) fn track(
        &self,
        kind: SubjectKind,
        name: &str,
        event: Encode<'_>,
    ) -> Result<(), Error> {
        let tracked = SCRATCH.try_with(|scratch| {
            let mut scratch = scratch.try_borrow_mut().ok()?;
            let outcome = self.track_by(&mut scratch, kind, name, event);
            if scratch.size() > LARGEST_SCRATCH {
                *scratch = Buffer::default();
            }
            Some(outcome)
        });
        match tracked {
            Ok(Some(outcome)) => outcome,
            _ => self.track_aside(kind, name, event),
        }
    }

    /// An event that is tracked while another one is being encoded, or while its thread ends, finds no buffer.
    #[cold]
    #[inline(never)]
    fn track_aside(&self, kind: SubjectKind, name: &str, event: Encode<'_>) -> Result<(), Error> {
        self.track_by(&mut Buffer::default(), kind, name, event)
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "one of the two callers is the usual one"
    )]
    fn track_by(
        &self,
        scratch: &mut Buffer,
        kind: SubjectKind,
        name: &str,
        event: Encode<'_>,
    ) -> Result<(), Error> {
        scratch.clear();
        let place = match append_event(scratch, event) {
            Ok(place) => place,
            Err(problems) => return Err(invalid(name, problems)),
        };
        if let Some(stamp) = &self.stamp {
            stamp.put(scratch);
        }
        let queue = self.started()?;
        let event = scratch.written();
        // Of most events it is known; where the call chose the subject, it is looked up.
        let subject = if place.is_empty() {
            subject::first(event)
        } else {
            scratch.part(place)
        };
        Ok(queue.push_event(kind, subject, event)?)
    }

    /// Takes an event that is encoded already.
    pub(crate) fn take(
        &self,
        kind: SubjectKind,
        event: Result<Vec<u8>, Invalid>,
    ) -> Result<(), Error> {
        let event = self.stamped(event?);
        let queue = self.started()?;
        Ok(queue.push_event(kind, subject::first(&event), &event)?)
    }

    /// The same, but waits for room where [`Overflow::Wait`] says so.
    pub(crate) async fn track_waiting(
        &self,
        kind: SubjectKind,
        event: Result<Vec<u8>, Invalid>,
    ) -> Result<(), Error> {
        let event = self.stamped(event?);
        let queue = self.started()?;
        loop {
            let mut progress = std::pin::pin!(queue.progress.notified());
            progress.as_mut().enable();
            match queue.push_event(kind, subject::first(&event), &event) {
                Err(NotTaken::Full) if queue.waits_when_full() => progress.await,
                outcome => return outcome.map_err(Error::from),
            }
        }
    }

    fn stamped(&self, event: Vec<u8>) -> Vec<u8> {
        let Some(stamp) = &self.stamp else {
            return event;
        };
        let mut event = Buffer::from(event);
        stamp.put(&mut event);
        event.into_written()
    }

    /// Takes an upsert.
    pub(crate) fn identify(
        &self,
        kind: SubjectKind,
        upsert: Result<Vec<u8>, Invalid>,
    ) -> Result<(), Error> {
        let upsert = upsert?;
        self.started()?
            .push_upsert(kind, upsert)
            .map_err(Error::from)
    }

    /// Waits until everything is settled that was accepted before.
    pub(crate) async fn flush(&self) -> Result<(), Error> {
        if self.started.get().is_none() {
            return Ok(());
        }
        let mut marks = self.queue.flush();
        loop {
            let mut progress = std::pin::pin!(self.queue.progress.notified());
            progress.as_mut().enable();
            // Asked first: what was settled at the very end counts.
            let over = self.life.is_over();
            if self.queue.is_settled(&mut marks) {
                return Ok(());
            }
            if over {
                return Err(left_in_spool());
            }
            if self.queue.gate.is_held() {
                return Err(held());
            }
            progress.await;
        }
    }

    /// Delivers what can be delivered in that time, and drops the rest.
    pub(crate) async fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.queue.close();
        if self.started.get().is_some_and(|started| *started) {
            let now = self.queue.clock.now();
            self.life.end_at(time::later(now, deadline));
            self.life.ended().await;
        } else if let Some(spool) = &self.queue.spool {
            spool.close();
        }
        let stats = self.stats();
        if stats.is_held() && stats.dropped_because(DropReason::Shutdown) > 0 {
            return Err(held());
        }
        Ok(stats)
    }

    pub(crate) fn stats(&self) -> Stats {
        self.queue.stats()
    }

    /// The queue, with its worker at work.
    #[inline]
    fn started(&self) -> Result<&Queue, Error> {
        if trace::is_emitting() {
            return Err(feedback());
        }
        let started = *self.started.get_or_init(|| {
            self.queue.log.begin();
            let (queue, life) = (Arc::clone(&self.queue), Arc::clone(&self.life));
            worker::start(queue, Arc::clone(&self.transport), life).is_ok()
        });
        if started {
            Ok(&self.queue)
        } else {
            Err(no_worker())
        }
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        self.queue.close();
        self.life.end_at(self.queue.clock.now());
    }
}

#[cold]
fn invalid(name: &str, problems: Vec<Problem>) -> Error {
    Invalid::new(Payload::Event(name), problems).into()
}

fn held() -> Error {
    Error::new(
        ErrorKind::Unauthorized,
        Outcome::Answered(401),
        "delivery is held, and nothing was lost; check the key (LUNOGRAM_API_KEY) and the base URL (LUNOGRAM_API_URL)",
    )
}

fn left_in_spool() -> Error {
    Error::new(
        ErrorKind::ShutDown,
        Outcome::Unsent,
        "the client was shut down, and what it had not delivered is left to the next one with its spool",
    )
}

#[cold]
fn feedback() -> Error {
    Error::new(
        ErrorKind::Feedback,
        Outcome::Unsent,
        "tracked by a subscriber that this crate is telling something; leave the target `lunogram` out there",
    )
}

fn no_worker() -> Error {
    Error::config(
        "the thread that delivers cannot be started; the operating system has none to give",
    )
}
