//! A client's handle on its delivery: encodes events into the queue, flushes, and shuts down.

mod deletion;
mod ending;
mod with_receipt;

use super::covered::{MadeBy, Undelivered};
use super::hooks::{Guarded, Hooks};
use super::options::QueueOptions;
use super::payload::PayloadKind;
use super::queue::{PushError, Queue, Screened, subject};
use super::send::{Job, Lifecycle, Worker};
use super::spool::Spool;
use super::stats::Stats;
use crate::clock::{self, Clock, Either, either};
use crate::encode::{Buffer, Encode, Payload, Stamp, append};
use crate::error::{Error, ErrorKind};
use crate::process::{ForkGuard, Used};
use crate::trace;
use crate::transport::Transport;
use crate::wire::{Outcome, SubjectKind};
use lunogram_core::{Invalid, Problem};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// Largest encoding buffer that a thread keeps after an event.
const LARGEST_SCRATCH: usize = 64 << 10;

thread_local! {
    /// Events are encoded here before a lane is locked: encoding runs the application's code, which
    /// must not run under a lock.
    static SCRATCH: RefCell<Buffer> = const { RefCell::new(Buffer::new()) };
}

/// Shared by the clones of a client. The worker takes the queue over with the first payload, and
/// lets go of it when the last clone is dropped.
pub(crate) struct Delivering {
    queue: Arc<Queue>,
    lifecycle: Arc<Lifecycle>,
    /// `None` for a disabled client, which checks payloads and queues none.
    route: Option<Route>,
    stamp: Option<Stamp>,
    /// Whether there is a stamp or a hook, which is one question in the hot path instead of two.
    completes_events: bool,
    /// How long dropping this delivers the queued payloads; `None` for a client of a test, which
    /// drops them without a report.
    drain_on_drop: Option<Duration>,
    /// Set when the worker delivers the queue. The worker is no thread of a fork.
    started: OnceLock<ForkGuard>,
    /// Locked while the worker is started.
    starting: Mutex<()>,
    /// The deliveries of the projects and sessions made from this client.
    children: Mutex<Vec<(MadeBy, Weak<Delivering>)>>,
}

/// The way from the queue to the server.
struct Route {
    transport: Arc<Transport>,
    worker: Arc<Worker>,
}

impl Delivering {
    /// # Errors
    /// If an earlier process left files in the spool and the worker cannot be started.
    pub(crate) fn new(
        options: &QueueOptions,
        hooks: Hooks,
        spool: Option<Spool>,
        clock: Clock,
        transport: Arc<Transport>,
        worker: Arc<Worker>,
    ) -> Result<Self, Error> {
        let stamp = Stamp::new(options.occurred_at.as_deref(), options.event_id.as_deref());
        let completes_events = stamp.is_some() || hooks.before_send.is_some();
        let delivering = Self {
            completes_events,
            drain_on_drop: options.drain_on_drop,
            queue: Arc::new(Queue::new(options, hooks, spool, clock)),
            lifecycle: Arc::default(),
            route: Some(Route { transport, worker }),
            stamp,
            started: OnceLock::new(),
            starting: Mutex::default(),
            children: Mutex::default(),
        };
        // Its files are open, and a fork shares them.
        if delivering.queue.spool.is_some() {
            delivering.claim()?;
        }
        delivering.queue.log.begin();
        if delivering.queue.spool.as_ref().is_some_and(Spool::has_left) {
            delivering.started()?;
        }
        Ok(delivering)
    }

    /// For a disabled client: checks payloads, and queues none.
    pub(crate) fn disabled() -> Self {
        let queue = Queue::new(
            &QueueOptions::default(),
            Hooks::default(),
            None,
            Clock::default(),
        );
        Self {
            queue: Arc::new(queue),
            lifecycle: Arc::default(),
            route: None,
            stamp: None,
            completes_events: false,
            drain_on_drop: None,
            started: OnceLock::new(),
            starting: Mutex::default(),
            children: Mutex::default(),
        }
    }

    /// Encodes an event and queues it.
    pub(crate) fn track(
        &self,
        kind: SubjectKind,
        name: &str,
        event: Encode<'_>,
    ) -> Result<(), Error> {
        let tracked = SCRATCH.try_with(|scratch| {
            let mut scratch = scratch.try_borrow_mut().ok()?;
            let outcome = self.track_with(&mut scratch, kind, name, event);
            if scratch.size() > LARGEST_SCRATCH {
                *scratch = Buffer::default();
            }
            Some(outcome)
        });
        match tracked {
            Ok(Some(outcome)) => outcome,
            _ => self.track_without_scratch(kind, name, event),
        }
    }

