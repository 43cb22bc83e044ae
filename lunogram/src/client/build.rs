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
    /// With a spool, it locks the folder, and looks at the names and the first
    /// bytes of the files there. It does not wait for the events in them: the delivery thread reads
    /// those afterwards, each file once if memory has room for its events, and
    /// [`Stats::is_recovering`](crate::queue::Stats::is_recovering) says whether it is done. Events
    /// that are tracked meanwhile are delivered after them.
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
    /// None of them touches the events in a spool. The message says what to do. It does not contain
    /// the key or the URL.
    ///
    /// | kind | when | remedy |
    /// |---|---|---|
    /// | [`Config`](crate::ErrorKind::Config) | the key is empty or has characters that no key has | set the key of the project |
    /// | `Config` | the base URL is not a URL, or would expose the key | set an `https` URL |
    /// | `Config` | a time-out is zero | set one such as 30 s |
    /// | `Config` | the options of the queue or of the spool cannot work, see below | set the value that the message names |
    /// | `Config` | TLS or the HTTP client cannot be set up on this machine | enable a feature for TLS, or repair the certificates of the machine |
    /// | [`Spool`](crate::ErrorKind::Spool) | the folder or one of its files cannot be created, read or written | use a folder that the process can write |
    /// | `Spool` | another client uses the folder, and has not ended within `SpoolOptions::wait_for_lock` | give each client its own folder; in a rolling restart, wait longer |
    /// | `Spool` | the folder has events for another host or project | use another folder, or set `SpoolOptions::any_project` |
    /// | `Spool` | a newer version of this crate has written a file | update the crate, or use another folder |
    /// | `Spool` | a link, a folder or a pipe has the name of a file of the spool | remove it |
    /// | `Spool` | a file has the last number, 4,294,967,295 | use another folder |
    /// | [`NoThread`](crate::ErrorKind::NoThread) | an earlier process has left files in the spool, and the thread that reads them cannot be started | close threads or files, and build again |
    /// | [`Feedback`](crate::ErrorKind::Feedback) | likewise, and a hook or a `tracing` subscriber builds the client | build it elsewhere |
    ///
    /// Options of the queue that cannot work are a bound of zero, as `max_events(0)`,
    /// `in_flight(0)` or `batch_events(0)`, a `batch_bytes` into which no event fits, a property
    /// without a name for the time of an event, and an
    /// [`event_deadline`](crate::queue::QueueOptions::event_deadline) that is not longer than
    /// [`batch_age`](crate::queue::QueueOptions::batch_age).
    ///
    /// A file that turns out to be unreadable later is not an error of `build`:
    /// [`flush`](Client::flush) returns it.
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
