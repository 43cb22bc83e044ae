//! The client without `async`: every call blocks until its response is there.
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
pub use session::Session;
use std::fmt;
use std::sync::Arc;

/// A [`Client`](crate::Client) whose calls block until their responses are there.
///
/// It needs no runtime. Inside a runtime it works, too, and blocks the calling thread. Clones share
/// their connections, their queue, and the one thread that drives both. Each method does what the
/// method of the same name on [`Client`](crate::Client) does.
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
pub struct Client {
    client: crate::Client,
    driver: Arc<Driver>,
}

impl Client {
    /// A client of the hosted platform, with the default settings. See
    /// [`Client::new`](crate::Client::new).
    ///
    /// # Errors
    /// The errors of [`Client::new`](crate::Client::new) and
    /// [`Client::blocking`](crate::Client::blocking).
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        crate::Client::new(key)?.blocking()
    }

    /// A client with the key in `LUNOGRAM_API_KEY`. See
    /// [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// The errors of [`Client::from_env`](crate::Client::from_env) and
    /// [`Client::blocking`](crate::Client::blocking).
    pub fn from_env() -> Result<Self, Error> {
        crate::Client::from_env()?.blocking()
    }

    /// A client that checks payloads and sends nothing. It has no thread. See
    /// [`Client::disabled`](crate::Client::disabled).
    #[must_use]
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
    /// [`Config`](crate::ErrorKind::Config) if the operating system refuses another thread.
    pub fn blocking(&self) -> Result<Client, Error> {
        let driver = if self.is_disabled() {
            Driver::idle()
        } else {
            Driver::start().map_err(|error| {
                Error::config("cannot start the thread that drives connections").because(error)
            })?
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
