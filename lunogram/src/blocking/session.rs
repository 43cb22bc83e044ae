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
/// Everything that it sends is about its own user, so no method takes an identifier, and events,
/// traits and schedules are without identifiers. Clones share their connections, their queue, and
/// the thread of the client.
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
    pub(super) session: client::Session,
    /// The same session as a client, which its inbox holds.
    pub(super) client: Client,
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

    /// Sends one event about the user and waits for the response.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// session.send(&Event::new("page_viewed"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event; an
    /// [`Event`](crate::Event) has one if its subject is set.
    /// [`Forbidden`](crate::ErrorKind::Forbidden) if the session's policy does not list the event,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops it, or an error
    /// of the server or the network.
    pub fn send<E: SessionEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.wait(self.session.send(event))
    }

    /// Queues an event about the user and returns at once. Events are delivered in the background,
    /// in the order in which they were tracked.
    ///
    /// Call [`shutdown`](Self::shutdown) before the last clone of the session is dropped to deliver
    /// the remaining events; the drop delivers what it can in
    /// [two seconds](crate::queue::QueueOptions::drain_on_drop).
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// session.track(&Event::new("page_viewed"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event,
    /// [`QueueFull`](crate::ErrorKind::QueueFull) if the queue is full and
    /// [`Overflow`](crate::queue::Overflow) demands an error, or
    /// [`ShutDown`](crate::ErrorKind::ShutDown). Later failures are reported by
    /// [`stats`](Self::stats) and [`on_drop`](crate::ClientBuilder::on_drop).
    pub fn track<E: SessionEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.session.track(event)
    }

    /// Creates or updates the user, and returns it. Fields that are absent keep their stored
    /// values; a key of the data replaces the stored key with its whole value.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnTraits;
    ///
    /// let user = session.upsert_user(&OwnTraits::new().timezone("Europe/Amsterdam"))?;
    /// println!("version {}", user.version);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the traits,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops them, or an
    /// error of the server or the network.
    pub fn upsert_user<T: SessionTraits + ?Sized>(&self, traits: &T) -> Result<User, Error> {
        self.wait(self.session.upsert_user(traits))
    }

    /// Queues an [`upsert_user`](Self::upsert_user). Events that are tracked after it are sent once
    /// the server has responded to it.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnTraits;
    ///
    /// session.identify(&OwnTraits::new().locale("nl-NL"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub fn identify<T: SessionTraits + ?Sized>(&self, traits: &T) -> Result<(), Error> {
        self.session.identify(traits)
    }

    /// Registers a device of the user, or updates it: a device replaces the one with the same id.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::push::Device;
    ///
    /// session.register_device(&Device::android("b3f1c2", "fcm-token-of-the-app"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the device,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the user does not exist yet, or an error of the
    /// server or the network.
    pub fn register_device(&self, device: &Device) -> Result<(), Error> {
        self.wait(self.session.register_device(device))
    }

    /// Creates a schedule of the user. If there is one of the same name, key-scoped routes change
    /// it: it gets the new time and data, and keeps its interval if the request does not set one.
    /// Project-scoped routes change it only if the request has its id, and otherwise create another
    /// one.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnSchedule;
    ///
    /// let accepted = session.schedule(&OwnSchedule::every("reminder", "24h"))?;
    /// println!("first at {}", accepted.scheduled_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the schedule,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops it, or an error
    /// of the server or the network. The server does not report an unknown user.
    pub fn schedule<S: SessionSchedule + ?Sized>(
        &self,
        schedule: &S,
    ) -> Result<ScheduledAccepted, Error> {
        self.wait(self.session.schedule(schedule))
    }

    /// Deletes a schedule of the user, by its name or its id.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// session.unschedule("reminder")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user or schedule,
    /// [`Invalid`](crate::ErrorKind::Invalid) for a name that no schedule can have, or an error of
    /// the server or the network.
    pub fn unschedule(&self, key: impl Into<OwnScheduleKey>) -> Result<(), Error> {
        self.wait(self.session.unschedule(key))
    }

    /// The inbox of the user. Nothing is sent yet.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::Channel;
    ///
    /// println!("{} unread", session.inbox().count(Channel::Inbox)?.unread);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inbox(&self) -> Inbox {
        self.client.inbox(self.session.inbox())
    }

    /// Sends what this session has queued without waiting for full batches, and returns when every
    /// item that was queued before the call is delivered, dropped, or of unknown outcome.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// session.flush()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::flush`](crate::Client::flush):
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized) while delivery is suspended because the
    /// server does not accept the token, for example after it has expired. The items stay queued.
    pub fn flush(&self) -> Result<(), Error> {
        self.wait(self.session.flush())
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. From then on this session cannot queue anything; answered calls still work. The
    /// client that made the session and its other sessions are not affected.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// println!("{}", session.shutdown(std::time::Duration::from_secs(5))?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If delivery was suspended to the end and items were lost because of it: the error of
    /// [`flush`](Self::flush); [`stats`](Self::stats) returns the counts.
    /// [`Feedback`](crate::ErrorKind::Feedback) in a hook or a `tracing` subscriber.
    pub fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.wait(self.session.shutdown(deadline))
    }

    /// The counts of everything that this session has queued so far: accepted, delivered, dropped,
    /// pending.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) {
    /// println!("{} pending", session.stats().pending());
    /// # }
    /// ```
    pub fn stats(&self) -> Stats {
        self.session.stats()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.session.fmt(f)
    }
}
