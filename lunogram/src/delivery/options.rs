//! The options of the background queue.

mod check;

use std::time::Duration;

/// Default event deadline. Memory can hold events for about that long.
const DEADLINE: Duration = Duration::from_secs(60 * 60);

/// Default event deadline with a spool: long enough for an operator to fix a problem after a
/// weekend.
const DEADLINE_WITH_SPOOL: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Default of [`QueueOptions::drain_on_drop`]: many times what a server takes that answers, and
/// little for a program that ends.
const DRAIN_ON_DROP: Duration = Duration::from_secs(2);

/// The policy for events that do not fit into the queue.
///
/// ```
/// use lunogram::queue::{DropReason, Overflow, QueueOptions};
/// use lunogram::{Client, ErrorKind, Event};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let clock = lunogram::testing::Clock::new(); // nothing is sent before it is advanced
/// let client = |overflow| {
///     let queue = QueueOptions::default().max_events(2).overflow(overflow);
///     Client::builder(server.key()).base_url(server.url()).queue(queue)
/// #       .clock(&clock)
///         .build()
/// };
/// let event = Event::new("page_viewed").to("user_123");
///
/// let refusing = client(Overflow::Refuse)?;
/// refusing.track(&event)?;
/// refusing.track(&event)?;
/// assert_eq!(refusing.track(&event).unwrap_err().kind(), ErrorKind::QueueFull);
///
/// let dropping = client(Overflow::DropOldest)?;
/// for _ in 0..3 {
///     dropping.track(&event)?;
/// }
/// assert_eq!(dropping.stats().dropped_because(DropReason::QueueFull), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// `track` returns an error. Accepted events stay queued.
    #[default]
    Refuse,
    /// The new event is dropped and counted.
    DropNewest,
    /// The oldest events are dropped and counted until the new one fits. If all older events are in
    /// flight, or are in the spool but not in memory, or if the disk is so slow that the spool
    /// cannot start a file, the new event is dropped.
    DropOldest,
    /// [`Client::waiting`](crate::Client::waiting) waits for room. Other calls never wait, and
    /// return an error.
    Wait,
}

/// How to treat a batch whose outcome is not known. The API has no idempotency key, so the
/// application has to choose.
///
/// ```
/// use lunogram::Client;
/// use lunogram::queue::{Delivery, QueueOptions};
///
/// // A missing purchase is better than one that counts twice.
/// let queue = QueueOptions::default().delivery(Delivery::AtMostOnce);
/// let client = Client::builder("sk_123").queue(queue).build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
///
/// [`guide::delivery`](crate::guide::delivery#when-an-answer-is-lost) compares them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// A batch whose response was lost, or was a 5xx, is sent again. Some events may arrive more
    /// than once.
    #[default]
    AtLeastOnce,
    /// Such a batch is not sent again. Some events may not arrive; all of the batch are counted as
    /// [`unknown`](crate::queue::Stats::unknown).
    AtMostOnce,
    /// Each event has its own request, so that the status of the response is the outcome of that
    /// event. It is unknown only if no response arrives, or only a proxy's (502, 504); after
    /// another 5xx, the event is sent again.
    Isolated,
}

