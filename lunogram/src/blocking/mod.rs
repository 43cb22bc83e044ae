//! The client without `async`: the same calls, each waiting for its answer.
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
mod inbox;
mod sessions;

use crate::client::ClientBuilder;
use crate::delivery::Stats;
use crate::error::Error;
use crate::model::{
    Event, Identifiers, Organization, ScheduledAccepted, UpsertScheduleRequest, User,
};
use crate::typed::{self, Addressed, EventFor, OrganizationTraits, Schedule, UserTraits};
use driver::Driver;
#[cfg(feature = "testing")]
pub(crate) use driver::park_until;
pub use inbox::InboxPages;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A [`Client`](crate::Client) whose calls wait for their answers.
///
/// It needs no runtime and works inside of one, too, where it blocks the thread that it is called on. Clones share their
/// connections, their queue and the one thread that drives both. Every method does what the one of its name does there.
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
    /// As [`Client::new`](crate::Client::new).
    ///
    /// # Errors
    /// As there, or when there is no thread to be had.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        Self::builder(key).build_blocking()
    }

    /// As [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there, or when there is no thread to be had.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build_blocking()
    }

    /// The settings of a client; [`build_blocking`](ClientBuilder::build_blocking) makes it.
    pub fn builder(key: impl Into<String>) -> ClientBuilder {
        crate::Client::builder(key)
    }

    pub(crate) fn over(client: crate::Client) -> Result<Self, Error> {
        let driver = Driver::start().map_err(|error| {
            Error::config("the thread that drives connections cannot be started").because(error)
        })?;
        Ok(Self {
            client,
            driver: Arc::new(driver),
        })
    }

    /// As [`Client::upsert_user`](crate::Client::upsert_user).
    ///
    /// # Errors
    /// As there.
    pub fn upsert_user<U: UserTraits + ?Sized>(&self, user: &U) -> Result<User, Error> {
        self.driver.wait(self.client.upsert_user(user))
    }

    /// As [`Client::delete_user`](crate::Client::delete_user).
    ///
    /// # Errors
    /// As there.
    pub fn delete_user(&self, user: impl Into<Identifiers>) -> Result<(), Error> {
        self.driver.wait(self.client.delete_user(user))
    }

    /// As [`Client::upsert_organization`](crate::Client::upsert_organization).
    ///
    /// # Errors
    /// As there.
    pub fn upsert_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Result<Organization, Error> {
        self.driver
            .wait(self.client.upsert_organization(organization))
    }

    /// As [`Client::delete_organization`](crate::Client::delete_organization).
    ///
    /// # Errors
    /// As there.
    pub fn delete_organization(&self, organization: impl Into<Identifiers>) -> Result<(), Error> {
        self.driver
            .wait(self.client.delete_organization(organization))
    }

    /// As [`Client::add_organization_user`](crate::Client::add_organization_user).
    ///
    /// # Errors
    /// As there.
    pub fn add_organization_user<D: Serialize + ?Sized>(
        &self,
        organization: impl Into<Identifiers>,
        user: impl Into<Identifiers>,
        data: &D,
    ) -> Result<(), Error> {
        let added = self.client.add_organization_user(organization, user, data);
        self.driver.wait(added)
    }

    /// As [`Client::remove_organization_user`](crate::Client::remove_organization_user).
    ///
    /// # Errors
    /// As there.
    pub fn remove_organization_user(
        &self,
        organization: impl Into<Identifiers>,
        user: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        let removed = self.client.remove_organization_user(organization, user);
        self.driver.wait(removed)
    }

    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Errors
    /// As there.
    pub fn send<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.driver.wait(self.client.send(event))
    }

    /// As [`Client::post_user_events`](crate::Client::post_user_events).
    ///
    /// # Errors
    /// As there.
    pub fn post_user_events<E: EventFor<typed::User>>(&self, events: &[E]) -> Result<(), Error> {
        self.driver.wait(self.client.post_user_events(events))
    }

    /// As [`Client::post_organization_events`](crate::Client::post_organization_events).
    ///
    /// # Errors
    /// As there.
    pub fn post_organization_events<E: EventFor<typed::Organization>>(
        &self,
        events: &[E],
    ) -> Result<(), Error> {
        self.driver
            .wait(self.client.post_organization_events(events))
    }

    /// As [`Client::schedule`](crate::Client::schedule).
    ///
    /// # Errors
    /// As there.
    pub fn schedule<S: Schedule + ?Sized>(&self, schedule: &S) -> Result<ScheduledAccepted, Error> {
        self.driver.wait(self.client.schedule(schedule))
    }

    /// As [`Client::unschedule`](crate::Client::unschedule).
    ///
    /// # Errors
    /// As there.
    pub fn unschedule<S: Schedule + ?Sized>(
        &self,
        subject: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        self.driver.wait(self.client.unschedule::<S>(subject))
    }

    /// As [`Client::upsert_user_scheduled`](crate::Client::upsert_user_scheduled).
    ///
    /// # Errors
    /// As there.
    pub fn upsert_user_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> Result<ScheduledAccepted, Error> {
        self.driver.wait(self.client.upsert_user_scheduled(request))
    }

    /// As [`Client::upsert_organization_scheduled`](crate::Client::upsert_organization_scheduled).
    ///
    /// # Errors
    /// As there.
    pub fn upsert_organization_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> Result<ScheduledAccepted, Error> {
        let upserted = self.client.upsert_organization_scheduled(request);
        self.driver.wait(upserted)
    }

    /// As [`Client::delete_user_scheduled`](crate::Client::delete_user_scheduled).
    ///
    /// # Errors
    /// As there.
    pub fn delete_user_scheduled(
        &self,
        name: impl AsRef<str>,
        user: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        self.driver
            .wait(self.client.delete_user_scheduled(name, user))
    }

    /// As [`Client::delete_organization_scheduled`](crate::Client::delete_organization_scheduled).
    ///
    /// # Errors
    /// As there.
    pub fn delete_organization_scheduled(
        &self,
        name: impl AsRef<str>,
        organization: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        let deleted = self
            .client
            .delete_organization_scheduled(name, organization);
        self.driver.wait(deleted)
    }

    /// As [`Client::track`](crate::Client::track): it does not wait here, either.
    ///
    /// # Errors
    /// As there.
    pub fn track<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.client.track(event)
    }

    /// As [`Client::track_async`](crate::Client::track_async): waits for room in the queue where
    /// [`Overflow::Wait`](crate::Overflow::Wait) says so.
    ///
    /// # Errors
    /// As there.
    pub fn track_waiting<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.driver.wait(self.client.track_async(event))
    }

    /// As [`Client::track_user_event`](crate::Client::track_user_event).
    ///
    /// # Errors
    /// As there.
    pub fn track_user_event(&self, event: &Event) -> Result<(), Error> {
        self.client.track_user_event(event)
    }

    /// As [`Client::track_organization_event`](crate::Client::track_organization_event).
    ///
    /// # Errors
    /// As there.
    pub fn track_organization_event(&self, event: &Event) -> Result<(), Error> {
        self.client.track_organization_event(event)
    }

    /// As [`Client::identify`](crate::Client::identify).
    ///
    /// # Errors
    /// As there.
    pub fn identify<U: UserTraits + ?Sized>(&self, user: &U) -> Result<(), Error> {
        self.client.identify(user)
    }

    /// As [`Client::identify_organization`](crate::Client::identify_organization).
    ///
    /// # Errors
    /// As there.
    pub fn identify_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Result<(), Error> {
        self.client.identify_organization(organization)
    }

    /// As [`Client::flush`](crate::Client::flush).
    ///
    /// # Errors
    /// As there.
    pub fn flush(&self) -> Result<(), Error> {
        self.driver.wait(self.client.flush())
    }

    /// As [`Client::shutdown`](crate::Client::shutdown).
    ///
    /// # Errors
    /// As there.
    pub fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.driver.wait(self.client.shutdown(deadline))
    }

    /// As [`Client::stats`](crate::Client::stats).
    pub fn stats(&self) -> Stats {
        self.client.stats()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}
