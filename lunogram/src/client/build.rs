//! Checks the settings and makes a client from them.

use super::{Client, ClientBuilder, Setup};
#[cfg(feature = "spool")]
use crate::delivery::Spool;
use crate::delivery::Worker;
use crate::error::Error;
use crate::transport::{Base, Connections, DEFAULT_BASE, Key, Settings, Transport};
use std::sync::Arc;

impl ClientBuilder {
    /// Makes the client. It sends nothing yet, and needs no runtime.
    ///
    /// ```
    /// use lunogram::{Client, ErrorKind};
    ///
    /// let client = Client::builder("sk_123").build()?;
    ///
    /// let error = Client::builder("").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if the key is empty or has characters that no key has,
    /// if the base URL is not a URL or would expose the key, if a time-out is zero, if the options
    /// of the queue cannot work, or if TLS cannot be set up on this machine. The message does not
    /// contain the key or the URL.
    ///
    /// [`Spool`](crate::ErrorKind::Spool) if the folder of the spool cannot be read or written, is
    /// in use by another client, was written by a newer version of this crate, has a link, a folder
    /// or a pipe in the place of one of its files, or has payloads for another project.
    ///
    /// Options of the queue that cannot work are a bound of zero, as `max_events(0)`,
    /// `in_flight(0)` or `batch_events(0)`, a `batch_bytes` into which no event fits, a property
    /// without a name for the time of an event, and an
    /// [`event_deadline`](crate::queue::QueueOptions::event_deadline) that is not longer than
    /// [`batch_age`](crate::queue::QueueOptions::batch_age).
    pub fn build(self) -> Result<Client, Error> {
        if self.timeout.is_zero() || self.connect_timeout.is_zero() {
            return Err(Error::config(
                "a time-out of zero lets no call succeed; set one such as `Duration::from_secs(30)`",
            ));
        }
        #[cfg(feature = "spool")]
        let is_spooled = match &self.spool {
            Some(spool) => spool.check().map(|()| true).map_err(Error::config)?,
            None => false,
        };
        #[cfg(not(feature = "spool"))]
        let is_spooled = false;
        self.queue.check(is_spooled).map_err(Error::config)?;
        let key = Key::new(self.key).map_err(Error::config)?;
        let base = self.base_url.as_deref().unwrap_or(DEFAULT_BASE);
        let base = Base::parse(base, self.project, self.plain).map_err(Error::config)?;
        #[cfg(feature = "spool")]
        let destination = base.destination();
        #[cfg(feature = "testing")]
        let is_of_test = self.clock.is_manual() || base.is_embedded();
        #[cfg(not(feature = "testing"))]
        let is_of_test = false;
        let clock = self.clock;
        let connections = if let Some(http) = self.http {
            Connections::of_application(http, clock.clone())
        } else {
            let settings = Settings {
                connect_timeout: self.connect_timeout,
                idle_timeout: self.idle_timeout,
            };
            Connections::new(&base, settings, clock.clone())?
        };
        let transport = Transport::new(
            Arc::new(connections),
            base,
            key,
            self.timeout,
            self.retries,
            clock.clone(),
        );
        #[cfg(feature = "spool")]
        let spool = self
            .spool
            .as_ref()
            .map(|options| Spool::open(options, &destination))
            .transpose()?;
        #[cfg(not(feature = "spool"))]
        let spool = None;
        let queue = if is_of_test {
            self.queue
        } else {
            self.queue.with_drain()
        };
        let setup = Setup {
            queue,
            hooks: self.hooks,
            worker: Arc::new(Worker::new(clock.clone())),
            clock,
        };
        Client::with_transport(transport, Arc::new(setup), spool)
    }
}
