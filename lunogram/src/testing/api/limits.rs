//! The limits of a server for its clients.

use std::time::Duration;

/// The limits of a server for its clients, for
/// [`ServerBuilder::limits`](crate::testing::ServerBuilder::limits).
///
/// | limit | [`deployed`](Self::deployed) | when it is exceeded |
/// |---|---|---|
/// | [`requests_per_minute`](Self::requests_per_minute) | 600 | 429 with `Retry-After` in whole seconds, from 1 to 60 |
/// | [`read_timeout`](Self::read_timeout) | 5 s | the connection is cut |
/// | [`answer_timeout`](Self::answer_timeout) | 10 s | the request is processed to its end, and the connection is cut instead of an answer |
/// | [`idle_timeout`](Self::idle_timeout) | 5 s | the connection is closed |
/// | [`largest_event`](Self::largest_event) | 1 MiB | 500; the events before it in the batch are processed |
/// | [`acknowledgement`](Self::acknowledgement) | 1 ms | the time that each event of a batch takes, one after the other |
/// | [`requests_at_a_time`](Self::requests_at_a_time) | any number | a request waits for another to end |
///
/// ```
/// use lunogram::testing::{Limits, Server};
/// use lunogram::{Client, Retries, UpsertUserRequest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let limits = Limits::deployed().requests_per_minute(1);
/// let server = Server::builder().limits(limits).start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .retries(Retries::none())
///     .build()?;
/// client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
/// let error = client.upsert_user(&UpsertUserRequest::new("user_123")).await.unwrap_err();
/// assert_eq!(error.status(), Some(429));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Limits {
    pub(in crate::testing) requests_per_minute: Option<u32>,
    pub(in crate::testing) read_timeout: Option<Duration>,
    pub(in crate::testing) answer_timeout: Option<Duration>,
    pub(in crate::testing) idle_timeout: Option<Duration>,
    pub(in crate::testing) largest_event: Option<usize>,
    pub(in crate::testing) acknowledgement: Duration,
    pub(in crate::testing) requests_at_a_time: Option<usize>,
}

impl Limits {
    /// No limits: the default of a server.
    pub fn none() -> Self {
        Self {
            requests_per_minute: None,
            read_timeout: None,
            answer_timeout: None,
            idle_timeout: None,
            largest_event: None,
            acknowledgement: Duration::ZERO,
            requests_at_a_time: None,
        }
    }

    /// The limits of a server that is deployed with the platform's defaults, without a proxy. The
    /// time of an acknowledgement depends on the installation; 1 ms stands for a fast one.
    pub fn deployed() -> Self {
        Self {
            requests_per_minute: Some(600),
            read_timeout: Some(Duration::from_secs(5)),
            answer_timeout: Some(Duration::from_secs(10)),
            idle_timeout: Some(Duration::from_secs(5)),
            largest_event: Some(1 << 20),
            acknowledgement: Duration::from_millis(1),
            requests_at_a_time: None,
        }
    }

    /// Sets how many requests of one key are answered within any 60 s. Each key and each session's
    /// token has its own count, which all clients that use it share. Refused requests do not count.
    pub fn requests_per_minute(mut self, requests: impl Into<Option<u32>>) -> Self {
        self.requests_per_minute = requests.into();
        self
    }

    /// Sets the time from the first byte of a request to its last one.
    pub fn read_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.read_timeout = timeout.into();
        self
    }

    /// Sets the time from the end of a request's headers to the end of its answer. A request that
    /// takes longer is processed to its end, also if the client has closed the connection.
    pub fn answer_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.answer_timeout = timeout.into();
        self
    }

    /// Sets how long a connection without a request is kept.
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = timeout.into();
        self
    }

    /// Sets the size of the largest event, in bytes of JSON.
    pub fn largest_event(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.largest_event = bytes.into();
        self
    }

    /// Sets the time that the server needs for each event of a batch, one after the other.
    pub fn acknowledgement(mut self, time: Duration) -> Self {
        self.acknowledgement = time;
        self
    }

    /// Sets how many requests are processed at the same time. Other requests wait, and their time
    /// to answer runs.
    pub fn requests_at_a_time(mut self, requests: impl Into<Option<usize>>) -> Self {
        self.requests_at_a_time = requests.into();
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::none()
    }
}
