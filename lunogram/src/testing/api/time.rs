//! The server's time: the moments of arrival, and the time that its work takes.

use super::limits::Limits;
use crate::clock::{Clock, Either, either};
use chrono::{DateTime, TimeDelta, Utc};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

/// The clock of a server, and the limits that depend on it.
#[derive(Debug)]
pub(in crate::testing) struct Timing {
    pub(in crate::testing) clock: Clock,
    /// One moment on the clock and on the calendar.
    epoch: (Instant, DateTime<Utc>),
    current: Mutex<Current>,
    changed: Notify,
}

#[derive(Debug)]
struct Current {
    limits: Limits,
    /// Permits for the requests that are processed at the same time.
    requests: Option<Arc<Semaphore>>,
}

impl Current {
    fn new(limits: Limits) -> Self {
        let requests = limits.requests_at_a_time.map(Semaphore::new).map(Arc::new);
        Self { limits, requests }
    }
}

impl Timing {
    pub(in crate::testing) fn new(clock: Clock, limits: Limits) -> Self {
        Self {
            epoch: (clock.now(), Utc::now()),
            clock,
            current: Mutex::new(Current::new(limits)),
            changed: Notify::new(),
        }
    }

    pub(in crate::testing) fn limits(&self) -> Limits {
        self.current().limits.clone()
    }

    pub(in crate::testing) fn set_limits(&self, limits: Limits) {
        *self.current() = Current::new(limits);
        self.changed.notify_waiters();
    }

    pub(in crate::testing) fn now(&self) -> DateTime<Utc> {
        self.date(self.clock.now())
    }

    /// A moment of the clock on the calendar.
    pub(super) fn date(&self, moment: Instant) -> DateTime<Utc> {
        let (instant, date) = match self.clock {
            // The calendar may be set, and the server may run for weeks.
            Clock::Real => (self.clock.now(), Utc::now()),
            Clock::Manual(_) => self.epoch,
        };
        let delta = |duration| TimeDelta::from_std(duration).unwrap_or_default();
        date + delta(moment.saturating_duration_since(instant))
            - delta(instant.saturating_duration_since(moment))
    }

    /// Waits for one of the permits to process a request.
    pub(super) async fn permit(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        let requests = self.current().requests.clone()?;
        requests.acquire_owned().await.ok()
    }

    /// Waits as long as the server needs for this many events, and returns the moment of each. If
    /// the limits change, the event in work still takes the earlier time.
    pub(super) async fn publish(&self, events: usize) -> Vec<Instant> {
        let mut moments = Vec::with_capacity(events);
        let mut from = self.clock.now();
        while moments.len() < events {
            let mut changed = pin!(self.changed.notified());
            // Enabled before the limits are read: they may change in between.
            changed.as_mut().enable();
            let each = self.limits().acknowledgement;
            let left = u32::try_from(events - moments.len()).unwrap_or(u32::MAX);
            let end = from + each * left;
            let done = match either(self.clock.sleep_until(end), changed).await {
                Either::One(()) => left,
                Either::Other(()) => {
                    let elapsed = self.clock.now() - from;
                    let complete = elapsed.as_nanos() / each.as_nanos().max(1);
                    let done = u32::try_from(complete).unwrap_or(left).min(left - 1) + 1;
                    self.clock.sleep_until(from + each * done).await;
                    done
                }
            };
            moments.extend((1..=done).map(|count| from + each * count));
            from += each * done;
        }
        moments
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
