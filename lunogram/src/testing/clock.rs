//! Time that a test moves.

use crate::delivery;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A clock that stands until it is moved, for [`ClientBuilder::clock`](crate::ClientBuilder::clock): a test of what is
/// delivered in the background waits for nothing. Clones are the same clock.
///
/// The age at which a batch leaves, the pauses between attempts, a server's `Retry-After`, and the deadlines of events and
/// of [`shutdown`](crate::Client::shutdown) follow it. The time-outs of single requests, and the pauses of answered calls
/// such as [`send`](crate::Client::send), do not.
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
/// client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
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
pub struct Clock(Arc<delivery::Manual>);

impl Clock {
    /// A clock with pauses whose random part is the same in every run.
    #[must_use]
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// The same with other random parts.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(delivery::Manual::new(seed)))
    }

    /// Moves the clock, from any thread; everything that waits for a moment that has come goes on.
    pub fn advance(&self, by: Duration) {
        self.0.advance(by);
    }

    /// Waits until no client of this clock has anything to do in the background before the clock is moved, requests on their
    /// way included, and tells how far it has to be moved for the next thing to happen; `None` where nothing waits for time.
    ///
    /// Needs no particular runtime. With it, a test gets through any length of time without passing over what happens in it:
    ///
    /// ```
    /// # use lunogram::testing::{Clock, Fault, Server};
    /// # use lunogram::{Client, Event};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// # let clock = Clock::new();
    /// # let client = Client::builder(server.key()).base_url(server.url()).clock(&clock).build()?;
    /// # client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
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

    pub(crate) fn of_delivery(&self) -> delivery::Clock {
        delivery::Clock::Manual(Arc::clone(&self.0))
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
