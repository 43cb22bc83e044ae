//! Events and upserts that are queued.

use super::Client;
use crate::client::Sink;
use crate::delivery::Stats;
use crate::error::Error;
use lunogram_core::{AnyEvent, AnyTraits};
use std::time::Duration;

impl Client {
    /// Queues an event and returns at once, without waiting. See
    /// [`Client::track`](crate::Client::track).
    ///
    /// # Errors
    /// The errors of [`Client::track`](crate::Client::track).
    pub fn track<E: AnyEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.client.track(event)
    }

    /// Queues an upsert and returns at once, without waiting. See
    /// [`Client::identify`](crate::Client::identify).
    ///
    /// # Errors
    /// The errors of [`Client::identify`](crate::Client::identify).
    pub fn identify<T: AnyTraits + ?Sized>(&self, traits: &T) -> Result<(), Error> {
        self.client.identify(traits)
    }

    /// The same queue for callers that can wait for room. See
    /// [`Client::waiting`](crate::Client::waiting).
    pub fn waiting(&self) -> Waiting<'_> {
        Waiting { client: self }
    }

    /// Sends everything that is queued, and blocks until the outcome of each item is known.
    /// See [`Client::flush`](crate::Client::flush).
    ///
    /// # Errors
    /// The errors of [`Client::flush`](crate::Client::flush).
    pub fn flush(&self) -> Result<(), Error> {
        self.driver.wait(self.client.flush())
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. See [`Client::shutdown`](crate::Client::shutdown).
    ///
    /// # Errors
    /// The errors of [`Client::shutdown`](crate::Client::shutdown).
    pub fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.driver.wait(self.client.shutdown(deadline))
    }

    /// The counts of everything that was queued so far.
    /// See [`Client::stats`](crate::Client::stats).
    pub fn stats(&self) -> Stats {
        self.client.stats()
    }
}

/// The queue of a [`Client`] for callers that can wait for room; see [`Client::waiting`].
///
/// ```
/// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
/// use lunogram::Event;
///
/// client.waiting().track(&Event::new("page_viewed").to("user_123"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "it does nothing until `track` or `identify` is called"]
pub struct Waiting<'c> {
    client: &'c Client,
}

impl Waiting<'_> {
    /// Queues an event, and waits while the queue is full. See
    /// [`Waiting::track`](crate::queue::Waiting::track).
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// client.waiting().track(&Event::new("page_viewed").to("user_123"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Waiting::track`](crate::queue::Waiting::track).
    pub fn track<E: AnyEvent + ?Sized>(self, event: &E) -> Result<(), Error> {
        let tracked = self.client.client.waiting().track(event);
        self.client.driver.wait(tracked)
    }

    /// Queues an upsert, and waits while the queue is full. See
    /// [`Waiting::identify`](crate::queue::Waiting::identify).
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertUserRequest;
    ///
    /// client.waiting().identify(&UpsertUserRequest::new("user_123"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Waiting::track`](crate::queue::Waiting::track).
    pub fn identify<T: AnyTraits + ?Sized>(self, traits: &T) -> Result<(), Error> {
        let identified = self.client.client.waiting().identify(traits);
        self.client.driver.wait(identified)
    }
}

impl Sink for Client {
    fn track(&self, event: &dyn AnyEvent) -> Result<(), Error> {
        Self::track(self, event)
    }

    fn identify(&self, traits: &dyn AnyTraits) -> Result<(), Error> {
        Self::identify(self, traits)
    }
}
