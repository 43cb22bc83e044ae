//! The client without `async`: every call blocks until its response is there.
//!
//! ```
//! use lunogram::{LunogramEvent, UpsertUserRequest, blocking, testing::Server};
//!
//! #[derive(LunogramEvent)]
//! struct SignedUp<'a> {
//!     #[lunogram(external_id)]
//!     user: &'a str,
//! }
//!
//! let server = Server::start()?;
//! let client = blocking::Client::builder(server.key()).base_url(server.url()).build_blocking()?;
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
mod queue;
mod schedules;
mod sessions;
mod users;

use crate::client::ClientBuilder;
use crate::error::Error;
use driver::Driver;
#[cfg(feature = "testing")]
pub(crate) use driver::park_until;
pub use inbox::InboxPages;
use std::fmt;
use std::sync::Arc;

/// A [`Client`](crate::Client) whose calls block until their responses are there.
///
/// It needs no runtime. Inside a runtime it works, too, and blocks the calling thread. Clones share
/// their connections, their queue, and the one thread that drives both. Each method does what the
/// method of the same name on [`Client`](crate::Client) does.
///
/// ```
/// use lunogram::{Event, Schedule, UpsertOrganizationRequest, UpsertUserRequest, blocking};
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
/// let client = blocking::Client::builder(key).base_url(url).build_blocking()?;
/// let user = client.upsert_user(&UpsertUserRequest::new("user_123").email("jane@example.com"))?;
/// assert_eq!(user.version, 1);
/// client.upsert_organization(&UpsertOrganizationRequest::new("org_456").name("Acme"))?;
/// client.add_organization_user("org_456", "user_123", &json!({"role": "admin"}))?;
/// client.post_user_events(&[Event::new("page_viewed").to("user_123")])?;
/// client.schedule(&WeeklyDigest { user: "user_123" })?;
/// client.unschedule::<WeeklyDigest>("user_123")?;
///
/// client.track_user_event(&Event::new("page_viewed").to("user_123"))?; // queued
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
    /// The errors of [`ClientBuilder::build_blocking`].
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        Self::builder(key).build_blocking()
    }

    /// A client with the key in `LUNOGRAM_API_KEY`. See
    /// [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// The errors of [`Client::from_env`](crate::Client::from_env), and
    /// [`Config`](crate::ErrorKind::Config) if the operating system refuses another thread.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build_blocking()
    }

    /// A builder for other settings; [`build_blocking`](ClientBuilder::build_blocking) ends it.
    pub fn builder(key: impl Into<String>) -> ClientBuilder {
        crate::Client::builder(key)
    }
}

impl ClientBuilder {
    /// Makes a client whose calls block until their responses are there.
    ///
    /// ```
    /// use lunogram::Client;
    ///
    /// let client = Client::builder("sk_123").build_blocking()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`build`](Self::build), and [`Config`](crate::ErrorKind::Config) if the
    /// operating system refuses another thread.
    pub fn build_blocking(self) -> Result<Client, Error> {
        let client = self.build()?;
        let driver = Driver::start().map_err(|error| {
            Error::config("cannot start the thread that drives connections").because(error)
        })?;
        Ok(Client {
            client,
            driver: Arc::new(driver),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}
