//! A session whose calls block.

use super::driver::Driver;
use super::{Client, Inbox};
use crate::client;
use crate::delivery::Stats;
use crate::error::Error;
use crate::model::{Device, ScheduledAccepted, User};
use lunogram_core::session::{OwnScheduleKey, SessionEvent, SessionSchedule, SessionTraits};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A [`Session`](crate::session::Session) whose calls block until their responses are there, from
/// [`blocking::Client::with_session`](Client::with_session).
///
/// Each method does what the method of the same name on [`Session`](crate::session::Session) does.
///
/// ```
/// use lunogram::Event;
/// use lunogram::session::OwnTraits;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client().blocking()?;
/// # let auth_method_id = uuid::Uuid::from_u128(7);
/// let token = client.create_session(auth_method_id, "user_123")?;
/// let session = client.with_session(&token, "user_123")?;
/// session.upsert_user(&OwnTraits::new().locale("nl-NL"))?;
/// session.send(&Event::new("page_viewed"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a session does nothing until one of its methods is called"]
pub struct Session {
    session: client::Session,
    /// The same session as a client, which its inbox holds.
    client: Client,
}

impl Session {
    pub(super) fn new(session: client::Session, driver: Arc<Driver>) -> Self {
        let client = session.client().clone();
        Self {
            session,
            client: Client { client, driver },
        }
    }

    fn wait<F: Future>(&self, call: F) -> F::Output {
        self.client.driver.wait(call)
    }

    /// Sends one event about the user and blocks until the response is there.
    /// See [`Session::send`](crate::session::Session::send).
    ///
    /// # Errors
    /// The errors of [`Session::send`](crate::session::Session::send).
    pub fn send<E: SessionEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.wait(self.session.send(event))
    }

    /// Queues an event about the user and returns at once.
    /// See [`Session::track`](crate::session::Session::track).
    ///
    /// # Errors
    /// The errors of [`Session::track`](crate::session::Session::track).
    pub fn track<E: SessionEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.session.track(event)
    }

    /// Creates or updates the user, and returns it.
    /// See [`Session::upsert_user`](crate::session::Session::upsert_user).
    ///
    /// # Errors
    /// The errors of [`Session::upsert_user`](crate::session::Session::upsert_user).
    pub fn upsert_user<T: SessionTraits + ?Sized>(&self, traits: &T) -> Result<User, Error> {
        self.wait(self.session.upsert_user(traits))
    }

    /// Queues an upsert of the user and returns at once.
    /// See [`Session::identify`](crate::session::Session::identify).
    ///
    /// # Errors
    /// The errors of [`Session::identify`](crate::session::Session::identify).
    pub fn identify<T: SessionTraits + ?Sized>(&self, traits: &T) -> Result<(), Error> {
        self.session.identify(traits)
    }

    /// Registers a device of the user, or updates it.
    /// See [`Session::register_device`](crate::session::Session::register_device).
    ///
    /// # Errors
    /// The errors of [`Session::register_device`](crate::session::Session::register_device).
    pub fn register_device(&self, device: &Device) -> Result<(), Error> {
        self.wait(self.session.register_device(device))
    }

    /// Creates or replaces a schedule of the user.
    /// See [`Session::schedule`](crate::session::Session::schedule).
    ///
    /// # Errors
    /// The errors of [`Session::schedule`](crate::session::Session::schedule).
    pub fn schedule<S: SessionSchedule + ?Sized>(
        &self,
        schedule: &S,
    ) -> Result<ScheduledAccepted, Error> {
        self.wait(self.session.schedule(schedule))
    }

    /// Deletes a schedule of the user, by its name or its id.
    /// See [`Session::unschedule`](crate::session::Session::unschedule).
    ///
    /// # Errors
    /// The errors of [`Session::unschedule`](crate::session::Session::unschedule).
    pub fn unschedule(&self, key: impl Into<OwnScheduleKey>) -> Result<(), Error> {
        self.wait(self.session.unschedule(key))
    }

    /// The inbox of the user. See [`Session::inbox`](crate::session::Session::inbox).
    pub fn inbox(&self) -> Inbox {
        self.client.inbox(self.session.inbox())
    }

    /// Sends everything that this session has queued, and blocks until the outcome of each item is
    /// known. See [`Session::flush`](crate::session::Session::flush).
    ///
    /// # Errors
    /// The errors of [`Session::flush`](crate::session::Session::flush).
    pub fn flush(&self) -> Result<(), Error> {
        self.wait(self.session.flush())
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. See [`Session::shutdown`](crate::session::Session::shutdown).
    ///
    /// # Errors
    /// The errors of [`Session::shutdown`](crate::session::Session::shutdown).
    pub fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.wait(self.session.shutdown(deadline))
    }

    /// The counts of everything that this session has queued so far.
    /// See [`Session::stats`](crate::session::Session::stats).
    pub fn stats(&self) -> Stats {
        self.session.stats()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.session.fmt(f)
    }
}
