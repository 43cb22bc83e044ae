//! The public handle of a test's clock. `lunogram::testing` re-exports it.

use super::manual::Manual;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A clock that stands still until a test advances it, for
/// [`ClientBuilder::clock`](crate::ClientBuilder::clock). Clones share one clock.
///
/// Use it to test delivery without waiting for real time. These follow the clock: the age at which
/// a batch is sent, the pauses between attempts of the queue and of answered calls, a server's
/// `Retry-After`, the deadlines of events and of [`shutdown`](crate::Client::shutdown), and the age
/// of unused connections. If the delivery thread is held up, for example by a hook, `shutdown`
/// returns a few seconds of real time after the clock has reached its deadline. The time-outs of
/// requests follow the clock if the server does, too
/// ([`ServerBuilder::clock`](crate::testing::ServerBuilder::clock)), and use real time otherwise.
///
/// ```
/// use lunogram::testing::{Clock, Server};
/// use lunogram::{Client, Event};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// let clock = Clock::new();
/// let client = Client::builder(server.key()).base_url(server.url()).clock(&clock).build()?;
///
/// client.track(&Event::new("page_viewed").to("user_123"))?;
/// clock.idle().await;
/// assert!(server.requests().is_empty()); // the batch waits for more events
///
/// clock.advance(Duration::from_secs(1));
/// clock.idle().await;
/// assert_eq!(server.requests().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Manual>);

impl Clock {
    /// A clock whose random numbers, used for the jitter of pauses, are the same in every run.
    #[must_use]
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// A clock whose random numbers come from this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Manual::new(seed)))
    }

    /// Moves the clock forward and wakes every wait that has ended by then. Can be called from any
    /// thread.
    pub fn advance(&self, by: Duration) {
        self.0.advance(by);
    }

    /// Waits until no client or server of this clock has work left at the current time, except to
    /// wait for time. Returns how far to advance the clock for the next thing to happen, or `None`
    /// if nothing waits for time.
    ///
    /// It waits for requests in flight, those of answered calls included, so something has to poll
    /// a call that has begun: spawn it, or `select!` between it and this method.
    ///
    /// Works in every runtime. With it, a test can skip any length of time and still see everything
    /// that happens meanwhile:
    ///
    /// ```
    /// # use lunogram::testing::{Clock, Fault, Server};
    /// # use lunogram::{Client, Event};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// # let clock = Clock::new();
    /// # let client = Client::builder(server.key()).base_url(server.url()).clock(&clock).build()?;
    /// # client.track(&Event::new("page_viewed").to("user_123"))?;
    /// # server.inject(Fault::status(503).times(9));
    /// while client.stats().pending() > 0 {
    ///     let next = clock.idle().await;
    ///     clock.advance(next.unwrap_or_default());
    /// }
    /// assert_eq!(client.stats().delivered(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn idle(&self) -> Option<Duration> {
        self.0.idle().await
    }

    pub(crate) fn of_client(&self) -> super::Clock {
        super::Clock::Manual(Arc::clone(&self.0))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").finish_non_exhaustive()
    }
}
