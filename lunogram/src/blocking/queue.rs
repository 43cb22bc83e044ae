//! Events and upserts that are queued.

use super::Client;
use crate::client::{ShutdownGuard, Sink};
use crate::delivery::Stats;
use crate::error::Error;
use lunogram_core::{AnyEvent, AnyTraits};
use std::time::Duration;

impl Client {
    /// Queues an event and returns at once. The event is delivered in the background; events about
    /// one subject, those with the same first identifier, are delivered in the order in which they
    /// were tracked.
    ///
    /// It works on any thread, inside or outside a runtime, and in `Drop`. It never waits for the
    /// network, and does not allocate as long as delivery keeps up with the queue.
    ///
    /// Call [`shutdown`](Self::shutdown) before the process ends to deliver the remaining events.
    /// Dropping the last clone of the client delivers what it can in
    /// [two seconds](crate::queue::QueueOptions::drain_on_drop), and a client in a `static` is
    /// never dropped: see [`shutdown_guard`](Self::shutdown_guard).
    ///
    /// ```
    /// use lunogram::{LunogramEvent, blocking::Client};
    ///
    /// #[derive(LunogramEvent)]
    /// struct PageViewed<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     path: &'a str,
    /// }
    ///
    /// fn viewed(client: &Client, user: &str, path: &str) {
    ///     if let Err(error) = client.track(&PageViewed { user, path }) {
    ///         eprintln!("not tracked: {error}");
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event,
    /// [`QueueFull`](crate::ErrorKind::QueueFull) if the queue is full and
    /// [`Overflow`](crate::queue::Overflow) demands an error,
    /// [`TooLarge`](crate::ErrorKind::TooLarge) if the event is larger than the whole queue,
    /// [`Spool`](crate::ErrorKind::Spool) if it cannot be written to disk,
    /// [`NoThread`](crate::ErrorKind::NoThread) if the delivery thread cannot be started,
    /// [`Feedback`](crate::ErrorKind::Feedback) in a hook or a `tracing` subscriber,
    /// [`Forked`](crate::ErrorKind::Forked) in a fork of the client's process, or
    /// [`ShutDown`](crate::ErrorKind::ShutDown). Later failures are reported by
    /// [`stats`](Self::stats) and [`on_drop`](crate::ClientBuilder::on_drop).
    pub fn track<E: AnyEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.client.track(event)
    }

    /// Queues an [`upsert_user`](Self::upsert_user) or
    /// [`upsert_organization`](Self::upsert_organization). Events about any of its identifiers that
    /// are tracked after it are sent once the server has responded to it: the server loses events
    /// of subjects that it does not know.
    ///
    /// ```
    /// # use lunogram::{LunogramEvent, UpsertUserRequest, blocking::Client};
    /// # #[derive(LunogramEvent)] struct SignedUp<'a> { #[lunogram(external_id)] user: &'a str }
    /// # fn example(client: Client) -> Result<(), lunogram::Error> {
    /// client.identify(&UpsertUserRequest::new("user_123").email("jane@example.com"))?;
    /// client.track(&SignedUp { user: "user_123" })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    #[doc(alias("identify_user", "identify_organization"))]
    pub fn identify<T: AnyTraits + ?Sized>(&self, traits: &T) -> Result<(), Error> {
        self.client.identify(traits)
    }

    /// The same queue for callers that can wait: if
    /// [`Overflow::Wait`](crate::queue::Overflow::Wait) is set, its [`track`](Waiting::track) and
    /// [`identify`](Waiting::identify) wait while the queue is full. They have no time limit; a
    /// [`shutdown`](Self::shutdown) ends them with an error.
    ///
    /// ```
    /// use lunogram::queue::{Overflow, QueueOptions};
    /// use lunogram::{Client, LunogramEvent};
    /// use std::time::Duration;
    ///
    /// #[derive(LunogramEvent)]
    /// struct Counted<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     number: u32,
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// let queue = QueueOptions::default()
    ///     .max_events(1)
    ///     .batch_age(Duration::ZERO)
    ///     .overflow(Overflow::Wait);
    /// let builder = Client::builder(server.key()).base_url(server.url()).queue(queue);
    /// let client = builder.build()?.blocking()?;
    /// for number in 0..3 {
    ///     // Each waits until the previous one is delivered.
    ///     client.waiting().track(&Counted { user: "user_123", number })?;
    /// }
    /// client.flush()?;
    /// assert_eq!(client.stats().delivered(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn waiting(&self) -> Waiting<'_> {
        Waiting { client: self }
    }

    /// Sends the queued items without waiting for full batches, and returns when every item that
    /// was queued before the call is delivered, dropped, or of unknown outcome. It may be called at
    /// any time, on any thread and in any runtime. It has no time limit: put one around it, or end
    /// the client with [`shutdown`](Self::shutdown), which also ends a flush.
    ///
    /// ```
    /// use lunogram::Event;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client().blocking()?;
    /// client.track(&Event::new("page_viewed").to("user_123"))?;
    /// client.flush()?;
    /// assert_eq!(client.stats().pending(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// While delivery is suspended, because the server does not accept the key or is not a Lunogram
    /// server, the error has the answer that suspended it:
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized), [`NotFound`](crate::ErrorKind::NotFound),
    /// [`Redirected`](crate::ErrorKind::Redirected), [`Refused`](crate::ErrorKind::Refused) (405)
    /// or [`Unreadable`](crate::ErrorKind::Unreadable). The items stay queued, and the text says
    /// whether something was lost before.
    /// [`Spool`](crate::ErrorKind::Spool) if items in the spool cannot be read at the moment, or if
    /// events that must not arrive twice cannot be marked in it as sent. They stay there, and the
    /// client tries again.
    /// [`ShutDown`](crate::ErrorKind::ShutDown) if the client was shut down and left items in its
    /// spool, or could not settle them by its deadline.
    /// [`Feedback`](crate::ErrorKind::Feedback) in a hook or a `tracing` subscriber, for which the
    /// delivery may be waiting.
    /// [`Forked`](crate::ErrorKind::Forked) in a fork of the client's process.
    pub fn flush(&self) -> Result<(), Error> {
        self.driver.wait(self.client.flush())
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. From then on nothing can be queued; answered calls still work. A second call returns
    /// the same counts.
    ///
    /// It returns at most half a second after the deadline, also if a hook of the application or
    /// the disk of a spool holds up the delivery thread. The counts are those of that moment then:
    /// items that are still [`pending`](crate::queue::Stats::pending) and not in a spool are
    /// settled, and reported to the hooks, when the thread goes on, and lost if the process ends
    /// before.
    ///
    /// It also shuts down the clients and sessions that were made from this one by
    /// [`for_project`](Self::for_project) and [`with_session`](Self::with_session), within the same
    /// deadline. The counts are those of this client only; each of the others has its own
    /// [`stats`](Self::stats). So that no loss of the others goes unnoticed, it is an error here.
    /// Clients and sessions whose last clone was dropped before are not covered.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// let stats = client.shutdown(Duration::from_secs(5))?;
    /// println!("{stats}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If delivery was suspended to the end and items were lost because of it, delivery of this
    /// client, or of a client or session made from it: an error with the answer that suspended it,
    /// as for [`flush`](Self::flush). [`ShutDown`](crate::ErrorKind::ShutDown) if one of these
    /// others still had undelivered items at its deadline. Everything has ended even then, and
    /// [`stats`](Self::stats) returns the counts. [`Feedback`](crate::ErrorKind::Feedback) in a
    /// hook or a `tracing` subscriber, for which the delivery may be waiting.
    /// [`Forked`](crate::ErrorKind::Forked) in a fork of the client's process, in which nothing has
    /// ended then.
    pub fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.driver.wait(self.client.shutdown(deadline))
    }

    /// Shuts the client down when the guard is dropped, within `deadline`, on every way out of a
    /// function: the end, `?` and a panic. For a `main` that has nothing to do with the counts, and
    /// for a client in a `static`, which is never dropped itself.
    ///
    /// The drop blocks its thread for as long as something is pending, until the deadline in real
    /// time, and half a second more if a hook or the disk holds up the delivery thread. In a hook
    /// it does not wait. A loss that no hook and no `tracing` subscriber reports is written to
    /// standard error. In async code, [`shutdown`](Self::shutdown) is better: it does not block,
    /// and returns the counts. A guard that is dropped after it does nothing.
    ///
    /// ```no_run
    /// use lunogram::{Event, blocking::Client};
    /// use std::time::Duration;
    ///
    /// let client = Client::from_env()?;
    /// // Not `let _ =`, which would drop it here.
    /// let _guard = client.shutdown_guard(Duration::from_secs(5));
    /// client.track(&Event::new("started").to("user_123"))?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn shutdown_guard(&self, deadline: Duration) -> ShutdownGuard {
        self.client.shutdown_guard(deadline)
    }

    /// The counts of everything that was queued so far: accepted, delivered, dropped, pending. In a
    /// [fork](Self#forks) of the client's process they are zero.
    ///
    /// ```
    /// use lunogram::Event;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client().blocking()?;
    /// client.track(&Event::new("page_viewed").to("user_123"))?;
    /// assert_eq!(client.stats().accepted(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stats(&self) -> Stats {
        self.client.stats()
    }
}

