//! Time and randomness for the queue: from the operating system, or from a clock that a test
//! controls.

mod either;
#[cfg(feature = "testing")]
mod idle_probe;
#[cfg(feature = "testing")]
mod manual;
#[cfg(feature = "testing")]
pub(crate) mod test_clock;

pub(super) use either::{Either, either};

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

/// The queue's source of time and random numbers.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    #[default]
    Real,
    #[cfg(feature = "testing")]
    Manual(Arc<Manual>),
}

impl Clock {
    #[inline]
    pub(super) fn now(&self) -> Instant {
        match self {
            Self::Real => Instant::now(),
            #[cfg(feature = "testing")]
            Self::Manual(manual) => manual.now(),
        }
    }

    /// A uniformly distributed random number.
    pub(super) fn random(&self) -> u64 {
        match self {
            Self::Real => RandomState::new().hash_one(()),
            #[cfg(feature = "testing")]
            Self::Manual(manual) => manual.random(),
        }
    }

    pub(super) async fn sleep(&self, pause: Duration) {
        self.sleep_until(later(self.now(), pause)).await;
    }

    pub(super) async fn sleep_until(&self, moment: Instant) {
        match self {
            Self::Real => tokio::time::sleep_until(moment).await,
            #[cfg(feature = "testing")]
            Self::Manual(manual) => manual.sleep_until(moment).await,
        }
    }

    /// Installs a probe in the worker's runtime, so that a manual clock can find out whether the
    /// worker is idle. With the real clock the probe does nothing.
    pub(super) fn install_probe(&self, runtime: &mut Builder) -> WorkerProbe {
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

/// The worker's side of an [`IdleProbe`](idle_probe::IdleProbe). Does nothing with the real clock.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkerProbe {
    #[cfg(feature = "testing")]
    probe: Option<Arc<idle_probe::IdleProbe>>,
}

impl WorkerProbe {
    /// Drives the worker's main future and answers the clock's pings meanwhile.
    pub(super) async fn drive<T>(&self, future: impl Future<Output = T>) -> T {
        #[cfg(feature = "testing")]
        if let Some(probe) = &self.probe {
            return probe.drive(future).await;
        }
        future.await
    }

    /// Awaits something that other threads or the network complete. Meanwhile the worker does not
    /// count as idle, even if its thread sleeps.
    pub(super) async fn external<T>(&self, future: impl Future<Output = T>) -> T {
        #[cfg(feature = "testing")]
        let _external = self
            .probe
            .as_deref()
            .map(idle_probe::IdleProbe::begin_external);
        future.await
    }
}

/// `moment + by`, with `by` capped so that the addition cannot overflow.
pub(super) fn later(moment: Instant, by: Duration) -> Instant {
    moment + by.min(FAR)
}