    /// Tracks with a new buffer: the thread's own buffer is unavailable while another event is
    /// being encoded and while the thread ends.
    #[cold]
    #[inline(never)]
    fn track_without_scratch(
        &self,
        kind: SubjectKind,
        name: &str,
        event: Encode<'_>,
    ) -> Result<(), Error> {
        self.track_with(&mut Buffer::default(), kind, name, event)
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "one of the two callers is the usual one"
    )]
    fn track_with(
        &self,
        scratch: &mut Buffer,
        kind: SubjectKind,
        name: &str,
        event: Encode<'_>,
    ) -> Result<(), Error> {
        scratch.clear();
        let subject = match append(scratch, event) {
            Ok(subject) => subject,
            Err(problems) => return Err(invalid(name, problems)),
        };
        if self.completes_events {
            return self.track_completed(scratch, kind);
        }
        let Some(queue) = self.started()? else {
            return Ok(());
        };
        let event = scratch.written();
        // The encoder usually knows where the subject is; for `.to(…)` events it is parsed from the
        // bytes.
        let subject = if subject.is_empty() {
            subject::first(event)
        } else {
            scratch.part(subject)
        };
        Ok(queue.push_event(kind, subject, event, None)?)
    }

    /// Tracks an encoded event with its stamp, and as `before_send` leaves it.
    #[inline(never)]
    fn track_completed(&self, event: &mut Buffer, kind: SubjectKind) -> Result<(), Error> {
        if let Some(stamp) = &self.stamp {
            stamp.put(event);
        }
        let Some(queue) = self.started()? else {
            return Ok(());
        };
        let event = event.written().into();
        if let Screened::Payload(event) = queue.before_send(PayloadKind::Event(kind), event)? {
            queue.push_event(kind, subject::first(&event), &event, None)?;
        }
        Ok(())
    }

    /// Queues an encoded event. With [`Overflow::Wait`](super::Overflow::Wait), waits while the
    /// queue is full.
    pub(crate) async fn track_waiting(
        &self,
        kind: SubjectKind,
        event: Result<Vec<u8>, Invalid>,
    ) -> Result<(), Error> {
        let event = self.stamped(event?);
        let Some(queue) = self.started()? else {
            return Ok(());
        };
        let event = queue.before_send(PayloadKind::Event(kind), event.into())?;
        let Screened::Payload(event) = event else {
            return Ok(());
        };
        queue
            .wait_for_room(|| queue.push_event(kind, subject::first(&event), &event, None))
            .await
    }

    fn stamped(&self, event: Vec<u8>) -> Vec<u8> {
        let Some(stamp) = &self.stamp else {
            return event;
        };
        let mut event = Buffer::from(event);
        stamp.put(&mut event);
        event.into_written()
    }

    /// Queues an encoded upsert.
    pub(crate) fn identify(
        &self,
        kind: SubjectKind,
        upsert: Result<Vec<u8>, Invalid>,
    ) -> Result<(), Error> {
        let upsert = upsert?;
        let Some(queue) = self.started()? else {
            return Ok(());
        };
        let upsert = queue.before_send(PayloadKind::Upsert(kind), upsert.into())?;
        if let Screened::Payload(upsert) = upsert {
            queue.push_upsert(kind, upsert.into_owned(), None)?;
        }
        Ok(())
    }

    /// Queues an encoded upsert. With [`Overflow::Wait`](super::Overflow::Wait), waits while the
    /// queue is full.
    pub(crate) async fn identify_waiting(
        &self,
        kind: SubjectKind,
        upsert: Result<Vec<u8>, Invalid>,
    ) -> Result<(), Error> {
        let upsert = upsert?;
        let Some(queue) = self.started()? else {
            return Ok(());
        };
        let upsert = queue.before_send(PayloadKind::Upsert(kind), upsert.into())?;
        let Screened::Payload(upsert) = upsert else {
            return Ok(());
        };
        queue
            .wait_for_room(|| queue.push_upsert(kind, upsert.to_vec(), None))
            .await
    }

    /// Waits until everything accepted before this call is settled.
    ///
    /// # Errors
    /// Inside of a hook or a subscriber, while delivery is suspended or the disk of the spool holds
    /// it up, or if delivery has ended before that. In a fork.
    pub(crate) async fn flush(&self) -> Result<(), Error> {
        self.claim()?;
        self.queue.hooks.check_may_wait()?;
        if !self.is_started() {
            return Ok(());
        }
        let mut watermark = self.queue.flush();
        self.queue.control.urge();
        loop {
            let mut progress = std::pin::pin!(self.queue.progress.notified());
            progress.as_mut().enable();
            // Read first, so that payloads settled just before the worker ended count as settled.
            let ended = self.lifecycle.has_ended();
            if self.queue.is_settled(&mut watermark) {
                return Ok(());
            }
            if ended {
                return Err(left_in_spool());
            }
            if self.lifecycle.was_given_up() {
                return Err(held_up());
            }
            if let Some(error) = self.queue.control.suspension(|| self.suspended()) {
                return Err(error);
            }
            if let Some(error) = self.queue.disk_failure(&watermark) {
                return Err(error);
            }
            progress.await;
        }
    }

    /// Makes [`shutdown`](Self::shutdown) cover the delivery of a project or a session, too.
    pub(crate) fn adopt(&self, made_by: MadeBy, child: &Arc<Self>) {
        let mut children = self.children();
        if self.queue.is_closed() {
            child.queue.close();
        }
        children.retain(|(_, known)| known.strong_count() > 0);
        children.push((made_by, Arc::downgrade(child)));
    }

    /// Delivers as much as possible before the deadline, and drops the rest. A spool keeps the
    /// rest. Returns soon after the deadline also if a hook or the disk holds up the worker, which
    /// then settles the rest later.
    ///
    /// # Errors
    /// If this delivery or a child was suspended to the end and dropped payloads, or if a child had
    /// undelivered payloads at the deadline: the statistics are about this delivery only. Inside of
    /// a hook or a subscriber. In a fork.
    pub(crate) async fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.claim()?;
        self.queue.hooks.check_may_wait()?;
        let mut children = Vec::new();
        let ends_at = clock::later(self.queue.clock.now(), deadline);
        self.end_at(ends_at, &mut children);
        let ended = async {
            self.ended().await;
            for (_, child) in &children {
                child.ended().await;
            }
        };
        if let Either::Other(()) = either(ended, self.queue.clock.overdue(ends_at)).await {
            self.give_up();
            for (_, child) in &children {
                child.give_up();
            }
        }
        let undelivered = children.into_iter().map(|(made_by, child)| {
            Undelivered::new(made_by, child.undelivered(), &child.queue.control)
        });
        let undelivered: Vec<_> = undelivered.collect();
        let own = self.undelivered();
        // A spool keeps them.
        if own > 0 && self.queue.spool.is_none() {
            let state = || {
                format!("delivery was suspended until the shutdown, with undelivered items ({own})")
            };
            if let Some(error) = self.queue.control.suspension(state) {
                return Err(error);
            }
        }
        Undelivered::check(undelivered)?;
        Ok(self.stats())
    }

    /// The state of a delivery that is suspended.
    fn suspended(&self) -> String {
        let stats = self.stats();
        let pending = stats.pending();
        match stats.lost() {
            0 => {
                format!("delivery is suspended; nothing was lost, and {pending} items stay queued")
            }
            lost => format!(
                "delivery is suspended; {pending} items stay queued, and {lost} were dropped or are of unknown outcome"
            ),
        }
    }

    /// This delivery, if a call that changes a subject has to be reported to
    /// [`changed`](Self::changed).
    pub(crate) fn if_skipping(self: &Arc<Self>) -> Option<Arc<Self>> {
        self.queue.skips_identical().then(|| Arc::clone(self))
    }

    /// An answered upsert may have changed a subject.
    pub(crate) fn changed(&self, kind: SubjectKind, upsert: &[u8]) {
        // A fork has sent nothing.
        if self.claim().is_err() {
            return;
        }
        self.queue.forget_accepted(Some((kind, upsert)));
    }

    /// The application's hooks.
    pub(crate) fn hooks(&self) -> &Guarded {
        &self.queue.hooks
    }

    /// Ends this delivery and its children, which are added to `ending`, at the same time.
    fn end_at(&self, moment: Instant, ending: &mut Vec<(MadeBy, Arc<Self>)>) {
        let children = {
            // Closed under the lock, so that a child is either in the list or made closed.
            let children = self.children();
            self.queue.close();
            let alive = children
                .iter()
                .filter_map(|(made_by, child)| Some((*made_by, child.upgrade()?)));
            alive.collect::<Vec<_>>()
        };
        self.lifecycle.end_at(moment);
        for (made_by, child) in children {
            child.end_at(moment, ending);
            ending.push((made_by, child));
        }
    }

    /// Waits until a delivery that is to end has ended.
    async fn ended(&self) {
        if self.is_started() {
            self.lifecycle.ended().await;
        } else {
            self.queue.close_spool();
        }
    }

    /// Nothing waits any more for a delivery that is held up by a hook or by the disk.
    fn give_up(&self) {
        if self.is_started() && !self.lifecycle.has_ended() {
            self.lifecycle.give_up();
            // Other callers wait for room, or for a flush.
            self.queue.progress.notify_waiters();
        }
    }

    /// How many payloads were undelivered at the deadline of a delivery that is to end.
    fn undelivered(&self) -> u64 {
        if !self.is_started() {
            return 0;
        }
        let ended = self.lifecycle.undelivered();
        ended.unwrap_or_else(|| self.stats().pending())
    }

    /// Makes the client one of this process. Comes before the first lock of a call.
    ///
    /// # Errors
    /// In a fork of the process that the client belongs to.
    pub(crate) fn claim(&self) -> Result<(), Error> {
        match &self.route {
            Some(route) => route.transport.owner().claim(),
            // A disabled client has no thread and no connections.
            None => Ok(()),
        }
    }

    fn used(&self) -> Used {
        let route = self.route.as_ref();
        route.map_or(Used::Here, |route| route.transport.owner().used())
    }

    fn is_started(&self) -> bool {
        self.started.get().is_some()
    }

    fn children(&self) -> MutexGuard<'_, Vec<(MadeBy, Weak<Self>)>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> Stats {
        match self.used() {
            Used::Here => self.queue.stats(),
            // Nothing was queued in this process. Counting takes the locks of the lanes, which a
            // thread of the parent may hold.
            Used::Nowhere | Used::InParent(_) => Stats::default(),
        }
    }

    /// The queue, after starting its worker if necessary. `None` for a disabled client, whose
    /// payload is done once it was checked.
    #[inline]
    fn started(&self) -> Result<Option<&Queue>, Error> {
        if trace::is_emitting() {
            return Err(feedback());
        }
        // Here, because everything that calls a hook goes on from here.
        self.queue.hooks.check_outside()?;
        match self.started.get() {
            Some(guard) if !guard.is_forked() => Ok(Some(&self.queue)),
            _ => self.start(),
        }
    }

    /// Starts the worker, also if an earlier attempt has failed.
    #[cold]
    fn start(&self) -> Result<Option<&Queue>, Error> {
        let Some(route) = &self.route else {
            return if self.queue.is_closed() {
                Err(PushError::Closed.into())
            } else {
                Ok(None)
            };
        };
        route.transport.owner().claim()?;
        let _starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_started() {
            self.queue.log.begin();
            let job = Job {
                queue: Arc::clone(&self.queue),
                transport: Arc::clone(&route.transport),
                lifecycle: Arc::clone(&self.lifecycle),
            };
            let started = route.worker.start(job);
            started.map_err(|why| Error::no_thread("the delivery thread", why))?;
            let _ = self.started.set(ForkGuard::new());
        }
        Ok(Some(&self.queue))
    }
}

#[cold]
fn invalid(name: &str, problems: Vec<Problem>) -> Error {
    Invalid::new(Payload::Event(name), problems).into()
}

fn left_in_spool() -> Error {
    Error::new(
        ErrorKind::ShutDown,
        Outcome::Unsent,
        "the client was shut down; its undelivered events are in the spool for the next client",
    )
}

fn held_up() -> Error {
    Error::new(
        ErrorKind::ShutDown,
        Outcome::Lost,
        "the client was shut down, and a hook or the disk holds up its delivery past the deadline; its `stats` has the counts so far",
    )
}

#[cold]
fn feedback() -> Error {
    Error::new(
        ErrorKind::Feedback,
        Outcome::Unsent,
        "tracked by a subscriber while it handles a log event of this crate; exclude the target `lunogram` in that subscriber",
    )
}
