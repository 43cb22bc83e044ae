//! Time and randomness of a client: from the operating system, or from a clock that a test
//! controls.

mod alarm;
mod either;
#[cfg(feature = "testing")]
pub(crate) mod exchange;
#[cfg(feature = "testing")]
mod idle_probe;
#[cfg(feature = "testing")]
mod manual;
mod runtime_thread;
#[cfg(feature = "testing")]
pub(crate) mod test_clock;

pub(crate) use either::{Either, either};
#[cfg(feature = "testing")]
pub(crate) use exchange::Served;
pub(crate) use runtime_thread::spawn_with;

use alarm::Alarm;
#[cfg(feature = "testing")]
use manual::Manual;
use std::hash::{BuildHasher, RandomState};
#[cfg(feature = "testing")]
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::Instant;

/// Upper bound of every wait. `Instant + Duration::MAX` would overflow.
const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The time that another thread gets, after a deadline, to act on it.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// The same with a test's clock, in real time. A test can skip hours in a moment, and many tests
/// may share the processor.
#[cfg(feature = "testing")]
const GRACE_OF_TESTS: Duration = Duration::from_secs(3);

/// A client's source of time and random numbers.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    #[default]
    Real,
    #[cfg(feature = "testing")]
    Manual(Arc<Manual>),
}

impl Clock {
    /// Whether a test controls it.
    #[cfg(feature = "testing")]
    pub(crate) fn is_manual(&self) -> bool {
        matches!(self, Self::Manual(_))
    }

    #[inline]
    pub(crate) fn now(&self) -> Instant {
        match self {
            Self::Real => Instant::now(),
            #[cfg(feature = "testing")]
            Self::Manual(manual) => manual.now(),
        }
    }

    /// A uniformly distributed random number.
    pub(crate) fn random(&self) -> u64 {
        match self {
            Self::Real => RandomState::new().hash_one(()),
            #[cfg(feature = "testing")]
            Self::Manual(manual) => manual.random(),
        }
    }

    pub(crate) async fn sleep(&self, pause: Duration) {
        self.sleep_until(later(self.now(), pause)).await;
    }

    pub(crate) async fn sleep_until(&self, moment: Instant) {
        match self {
            Self::Real => tokio::time::sleep_until(moment).await,
            #[cfg(feature = "testing")]
            Self::Manual(manual) => manual.sleep_until(moment).await,
        }
    }

    /// Completes when this moment has passed, and other threads have had half a second of real time
    /// to act on it. Works in every runtime and without one. A test's clock counts as idle
    /// meanwhile.
    pub(crate) async fn overdue(&self, moment: Instant) {
        let left = match self {
            Self::Real => moment.saturating_duration_since(Instant::now()) + GRACE,
            #[cfg(feature = "testing")]
            Self::Manual(manual) => {
                manual.reached(moment).await;
                GRACE_OF_TESTS
            }
        };
        Alarm::after(left).rung().await;
    }

    /// Starts a request, for its time-out.
    pub(crate) fn begin_exchange(&self) -> ExchangeGuard {
        match self {
            Self::Real => ExchangeGuard::default(),
            #[cfg(feature = "testing")]
            Self::Manual(manual) => ExchangeGuard {
                exchange: Some(exchange::Exchange::begin(manual)),
            },
        }
    }

    /// The request that a server received, by the header of a client of this clock.
    #[cfg(feature = "testing")]
    pub(crate) fn served(&self, headers: &http::HeaderMap) -> Served {
        let id = headers.get(exchange::HEADER);
        let id = id.and_then(|id| id.to_str().ok()?.parse().ok());
        match (self, id) {
            (Self::Manual(manual), Some(id)) => Served::new(manual, id),
            _ => Served::default(),
        }
    }

    /// Reports that a thread with a probe may have something to do, although nothing of what the
    /// clock knows has changed.
    #[cfg(feature = "testing")]
    pub(crate) fn changed(&self) {
        if let Self::Manual(manual) = self {
            manual.changed();
        }
    }

    /// Installs a probe in the worker's runtime, so that a manual clock can find out whether the
    /// worker is idle. With the real clock the probe does nothing.
    pub(crate) fn install_probe(&self, runtime: &mut Builder) -> WorkerProbe {
        match self {
            #[cfg(feature = "testing")]
            Self::Manual(manual) => {
                let probe = manual.new_probe();
                let parked = Arc::clone(&probe);
                runtime.on_thread_park(move || parked.on_park());
                WorkerProbe { probe: Some(probe) }
            }
            Self::Real => {
                let _ = runtime;
                WorkerProbe::default()
            }
        }
    }
}

/// A request in flight.
#[derive(Debug, Default)]
pub(crate) struct ExchangeGuard {
    #[cfg(feature = "testing")]
    exchange: Option<exchange::Exchange>,
}

impl ExchangeGuard {
    /// Adds the header by which a server of the same clock knows the request.
    pub(crate) fn mark(&self, headers: &mut http::HeaderMap) {
        #[cfg(feature = "testing")]
        if let Some(exchange) = &self.exchange {
            headers.insert(exchange::HEADER, exchange.id().into());
        }
        #[cfg(not(feature = "testing"))]
        let _ = (self, headers);
    }

    /// Completes when the request's time-out has passed.
    pub(crate) async fn time_out(&self, after: Duration) {
        #[cfg(feature = "testing")]
        if let Some(exchange) = &self.exchange {
            return exchange.time_out(after).await;
        }
        tokio::time::sleep(after).await;
    }
}

/// The worker's side of an [`IdleProbe`](idle_probe::IdleProbe). Does nothing with the real clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkerProbe {
    #[cfg(feature = "testing")]
    probe: Option<Arc<idle_probe::IdleProbe>>,
}

impl WorkerProbe {
    /// Drives the worker's main future and answers the clock's pings meanwhile.
    pub(crate) async fn drive<T>(&self, future: impl Future<Output = T>) -> T {
        #[cfg(feature = "testing")]
        if let Some(probe) = &self.probe {
            return probe.drive(future).await;
        }
        future.await
    }

    /// Awaits something that other threads complete. Meanwhile the worker does not
    /// count as idle, even if its thread sleeps.
    #[cfg_attr(
        not(feature = "spool"),
        expect(dead_code, reason = "only the spool's tasks wait for other threads")
    )]
    pub(crate) async fn external<T>(&self, future: impl Future<Output = T>) -> T {
        #[cfg(feature = "testing")]
        let _external = self
            .probe
            .as_deref()
            .map(idle_probe::IdleProbe::begin_external);
        future.await
    }
}

/// `moment + by`, with `by` capped so that the addition cannot overflow.
pub(crate) fn later(moment: Instant, by: Duration) -> Instant {
    moment + by.min(FAR)
}
