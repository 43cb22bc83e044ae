//! The client: one method per operation, and the methods of the background queue.

#[cfg(not(all(feature = "spool", feature = "reqwest-0_13")))]
mod absent;
mod batches;
mod before_send;
mod build;
mod builder;
mod call;
mod devices;
mod disabled;
mod environment;
mod events;
mod inbox;
mod organizations;
mod projects;
mod queue;
mod receipts;
mod schedules;
mod session;
mod sessions;
mod sink;
mod users;

pub use builder::ClientBuilder;
pub use call::Call;
pub use inbox::{Inbox, InboxPages};
pub use queue::{ShutdownGuard, Waiting};
pub use receipts::{OwnReceipts, Receipts, WaitingReceipts};
pub use session::Session;
pub use sink::Sink;

use crate::clock::Clock;
use crate::delivery::{Delivering, Hooks, QueueOptions, Spool, Worker};
use crate::encode::{self, Payload, Writer};
use crate::error::Error;
use crate::trace;
use crate::transport::{Request, Response, Transport, unreadable};
use crate::wire::{Operation, SubjectKind};
use lunogram_core::{Identifiers, Invalid};
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;

/// A client of one Lunogram server, with one key.
///
/// Make one for the whole application and clone it: clones share their connections and their queue.
/// [`for_project`](Self::for_project) makes the clients of other projects of the same server.
///
/// [`send`](Self::send) and the other operations wait for the response; [`track`](Self::track) and
/// [`identify`](Self::identify) queue. See [`guide::delivery`](crate::guide::delivery).
///
/// The operations work in every tokio runtime that has I/O and time enabled, with one thread or
/// many, and fail with [`Config`](crate::ErrorKind::Config) outside of one: use
/// [`blocking`](Self::blocking) there. A connection lives as long as the runtime in which it was
/// opened. The methods of the queue need no runtime, [`flush`](Self::flush),
/// [`shutdown`](Self::shutdown), [`waiting`](Self::waiting) and [`receipts`](Self::receipts)
/// included.
///
/// Every method validates and encodes its payload when it is called, and returns a [`Call`] that
/// sends it when it is awaited.
///
/// # Forks
///
/// A client belongs to one process: the first one that uses it, or with a spool the one that builds
/// it. In a fork of that process, its calls return the error [`Forked`](crate::ErrorKind::Forked).
/// Make a client in each process, after the fork: see [the guide](crate::guide::delivery#forks).
///
/// ```
/// use lunogram::{Client, LunogramEvent};
///
/// #[derive(LunogramEvent)]
/// struct SignedUp<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
///     plan: &'a str,
/// }
///
/// async fn signed_up(client: &Client) -> Result<(), lunogram::Error> {
///     client.send(&SignedUp { user: "user_123", plan: "pro" }).await
/// }
/// ```
#[derive(Clone)]
#[must_use = "a client does nothing until one of its methods is called"]
pub struct Client {
    /// `None` for a disabled client.
    transport: Option<Arc<Transport>>,
    delivering: Arc<Delivering>,
    setup: Arc<Setup>,
}

/// The settings and the thread that a client shares with the clients and sessions made from it.
struct Setup {
    queue: QueueOptions,
    hooks: Hooks,
    clock: Clock,
    /// The delivery thread.
    worker: Arc<Worker>,
}

