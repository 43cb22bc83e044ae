//! The bounds and choices of the background queue.

use std::time::Duration;

/// What becomes of an event when the queue is full.
///
/// ```
/// use lunogram::{Client, DropReason, ErrorKind, Event, Overflow, QueueOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let clock = lunogram::testing::Clock::new(); // nothing leaves before it is moved
/// let client = |overflow| {
///     let queue = QueueOptions::default().max_events(2).overflow(overflow);
///     Client::builder(server.key()).base_url(server.url()).queue(queue)
/// #       .clock(&clock)
///         .build()
/// };
/// let event = Event::new("page_viewed").to("user_123");
///
/// let refusing = client(Overflow::Refuse)?;
/// refusing.track_user_event(&event)?;
/// refusing.track_user_event(&event)?;
/// assert_eq!(refusing.track_user_event(&event).unwrap_err().kind(), ErrorKind::QueueFull);
///
/// let dropping = client(Overflow::DropOldest)?;
/// for _ in 0..3 {
///     dropping.track_user_event(&event)?;
/// }
/// assert_eq!(dropping.stats().dropped_because(DropReason::QueueFull), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// `track` returns the error; nothing that was accepted is lost.
    #[default]
    Refuse,
    /// The new event is dropped, and counted.
    DropNewest,
    /// The oldest events are dropped, and counted, until the new one fits. Where all that is older is on its way, or waits in a
    /// spool and not in memory, the new one is.
    DropOldest,
    /// `track_async` waits for room; `track`, which never waits, refuses.
    Wait,
}

/// What a batch without a known outcome means: the API has no idempotency key, so this is the application's choice.
///
/// ```
/// use lunogram::{Client, Delivery, QueueOptions};
///
/// // Rather a purchase that is missing than one that counts twice.
/// let queue = QueueOptions::default().delivery(Delivery::AtMostOnce);
/// let client = Client::builder("sk_123").queue(queue).build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
///
/// [`guide::delivery`](crate::guide::delivery#when-an-answer-is-lost) compares them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// A batch whose answer was lost, or failed on the way through, is sent again: some events may arrive twice.
    #[default]
    AtLeastOnce,
    /// It is not sent again: some events may not arrive. They are counted as of unknown outcome.
    AtMostOnce,
    /// One event to a request, so that an answer says what became of it. Only an answer that never comes leaves it unknown.
    Isolated,
}

/// The bounds and choices of a client's background queue.
///
/// | | default | |
/// |---|---|---|
/// | [`max_events`](Self::max_events) | 100,000 | with the next, how much may wait |
/// | [`max_bytes`](Self::max_bytes) | 64 MiB | |
/// | [`batch_events`](Self::batch_events) | 500 | when a batch leaves, whichever comes first |
/// | [`batch_bytes`](Self::batch_bytes) | 1 MiB | |
/// | [`batch_age`](Self::batch_age) | 1 s | |
/// | [`in_flight`](Self::in_flight) | 4 | requests at a time |
/// | [`event_deadline`](Self::event_deadline) | 1 h; a week with a spool | how long delivery of an event is tried |
/// | [`first_pause`](Self::first_pause) | 250 ms | before the second attempt at most; doubled for each one after it |
/// | [`longest_pause`](Self::longest_pause) | 30 s | what pauses grow to, unless the server asks for more |
/// | [`overflow`](Self::overflow) | [`Overflow::Refuse`] | when the queue is full |
/// | [`occurred_at`](Self::occurred_at) | none | the property that says when an event was tracked |
/// | [`delivery`](Self::delivery) | [`Delivery::AtLeastOnce`] | when an outcome is not known |
///
/// ```
/// use lunogram::{Client, Delivery, Overflow, QueueOptions};
///
/// let queue = QueueOptions::default()
///     .max_events(10_000)
///     .overflow(Overflow::DropOldest)
///     .delivery(Delivery::AtMostOnce);
/// let client = Client::builder("sk_1").queue(queue).build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueueOptions {
    pub(crate) max_events: usize,
    pub(crate) max_bytes: usize,
    pub(crate) batch_events: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) batch_age: Duration,
    pub(crate) in_flight: usize,
    pub(crate) event_deadline: Option<Duration>,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    pub(crate) overflow: Overflow,
    pub(crate) delivery: Delivery,
    pub(crate) occurred_at: Option<String>,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self {
            max_events: 100_000,
            max_bytes: 64 << 20,
            batch_events: 500,
            batch_bytes: 1 << 20,
            batch_age: Duration::from_secs(1),
            in_flight: 4,
            event_deadline: None,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            overflow: Overflow::default(),
            delivery: Delivery::default(),
            occurred_at: None,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty $(, at least $least:literal)?;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name$(.max($least))?;
            self
        }
    )*};
}

impl QueueOptions {
    setters! {
        /// How many events and upserts may wait, those on their way included; from one to 16,777,215.
        max_events: usize, at least 1;
        /// How many bytes of them may wait; at least one, and a payload larger than this never fits.
        max_bytes: usize, at least 1;
        /// How many events go into one request; at least one.
        batch_events: usize, at least 1;
        /// How many bytes of events go into one request; a larger single event goes alone.
        batch_bytes: usize, at least 1;
        /// How long an event waits for others to share its request.
        batch_age: Duration;
        /// How many requests are on their way at a time; at least one.
        in_flight: usize, at least 1;
        /// The longest pause before a second attempt, doubled for each one after it.
        first_pause: Duration;
        /// What pauses grow to, unless the server asks for more.
        ///
        /// An outage costs at most 30 failed requests and one for each five that the same traffic takes anyway: where more
        /// would fail at this pace, the next pause lasts about as long as the outage has until then, but no longer than a
        /// quarter of an hour, and a twelfth of [`event_deadline`](Self::event_deadline).
        longest_pause: Duration;
        /// What becomes of an event when the queue is full.
        overflow: Overflow;
        /// What a batch without a known outcome means.
        delivery: Delivery;
    }

    /// How long delivery of an event is tried before it is given up. What waits on disk alone is not tried yet, and a new process
    /// counts anew.
    #[must_use]
    pub fn event_deadline(mut self, event_deadline: Duration) -> Self {
        self.event_deadline = Some(event_deadline);
        self
    }

    /// Puts the moment of `track` into the data of every tracked event, under this name: the API has no place for it, and what
    /// waits arrives later. RFC 3339 in UTC, to the millisecond. An event that has a property of this name keeps its own.
    ///
    /// For one type, `#[lunogram(occurred_at)]` does the same.
    ///
    /// ```
    /// use lunogram::{Client, QueueOptions};
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
}
