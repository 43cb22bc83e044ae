//! The client without `async`: every call blocks until its response is there.
//!
//! With other settings than the defaults, a client is `Client::builder(key).build()?.blocking()?`,
//! from the builder of [`lunogram::Client`](crate::Client).
//!
//! ```
//! use lunogram::{Client, LunogramEvent, UpsertUserRequest, testing::Server};
//!
//! #[derive(LunogramEvent)]
//! struct SignedUp<'a> {
//!     #[lunogram(external_id)]
//!     user: &'a str,
//! }
//!
//! let server = Server::start()?;
//! let client = Client::builder(server.key()).base_url(server.url()).build()?.blocking()?;
//! client.upsert_user(&UpsertUserRequest::new("user_123"))?;
//! client.send(&SignedUp { user: "user_123" })?;
//! assert_eq!(server.events::<SignedUp>().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod devices;
mod driver;
mod events;
mod inbox;
mod organizations;
mod projects;
mod queue;
mod receipt;
mod receipts;
mod schedules;
mod session;
mod sessions;
mod users;

use crate::error::Error;
use driver::Driver;
#[cfg(feature = "testing")]
pub(crate) use driver::park_until;
pub use inbox::{Inbox, InboxPages};
pub use queue::Waiting;
pub use receipt::Receipt;
pub use receipts::{OwnReceipts, Receipts, WaitingReceipts};
pub use session::Session;
use std::fmt;
use std::sync::Arc;

/// A [`Client`](crate::Client) whose calls block until their responses are there.
///
/// It needs no runtime. Inside a runtime it works, too, and blocks the calling thread. Clones share
/// their connections, their queue, and the thread that drives the connections.
/// [`Client::blocking`](crate::Client::blocking) makes it from a client with any settings.
///
/// ```
/// use lunogram::{
///     Client, Event, Membership, Schedule, UpsertOrganizationRequest, UpsertUserRequest,
/// };
/// use serde_json::json;
/// use std::time::Duration;
///
/// #[derive(Schedule)]
/// #[lunogram(interval = "168h")]
/// struct WeeklyDigest<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let (key, url) = (server.key(), server.url());
/// let client = Client::builder(key).base_url(url).build()?.blocking()?;
/// let user = client.upsert_user(&UpsertUserRequest::new("user_123").email("jane@example.com"))?;
/// assert_eq!(user.version, 0);
/// client.upsert_organization(&UpsertOrganizationRequest::new("org_456").name("Acme"))?;
/// let membership = Membership::of_user("user_123").in_organization("org_456");
/// client.add_organization_user(&membership.data(json!({"role": "admin"})))?;
/// client.send(&Event::new("page_viewed").to("user_123"))?;
/// client.schedule(&WeeklyDigest { user: "user_123" })?;
/// client.unschedule(WeeklyDigest::of("user_123"))?;
///
/// client.track(&Event::new("page_viewed").to("user_123"))?; // queued
/// println!("{}", client.shutdown(Duration::from_secs(5))?);
/// client.delete_user("user_123")?;
/// # assert_eq!(server.events_named("page_viewed").len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a client does nothing until one of its methods is called"]
pub struct Client {
    client: crate::Client,
    driver: Arc<Driver>,
}