/// The options of a client's background queue.
///
/// | | default | |
/// |---|---|---|
/// | [`max_events`](Self::max_events) | 100,000 | the most that the queue holds |
/// | [`max_bytes`](Self::max_bytes) | 64 MiB | |
/// | [`batch_events`](Self::batch_events) | 500 | a batch is sent at the first limit |
/// | [`batch_bytes`](Self::batch_bytes) | 1 MiB | |
/// | [`batch_age`](Self::batch_age) | 1 s | |
/// | [`in_flight`](Self::in_flight) | 16 | the most concurrent requests |
/// | [`requests_per_minute`](Self::requests_per_minute) | none | upper bound, if it is known |
/// | [`max_copies`](Self::max_copies) | 3 | attempts after which an event may be in |
/// | [`skip_identical`](Self::skip_identical) | none | how long an accepted upsert is not repeated |
/// | [`event_deadline`](Self::event_deadline) | 1 h; 7 days with a spool | for delivery |
/// | [`first_pause`](Self::first_pause) | 250 ms | longest first pause; doubled each time |
/// | [`longest_pause`](Self::longest_pause) | 30 s | upper bound of pauses |
/// | [`overflow`](Self::overflow) | [`Overflow::Refuse`] | when the queue is full |
/// | [`occurred_at`](Self::occurred_at) | none | property for the time of `track` |
/// | [`event_id`](Self::event_id) | none | property for an id of each event |
/// | [`delivery`](Self::delivery) | [`Delivery::AtLeastOnce`] | if an outcome is not known |
/// | [`drain_on_drop`](Self::drain_on_drop) | 2 s; none in tests | if `shutdown` was forgotten |
///
/// ```
/// use lunogram::Client;
/// use lunogram::queue::{Delivery, Overflow, QueueOptions};
///
/// let queue = QueueOptions::default()
///     .max_events(10_000)
///     .overflow(Overflow::DropOldest)
///     .delivery(Delivery::AtMostOnce);
/// let client = Client::builder("sk_1").queue(queue).build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
///
/// [`ClientBuilder::build`](crate::ClientBuilder::build) refuses options with which nothing could
/// be delivered, such as a bound of zero.
#[derive(Clone, Debug)]
pub struct QueueOptions {
    pub(crate) max_events: usize,
    pub(crate) max_bytes: usize,
    pub(crate) batch_events: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) batch_age: Duration,
    pub(crate) in_flight: usize,
    pub(crate) requests_per_minute: Option<u32>,
    pub(crate) max_copies: u32,
    pub(crate) skip_identical: Option<Duration>,
    pub(crate) event_deadline: Option<Duration>,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    pub(crate) overflow: Overflow,
    pub(crate) delivery: Delivery,
    pub(crate) occurred_at: Option<String>,
    pub(crate) event_id: Option<String>,
    /// `None`: not set. After [`with_drain`](Self::with_drain): dropping the client is silent.
    pub(crate) drain_on_drop: Option<Duration>,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self {
            max_events: 100_000,
            max_bytes: 64 << 20,
            batch_events: 500,
            batch_bytes: 1 << 20,
            batch_age: Duration::from_secs(1),
            in_flight: 16,
            requests_per_minute: None,
            max_copies: 3,
            skip_identical: None,
            event_deadline: None,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            overflow: Overflow::default(),
            delivery: Delivery::default(),
            occurred_at: None,
            event_id: None,
            drain_on_drop: None,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

impl QueueOptions {
    setters! {
        /// The most events and upserts that the queue holds, including those in flight; at least 1.
        /// A number above 16,777,215 counts as 16,777,215.
        max_events: usize;
        /// The most bytes of events and upserts that the queue holds in memory, including those in
        /// flight; at least 1. A larger payload never fits, and is an error of the kind
        /// [`TooLarge`](crate::ErrorKind::TooLarge). With a spool it waits on disk until memory is
        /// empty, and never fits only if it is larger than the spool's own `max_bytes`.
        max_bytes: usize;
        /// The most events in one request; at least 1. The first requests have fewer, and then as
        /// many as the server processes in about a second.
        batch_events: usize;
        /// The most bytes of events in one request; at least 37, the size of the smallest event. A
        /// larger event is sent alone.
        batch_bytes: usize;
        /// How long an event waits for other events to share its request. Under steady traffic the
        /// wait grows to six times as long, at most six seconds and half of
        /// [`event_deadline`](Self::event_deadline), so that the requests of many processes stay
        /// within the limit of their key; after a quiet time it is short again. If the queue is too
        /// full for another event, nothing waits.
        batch_age: Duration;
        /// The most concurrent requests; from 1 to 1,024. Fewer are used while that is enough, or
        /// while answers get slower.
        in_flight: usize;
        /// How many requests may have delivered an event, without an answer that says so, before
        /// the event is given up as [unknown](crate::queue::Stats::unknown); at least 1. Only
        /// [`Delivery::AtLeastOnce`] sends an event again after such a request.
        max_copies: u32;
        /// The longest pause before the second attempt, doubled for each further attempt.
        first_pause: Duration;
        /// The upper bound of pauses between attempts, unless the server asks for more with
        /// `Retry-After`, of which at most a minute is honoured.
        ///
        /// During an outage only probes are sent, one per pause of at most 30 seconds, which carry
        /// no events. Otherwise at most one of six requests repeats an earlier one at the usual
        /// pace, and further ones wait for the longest pause.
        longest_pause: Duration;
        /// The policy for events that do not fit into the queue.
        overflow: Overflow;
        /// How to treat a batch whose outcome is not known.
        delivery: Delivery;
    }

    /// The most requests in any minute, at least 1, sent evenly: a share of the limit of the key,
    /// which the platform sets to 600 by default for all processes together. Without it, the queue
    /// finds the limit by the server's refusals.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::queue::QueueOptions;
    ///
    /// // Ten processes leave half of the limit to answered calls.
    /// let queue = QueueOptions::default().requests_per_minute(30);
    /// let client = Client::builder("sk_1").queue(queue).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[must_use]
    pub fn requests_per_minute(mut self, requests_per_minute: u32) -> Self {
        self.requests_per_minute = Some(requests_per_minute);
        self
    }

    /// Skips an `identify` if the server has accepted the same one within this time, and nothing
    /// else was queued about the subject since: each upsert takes one request, which counts against
    /// the limit of the key. A skipped upsert counts as
    /// [delivered](crate::queue::Stats::delivered), and as
    /// [skipped](crate::queue::Stats::skipped).
    ///
    /// Only this queue and the answered upserts and deletions of its client are known. If another
    /// process, a session or the console changes the subject meanwhile, the skipped upsert does not
    /// restore the values. The last 5,000 to 10,000 identifiers are remembered.
    ///
    /// ```
    /// use lunogram::queue::QueueOptions;
    /// use lunogram::testing::Server;
    /// use lunogram::{Client, UpsertUserRequest};
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// let queue = QueueOptions::default().skip_identical(Duration::from_secs(3600));
    /// let client = Client::builder(server.key()).base_url(server.url()).queue(queue).build()?;
    /// for _page_view in 0..3 {
    ///     client.identify(&UpsertUserRequest::new("user_123").locale("nl-NL"))?;
    ///     client.flush().await?;
    /// }
    /// assert_eq!(client.stats().skipped(), 2);
    /// assert_eq!(server.requests().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn skip_identical(mut self, within: Duration) -> Self {
        self.skip_identical = Some(within);
        self
    }

    /// How long delivery of an event is attempted before the event is dropped; more than
    /// [`batch_age`](Self::batch_age), or events would expire while they wait for a batch. For an
    /// event that is only in the spool, the time starts when it is loaded into memory; a new
    /// process starts again from zero.
    ///
    /// Events and upserts also expire while the client waits for the server: during an outage, and
    /// during a pause or a `Retry-After`. A request on its way is waited for. The time in which a
    /// refused key or a wrong URL suspends delivery does not count
    /// ([`Stats::is_held`](crate::queue::Stats::is_held)).
    #[must_use]
    pub fn event_deadline(mut self, event_deadline: Duration) -> Self {
        self.event_deadline = Some(event_deadline);
        self
    }

    /// How long dropping the last clone of a client delivers the queued items; with zero, it drops
    /// them at once. It is for a forgotten [`shutdown`](crate::Client::shutdown), which can wait
    /// longer, does not block its thread, and returns the counts.
    ///
    /// The drop blocks its thread for at most this time, in real time whatever clock the client
    /// has, and only if something is pending. On a runtime with one thread, nothing else runs
    /// meanwhile, and neither do the connections that an HTTP client of the application has opened
    /// there. Then every item is settled and reported, or in the spool, before the drop returns,
    /// unless a hook or the disk holds up the delivery thread for half a second more. If items are
    /// lost, and neither a hook nor a `tracing` subscriber reports them, a line on standard error
    /// says so.
    ///
    /// The clients of one family, those made with [`for_project`](crate::Client::for_project) and
    /// [`with_session`](crate::Client::with_session) included, share this time and the line when
    /// many of them are dropped within seconds while the server does not answer. In a hook, and in
    /// a subscriber that handles a log event of this crate, the drop never waits.
    ///
    /// By default it is two seconds. Clients with a test's [`clock`](crate::ClientBuilder::clock)
    /// and clients of an embedded server do not wait, and print nothing, unless this is set.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::queue::QueueOptions;
    /// use std::time::Duration;
    ///
    /// let queue = QueueOptions::default().drain_on_drop(Duration::from_secs(10));
    /// let client = Client::builder("sk_1").queue(queue).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[must_use]
    pub fn drain_on_drop(mut self, most: Duration) -> Self {
        self.drain_on_drop = Some(most);
        self
    }

    /// Sets the default of [`drain_on_drop`](Self::drain_on_drop) for a client outside of tests.
    pub(crate) fn with_drain(mut self) -> Self {
        self.drain_on_drop = self.drain_on_drop.or(Some(DRAIN_ON_DROP));
        self
    }

    /// The deadline in force.
    pub(crate) fn deadline(&self, is_spooled: bool) -> Duration {
        self.event_deadline.unwrap_or(if is_spooled {
            DEADLINE_WITH_SPOOL
        } else {
            DEADLINE
        })
    }

    /// Adds the time of the `track` call to the data of every tracked event, as a property of this
    /// name. The server records only when an event arrives, which may be later.
    ///
    /// The format is RFC 3339 in UTC, to the millisecond. An event that already has a property of
    /// this name keeps it. For a single event type, use `#[lunogram(occurred_at)]` instead.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::queue::QueueOptions;
    ///
    /// let queue = QueueOptions::default().occurred_at("occurred_at");
    /// let client = Client::builder("sk_1").queue(queue).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[must_use]
    pub fn occurred_at(mut self, name: impl Into<String>) -> Self {
        self.occurred_at = Some(name.into());
        self
    }

    /// Adds an id to the data of every tracked event, as a property of this name. The event keeps
    /// its id when it is sent again, also by a later process with the same spool. So a program that
    /// reads the events afterwards can recognise those that
    /// [arrived more than once](crate::guide::delivery#when-an-answer-is-lost).
    ///
    /// The format is a UUID of version 7: ids made later by one process are greater. An event that
    /// already has a property of this name keeps it. For a single event type, use
    /// `#[lunogram(event_id)]` instead.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::queue::QueueOptions;
    ///
    /// let queue = QueueOptions::default().event_id("event_id");
    /// let client = Client::builder("sk_1").queue(queue).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[must_use]
    pub fn event_id(mut self, name: impl Into<String>) -> Self {
        self.event_id = Some(name.into());
        self
    }
}
