//! Payloads without a subject, for sessions: a session is of one user, and adds that user itself.

use super::pass_through::pass_through;
use super::{AnyEvent, AnySchedule, Identifier, LunogramEvent, Names, Traits, Unaddressed, User};
use crate::encode::Writer;
use crate::subject_kind::SubjectKind;

/// Everything that a `Session` can send as an event: derived events about users without an
/// `external_id` field, dynamic [`Event`](crate::Event)s without a subject, and references and
/// boxes of them.
///
/// The subject is the user of the session. An event with its own subject does not compile here, so
/// that no event can be about another user by mistake.
///
/// ```
/// use lunogram::session::{Session, SessionEvent};
/// use lunogram::{Error, Event, LunogramEvent};
///
/// #[derive(LunogramEvent)]
/// struct LevelFinished {
///     level: u32,
/// }
///
/// fn finished(session: &Session, level: u32) -> Result<(), Error> {
///     let events: [Box<dyn SessionEvent>; 2] = [
///         Box::new(LevelFinished { level }),
///         Box::new(Event::new("break_suggested")),
///     ];
///     events.iter().try_for_each(|event| session.track(event))
/// }
/// ```
///
/// The trait is sealed. Applications derive [`LunogramEvent`](derive@crate::LunogramEvent).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent by a session",
    label = "not an event about the session's own user",
    note = "a session's events are about its own user: use an event about a user, without a field with `#[lunogram(external_id)]` and without `.to(…)` or `.matching(…)`",
    note = "an event with its own subject is sent by a client: `client.send(…)`"
)]
pub trait SessionEvent: sealed::Event {
    /// The name of the event on the wire.
    fn name(&self) -> &str;

    /// Writes the event from its name on.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer<'_>);
}

impl<E: Unaddressed + LunogramEvent<Subject = User> + ?Sized> sealed::Event for E {}

#[diagnostic::do_not_recommend]
impl<E: Unaddressed + LunogramEvent<Subject = User> + ?Sized> SessionEvent for E {
    fn name(&self) -> &str {
        self.event_name()
    }

    #[inline]
    fn write(&self, writer: &mut Writer<'_>) {
        self.encode(writer);
        writer.end_event();
    }
}

pass_through!(SessionEvent: sealed::Event { name: &str });

/// The traits that a `Session` can set for its user: [`OwnTraits`](crate::session::OwnTraits).
///
/// ```
/// use lunogram::session::{OwnTraits, Session, SessionTraits};
/// use lunogram::Error;
///
/// async fn save(session: &Session, traits: &impl SessionTraits) -> Result<i32, Error> {
///     Ok(session.upsert_user(traits).await?.version)
/// }
///
/// # async fn example(session: Session) -> Result<(), Error> {
/// save(&session, &OwnTraits::new().locale("nl-NL")).await?;
/// # Ok(())
/// # }
/// ```
///
/// The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be upserted by a session",
    label = "use `lunogram::session::OwnTraits`",
    note = "a session upserts its own user, so its traits have no identifiers",
    note = "traits with identifiers are upserted by a client: `client.upsert_user(…)`"
)]
pub trait SessionTraits: sealed::Traits {
    /// Writes the upsert from the end of its identifiers on.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer<'_>);
}

/// A schedule that a `Session` can create for its user:
/// [`OwnSchedule`](crate::session::OwnSchedule).
///
/// ```
/// use lunogram::session::{OwnSchedule, Session, SessionSchedule};
/// use lunogram::Error;
///
/// async fn remind(session: &Session, schedule: &impl SessionSchedule) -> Result<(), Error> {
///     let accepted = session.schedule(schedule).await?;
///     println!("{} at {}", schedule.name(), accepted.scheduled_at);
///     Ok(())
/// }
///
/// # async fn example(session: Session) -> Result<(), Error> {
/// remind(&session, &OwnSchedule::every("reminder", "24h")).await?;
/// # Ok(())
/// # }
/// ```
///
/// The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scheduled by a session",
    label = "use `lunogram::session::OwnSchedule`",
    note = "a session schedules for its own user, so its schedules have no subject",
    note = "a schedule with a subject is sent by a client: `client.schedule(…)`"
)]
pub trait SessionSchedule: sealed::Schedule {
    /// The name of the schedule on the wire.
    fn name(&self) -> &str;

    /// Writes the request from the end of its identifiers on.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer<'_>);
}

/// A payload of another crate could write an identifier, and act for another user. Each trait has
/// its own seal: with a common one, an event could become traits.
pub(crate) mod sealed {
    pub trait Event {}
    pub trait Traits {}
    pub trait Schedule {}
}

/// A session's payload together with the session's user: a payload as a client sends it.
///
/// The user is always written, although a session of own data needs none for events: a session
/// whose policy is all data takes requests as they stand, and the queue keeps order by the subject.
#[derive(Debug)]
pub struct OfSession<'s, P: ?Sized> {
    user: &'s Identifier,
    payload: &'s P,
}

impl<'s, P: ?Sized> OfSession<'s, P> {
    /// The payload of a session of this user.
    pub fn new(user: &'s Identifier, payload: &'s P) -> Self {
        Self { user, payload }
    }

    fn write_user(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":[");
        self.user.encode(writer);
        writer.literal("]");
    }
}

#[diagnostic::do_not_recommend]
impl<E: SessionEvent + ?Sized> AnyEvent for OfSession<'_, E> {
    fn name(&self) -> &str {
        self.payload.name()
    }

    fn subject(&self) -> SubjectKind {
        SubjectKind::User
    }

    fn write(&self, writer: &mut Writer<'_>) {
        self.write_user(writer);
        writer.literal(",");
        self.payload.write(writer);
    }
}

#[diagnostic::do_not_recommend]
impl<T: SessionTraits + ?Sized> Traits for OfSession<'_, T> {
    type Subject = User;
    const KEYS: Names = &[];

    fn encode(&self, writer: &mut Writer<'_>) {
        self.write_user(writer);
        self.payload.write(writer);
    }
}

#[diagnostic::do_not_recommend]
impl<S: SessionSchedule + ?Sized> AnySchedule for OfSession<'_, S> {
    fn name(&self) -> &str {
        self.payload.name()
    }

    fn subject(&self) -> SubjectKind {
        SubjectKind::User
    }

    fn write(&self, writer: &mut Writer<'_>) {
        self.write_user(writer);
        self.payload.write(writer);
    }
}