/// The queue of a [`Client`] for callers that can wait for room; see [`Client::waiting`].
///
/// ```
/// use lunogram::blocking::Client;
/// use lunogram::{Error, Event, UpsertUserRequest};
///
/// /// A batch job, which is to be as fast as delivery and no faster.
/// fn import(client: &Client, ids: &[&str]) -> Result<(), Error> {
///     let queue = client.waiting();
///     for id in ids {
///         queue.identify(&UpsertUserRequest::new(*id))?;
///         queue.track(&Event::new("imported").to(*id))?;
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "it does nothing until `track` or `identify` is called"]
pub struct Waiting<'c> {
    pub(super) client: &'c Client,
}

impl Waiting<'_> {
    /// Queues an event like [`Client::track`], and waits while the queue is full if
    /// [`Overflow::Wait`](crate::queue::Overflow::Wait) is set.
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
    /// The errors of [`Client::track`].
    pub fn track<E: AnyEvent + ?Sized>(self, event: &E) -> Result<(), Error> {
        let tracked = self.client.client.waiting().track(event);
        self.client.driver.wait(tracked)
    }

    /// Queues an upsert like [`Client::identify`], and waits while the queue is full if
    /// [`Overflow::Wait`](crate::queue::Overflow::Wait) is set.
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
    /// The errors of [`Client::track`].
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
