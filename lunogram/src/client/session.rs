//! A session: what a client with the token of one user may do.

use super::{Call, Client, Inbox};
use crate::delivery::Stats;
use crate::encode::OfSession;
use crate::error::Error;
use crate::model::{Device, ScheduledAccepted, User};
use lunogram_core::Identifier;
use lunogram_core::session::{OwnScheduleKey, SessionEvent, SessionSchedule, SessionTraits};
use std::fmt;
use std::time::Duration;

/// Acts for one user with a session token, from
/// [`Client::with_session`](crate::Client::with_session).
///
/// Everything that it sends is about its own user, so no method takes an identifier, and events,
/// traits and schedules are without identifiers:
///
/// | | typed | built at run time |
/// |---|---|---|
/// | [`send`](Self::send), [`track`](Self::track) | an event without an `external_id` field | [`Event`](crate::Event) without `to` and `matching` |
/// | [`upsert_user`](Self::upsert_user), [`identify`](Self::identify) | | [`OwnTraits`](crate::session::OwnTraits) |
/// | [`schedule`](Self::schedule), [`unschedule`](Self::unschedule) | | [`OwnSchedule`](crate::session::OwnSchedule), [`OwnScheduleKey`](crate::session::OwnScheduleKey) |
///
/// Requests name the user id of the session with the source `default`. By its default policy for
/// sessions, the server puts the session's own identifier in its place; by the policy "all data" it
/// uses the one that is sent.
///
/// Clones share their connections and their queue.
///
/// ```
/// use lunogram::LunogramEvent;
/// use lunogram::session::OwnTraits;
///
/// #[derive(LunogramEvent)]
/// struct LevelFinished {
///     level: u32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # let auth_method_id = uuid::Uuid::from_u128(7);
/// let token = client.create_session(auth_method_id, "user_123").await?;
/// let session = client.with_session(&token, "user_123")?;
/// session.upsert_user(&OwnTraits::new().locale("nl-NL")).await?;
/// session.send(&LevelFinished { level: 3 }).await?;
/// # assert_eq!(server.events::<LevelFinished>().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a session does nothing until one of its methods is called"]
pub struct Session {
    client: Client,
    user: Identifier,
}

impl Session {
    pub(super) fn new(client: Client, user: Identifier) -> Self {
        Self { client, user }
    }

    /// The client with the session's token. Its other methods are those that a session may not use.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn own<'s, P: ?Sized>(&'s self, payload: &'s P) -> OfSession<'s, P> {
        OfSession::new(&self.user, payload)
    }

    /// Sends one event about the user and waits for the response.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// session.send(&Event::new("page_viewed")).await?;
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
    pub fn send<E: SessionEvent + ?Sized>(&self, event: &E) -> Call<()> {
        self.client.send(&self.own(event))
    }

    /// Queues an event about the user and returns at once. Events are delivered in the background,
    /// in the order in which they were tracked.
    ///
    /// Call [`shutdown`](Self::shutdown) before the last clone of the session is dropped to deliver
    /// the remaining events; the drop delivers what it can in
    /// [two seconds](crate::queue::QueueOptions::drain_on_drop).
    ///
    /// ```
    /// # fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
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
        self.client.track(&self.own(event))
    }

    /// Creates or updates the user, and returns it. Fields that are absent keep their stored
    /// values; a key of the data replaces the stored key with its whole value.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnTraits;
    ///
    /// let user = session.upsert_user(&OwnTraits::new().timezone("Europe/Amsterdam")).await?;
    /// println!("version {}", user.version);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the traits,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops them, or an
    /// error of the server or the network.
    pub fn upsert_user<T: SessionTraits + ?Sized>(&self, traits: &T) -> Call<User> {
        self.client.upsert_user(&self.own(traits))
    }

    /// Queues an [`upsert_user`](Self::upsert_user). Events that are tracked after it are sent once
    /// the server has responded to it.
    ///
    /// ```
    /// # fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
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
        self.client.identify(&self.own(traits))
    }

    /// Registers a device of the user, or updates it: a device replaces the one with the same id.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::push::Device;
    ///
    /// session.register_device(&Device::android("b3f1c2", "fcm-token-of-the-app")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the device,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the user does not exist yet, or an error of the
    /// server or the network.
    pub fn register_device(&self, device: &Device) -> Call<()> {
        self.client.register_device(self.user.clone(), device)
    }

    /// Creates a schedule of the user. If there is one of the same name, key-scoped routes change
    /// it: it gets the new time and data, and keeps its interval if the request does not set one.
    /// Project-scoped routes change it only if the request has its id, and otherwise create another
    /// one.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnSchedule;
    ///
    /// let accepted = session.schedule(&OwnSchedule::every("reminder", "24h")).await?;
    /// println!("first at {}", accepted.scheduled_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the schedule,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops it, or an error
    /// of the server or the network. The server does not report an unknown user.
    pub fn schedule<S: SessionSchedule + ?Sized>(&self, schedule: &S) -> Call<ScheduledAccepted> {
        self.client.schedule(&self.own(schedule))
    }

    /// Deletes a schedule of the user, by its name or its id.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// session.unschedule("reminder").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user or schedule,
    /// [`Invalid`](crate::ErrorKind::Invalid) for a name that no schedule can have, or an error of
    /// the server or the network.
    pub fn unschedule(&self, key: impl Into<OwnScheduleKey>) -> Call<()> {
        self.client.unschedule(key.into().of(self.user.clone()))
    }

    /// The inbox of the user. Nothing is sent yet.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::Channel;
    ///
    /// println!("{} unread", session.inbox().count(Channel::Inbox).await?.unread);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inbox(&self) -> Inbox {
        self.client.user_inbox(self.user.clone())
    }

    /// Sends what this session has queued without waiting for full batches, and returns when every
    /// item that was queued before the call is delivered, dropped, or of unknown outcome.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// session.flush().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::flush`](crate::Client::flush):
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized) while delivery is suspended because the
    /// server does not accept the token, for example after it has expired. The items stay queued.
    pub fn flush(&self) -> Call<()> {
        self.client.flush()
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. From then on this session cannot queue anything; answered calls still work. The
    /// client that made the session and its other sessions are not affected.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// println!("{}", session.shutdown(std::time::Duration::from_secs(5)).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If delivery was suspended to the end and items were lost because of it: the error of
    /// [`flush`](Self::flush); [`stats`](Self::stats) returns the counts.
    /// [`Feedback`](crate::ErrorKind::Feedback) in a hook or a `tracing` subscriber.
    pub fn shutdown(&self, deadline: Duration) -> Call<Stats> {
        self.client.shutdown(deadline)
    }

    /// The counts of everything that this session has queued so far: accepted, delivered, dropped,
    /// pending.
    ///
    /// ```
    /// # fn example(session: lunogram::session::Session) {
    /// println!("{} pending", session.stats().pending());
    /// # }
    /// ```
    pub fn stats(&self) -> Stats {
        self.client.stats()
    }
}

impl fmt::Debug for Session {
    /// Shows the client; the user id may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.client).finish()
    }
}