impl Client {
    /// A client of the hosted platform, with the default settings.
    ///
    /// ```no_run
    /// let client = lunogram::Client::new("sk_live_…")?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if the key is empty or has characters that no key has,
    /// or if this machine cannot set up TLS or, for a blocking client, a thread.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        Self::builder(key).build()
    }

    /// A client with the key in `LUNOGRAM_API_KEY`, of the server in `LUNOGRAM_API_URL` and the
    /// project in `LUNOGRAM_PROJECT_ID` if they are set; see
    /// [`ClientBuilder::from_env`](crate::ClientBuilder::from_env).
    ///
    /// ```no_run
    /// let client = lunogram::Client::from_env()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if `LUNOGRAM_API_KEY` is not set, if a variable is
    /// invalid, or if this machine cannot set up TLS or, for a blocking client, a thread.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// A builder for other settings.
    ///
    /// ```
    /// use lunogram::Client;
    /// use std::time::Duration;
    ///
    /// let client = Client::builder("sk_123")
    ///     .base_url("http://127.0.0.1:4010/api")
    ///     .timeout(Duration::from_secs(5))
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn builder(key: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(key.into())
    }

    fn with_transport(
        transport: Transport,
        setup: Arc<Setup>,
        spool: Option<Spool>,
    ) -> Result<Self, Error> {
        let transport = Arc::new(transport);
        let delivering = Delivering::new(
            &setup.queue,
            setup.hooks.clone(),
            spool,
            setup.clock.clone(),
            Arc::clone(&transport),
            Arc::clone(&setup.worker),
        )?;
        Ok(Self {
            delivering: Arc::new(delivering),
            transport: Some(transport),
            setup,
        })
    }

    /// The clock, for a wait that is not a call of the client.
    pub(crate) fn clock(&self) -> &Clock {
        &self.setup.clock
    }

    /// Makes the client one of this process.
    ///
    /// # Errors
    /// In a fork of the process that the client belongs to.
    pub(crate) fn claim(&self) -> Result<(), Error> {
        self.delivering.claim()
    }

    /// The transport, for requests that are not operations of the client.
    ///
    /// # Errors
    /// If the client is disabled.
    #[cfg(feature = "plan")]
    pub(crate) fn transport(&self) -> Result<&Transport, Error> {
        self.transport.as_deref().ok_or_else(disabled::no_answer)
    }

    /// Sends a request and decodes the response.
    fn send_and_decode<T: DeserializeOwned + 'static>(
        &self,
        request: Result<Request, Error>,
    ) -> Call<T> {
        let request = self.before_send(request);
        let transport = self.transport.clone();
        let delivering = self.delivering.if_skipping();
        Call::new(called(&request), async move {
            let request = request?;
            let operation = request.operation();
            let answer = exchange(transport.as_deref(), &request).await;
            if let (Some(delivering), Some(kind)) = (delivering, upserted(operation)) {
                delivering.changed(kind, request.body().map_or(&[], |body| body));
            }
            let Response { status, body } = answer?;
            if body.is_empty() {
                return Err(unreadable(status, "the response has no body").during(operation));
            }
            serde_json::from_slice(&body).map_err(|error| {
                // The position only: the content may be personal data.
                let message = format!(
                    "unexpected response body (JSON error at line {}, column {})",
                    error.line(),
                    error.column()
                );
                unreadable(status, message).during(operation)
            })
        })
    }

    /// Sends a request whose successful response has no content.
    fn send_and_discard(&self, request: Result<Request, Error>) -> Call<()> {
        let request = self.before_send(request);
        let transport = self.transport.clone();
        Call::new(called(&request), async move {
            exchange(transport.as_deref(), &request?).await.map(drop)
        })
    }

    /// Deletes the subject of a request. Queued payloads about it wait for the answer.
    fn delete(&self, kind: SubjectKind, request: Result<Request, Error>) -> Call<()> {
        let request = self.before_send(request);
        let transport = self.transport.clone();
        let delivering = Arc::clone(&self.delivering);
        Call::new(called(&request), async move {
            let request = request?;
            let operation = request.operation();
            let body = request.body().cloned().unwrap_or_default();
            let answer = async { exchange(transport.as_deref(), &request).await.map(drop) };
            let deleted = delivering.delete(kind, body, answer).await;
            deleted.map_err(|error| error.during(operation))
        })
    }
}

/// The operation of a request that may have failed its checks.
fn called(request: &Result<Request, Error>) -> &'static str {
    match request {
        Ok(request) => request.operation().id(),
        Err(error) => error.operation().unwrap_or("invalid"),
    }
}

/// The kind of the subject that an operation upserts.
fn upserted(operation: Operation) -> Option<SubjectKind> {
    match operation {
        Operation::UpsertUser => Some(SubjectKind::User),
        Operation::UpsertOrganization => Some(SubjectKind::Organization),
        _ => None,
    }
}

/// Sends a request in its own span. Without a transport, the client is disabled.
async fn exchange(transport: Option<&Transport>, request: &Request) -> Result<Response, Error> {
    match transport {
        Some(transport) => trace::call(request.operation(), transport.send(request)).await,
        None => disabled::answer(request),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.transport {
            Some(transport) => f.debug_tuple("Client").field(transport).finish(),
            None => f.write_str("Client(disabled)"),
        }
    }
}

/// Encodes the request that deletes a user or an organization.
fn deletion(of: Payload<'_>, subject: &Identifiers) -> Result<Vec<u8>, Invalid> {
    encode::encoded(of, &|writer: &mut Writer| {
        writer.literal("{\"identifier\":");
        subject.encode(writer);
        writer.literal("}");
    })
}
