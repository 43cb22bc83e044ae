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

    fn own<'s, P: ?Sized>(&'s self, payload: &'s P) -> OfSession<'s, P> {
        OfSession::new(&self.user, payload)
    }

    /// Sends one event about the user and waits for the response.
    /// See [`Client::send`](crate::Client::send).
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
    /// or an error of the server or the network.
    pub fn send<E: SessionEvent + ?Sized>(&self, event: &E) -> Call<()> {
        self.client.send(&self.own(event))
    }

    /// Queues an event about the user and returns at once.
    /// See [`Client::track`](crate::Client::track).
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
    /// The errors of [`Client::track`](crate::Client::track).
    pub fn track<E: SessionEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.client.track(&self.own(event))
    }

    /// Creates or updates the user, and returns it.
    /// See [`Client::upsert_user`](crate::Client::upsert_user).
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
    /// The errors of [`Client::upsert_user`](crate::Client::upsert_user).
    pub fn upsert_user<T: SessionTraits + ?Sized>(&self, traits: &T) -> Call<User> {
        self.client.upsert_user(&self.own(traits))
    }

    /// Queues an [`upsert_user`](Self::upsert_user). Events that are tracked after it are sent once
    /// the server has responded to it. See [`Client::identify`](crate::Client::identify).
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
    /// The errors of [`Client::track`](crate::Client::track).
    pub fn identify<T: SessionTraits + ?Sized>(&self, traits: &T) -> Result<(), Error> {
        self.client.identify(&self.own(traits))
    }

    /// Registers a device of the user, or updates it.
    /// See [`Client::register_device`](crate::Client::register_device).
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
    /// The errors of [`Client::register_device`](crate::Client::register_device).
    pub fn register_device(&self, device: &Device) -> Call<()> {
        self.client.register_device(self.user.clone(), device)
    }

    /// Creates a schedule of the user, or replaces the one with its name.
    /// See [`Client::schedule`](crate::Client::schedule).
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
    /// The errors of [`Client::schedule`](crate::Client::schedule).
    pub fn schedule<S: SessionSchedule + ?Sized>(&self, schedule: &S) -> Call<ScheduledAccepted> {
        self.client.schedule(&self.own(schedule))
    }

    /// Deletes a schedule of the user, by its name or its id.
    /// See [`Client::unschedule`](crate::Client::unschedule).
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// session.unschedule("reminder").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::unschedule`](crate::Client::unschedule).
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

    /// Sends everything that this session has queued, and returns when the outcome of each item is
    /// known. See [`Client::flush`](crate::Client::flush).
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// session.flush().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::flush`](crate::Client::flush).
    pub fn flush(&self) -> Call<()> {
        self.client.flush()
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. The client that made the session is not affected.
    /// See [`Client::shutdown`](crate::Client::shutdown).
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// println!("{}", session.shutdown(std::time::Duration::from_secs(5)).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::shutdown`](crate::Client::shutdown).
    pub fn shutdown(&self, deadline: Duration) -> Call<Stats> {
        self.client.shutdown(deadline)
    }

    /// The counts of everything that this session has queued so far.
    /// See [`Client::stats`](crate::Client::stats).
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