impl Client {
    /// A client of the hosted platform, with the default settings.
    ///
    /// ```no_run
    /// let client = lunogram::blocking::Client::new("sk_live_…")?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if the key is empty or has characters that no key has,
    /// or if this machine cannot set up TLS or, for a blocking client, a thread.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        crate::Client::new(key)?.blocking()
    }

    /// A client with the key in `LUNOGRAM_API_KEY`, of the server in `LUNOGRAM_API_URL` and the
    /// project in `LUNOGRAM_PROJECT_ID` if they are set; see
    /// [`ClientBuilder::from_env`](crate::ClientBuilder::from_env).
    ///
    /// ```no_run
    /// let client = lunogram::blocking::Client::from_env()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if `LUNOGRAM_API_KEY` is not set, if a variable is
    /// invalid, or if this machine cannot set up TLS or, for a blocking client, a thread.
    pub fn from_env() -> Result<Self, Error> {
        crate::Client::from_env()?.blocking()
    }

    /// A client that checks payloads and sends nothing: for development without a server, for
    /// deployments without messaging, and for tests that assert no payload.
    ///
    /// It needs no key, opens no connection and starts no thread. An invalid payload is still
    /// [`Invalid`](crate::ErrorKind::Invalid). A call succeeds, and what it answers is what it was
    /// sent:
    ///
    /// | call | answer |
    /// |---|---|
    /// | [`send`](Self::send), deletions, members, devices, marks | success |
    /// | [`track`](Self::track), [`identify`](Self::identify) | success; nothing is queued, and [`stats`](Self::stats) count nothing |
    /// | [`receipts`](Self::receipts) | [`Fate::Delivered`](crate::queue::Fate::Delivered) |
    /// | [`upsert_user`](Self::upsert_user), [`upsert_organization`](Self::upsert_organization) | the traits that were sent, with version 0 and ids that are [`Uuid::nil`](uuid::Uuid::nil) |
    /// | [`schedule`](Self::schedule) | the name, data and moment that were sent, with an id that is [`Uuid::nil`](uuid::Uuid::nil) |
    /// | [`user_inbox`](Self::user_inbox), [`organization_inbox`](Self::organization_inbox) | an empty inbox |
    /// | [`create_session`](Self::create_session), [`vapid_public_key`](Self::vapid_public_key) | an error of the kind [`Disabled`](crate::ErrorKind::Disabled): a made-up token or key would fail later, in another program |
    ///
    /// Nothing is stored: deleting succeeds, and an inbox stays empty after a message was posted.
    /// A test that asserts payloads takes [`testing::Server`](crate::testing::Server) or
    /// [`testing::Recorder`](crate::testing::Recorder) instead.
    ///
    /// ```
    /// use lunogram::{ErrorKind, Event, UpsertUserRequest, blocking::Client};
    ///
    /// # fn main() -> Result<(), lunogram::Error> {
    /// let configured = std::env::var_os("LUNOGRAM_API_KEY").is_some();
    /// # let configured = false;
    /// let client = if configured { Client::from_env()? } else { Client::disabled() };
    ///
    /// let request = UpsertUserRequest::new("user_123").email("jane@example.com");
    /// let user = client.upsert_user(&request)?;
    /// assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    /// client.track(&Event::new("page_viewed").to("user_123"))?;
    ///
    /// let error = client.track(&Event::new("page_viewed").to("")).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Invalid);
    /// # Ok(())
    /// # }
    /// ```
    pub fn disabled() -> Self {
        Self {
            client: crate::Client::disabled(),
            driver: Arc::new(Driver::idle()),
        }
    }
}

impl crate::Client {
    /// The same client for code that is not async: its calls block until their responses are there.
    ///
    /// Both share the queue, the connections, the hooks and the counts, so that a program can use
    /// either face where it suits. The blocking face has a thread that drives its connections; keep
    /// it and clone it instead of asking for another one per call.
    ///
    /// ```
    /// use lunogram::{Client, Event};
    ///
    /// # let server = lunogram::testing::Server::start()?;
    /// let client = Client::builder(server.key()).base_url(server.url()).build()?;
    /// let blocking = client.blocking()?;
    /// blocking.send(&Event::new("page_viewed").to("user_123"))?;
    /// blocking.track(&Event::new("page_viewed").to("user_123"))?;
    /// assert_eq!(client.stats().accepted(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoThread`](crate::ErrorKind::NoThread) if the operating system refuses another thread, or
    /// [`Forked`](crate::ErrorKind::Forked) in a fork of the process that uses the client.
    #[doc(alias = "builder")]
    pub fn blocking(&self) -> Result<Client, Error> {
        // A fork has no thread of this driver.
        self.claim()?;
        let driver = if self.is_disabled() {
            Driver::idle()
        } else {
            Driver::start()
                .map_err(|error| Error::no_thread("the thread that drives connections", error))?
        };
        Ok(Client {
            client: self.clone(),
            driver: Arc::new(driver),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}
