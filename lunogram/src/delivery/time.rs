//! Where the queue takes its time and its randomness from: the machine, or a test.

#[cfg(feature = "testing")]
mod manual;
#[cfg(feature = "testing")]
mod watch;

#[cfg(feature = "testing")]
pub(crate) use manual::Manual;

use std::hash::{BuildHasher, RandomState};
#[cfg(feature = "testing")]
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::Instant;

/// Further away than anything that is waited for.
const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What time it is, and what chance says.
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

    /// Any number, all equally likely.
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

    /// Lets the clock know when the worker that this runtime is for has nothing to do.
    pub(super) fn watch(&self, runtime: &mut Builder) -> Watch {
        match self {
            #[cfg(feature = "testing")]
            Self::Manual(manual) => {
                let watch = manual.watch();
                let parked = Arc::clone(&watch);
                runtime.on_thread_park(move || parked.parks());
                Watch { of: Some(watch) }
            }
            Self::Real => {
                let _ = runtime;
                Watch::default()
            }
        }
    }
}

/// What a worker tells the clock of a test; the machine's is not interested.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    #[cfg(feature = "testing")]
    of: Option<Arc<watch::Watch>>,
}

impl Watch {
    /// Runs what the worker's runtime is driven for.
    pub(super) async fn over<T>(&self, future: impl Future<Output = T>) -> T {
        #[cfg(feature = "testing")]
        if let Some(watch) = &self.of {
            return watch.over(future).await;
        }
        future.await
    }

    /// Waits for what does not come from the worker itself: while it does, the worker is not idle, even if nothing moves.
    pub(super) async fn outside<T>(&self, future: impl Future<Output = T>) -> T {
        #[cfg(feature = "testing")]
        let _outside = self.of.as_deref().map(watch::Watch::outside);
        future.await
    }
}

/// A moment so much later, or as far away as anything is.
pub(super) fn later(moment: Instant, by: Duration) -> Instant {
    moment + by.min(FAR)
}
