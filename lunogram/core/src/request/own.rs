//! The payloads of a session, built at run time: those of a client, without identifiers.

use super::schedule::ScheduleRequest;
use super::user::UpsertUserRequest;
use crate::encode::Writer;
use crate::typed::{
    AnySchedule, Identifier, Identifiers, ScheduleKey, SessionSchedule, SessionTraits, sealed,
};
use crate::values::{OptionalMoment, OptionalText, OptionalTimeZone, ToInterval, ToMoment};
use serde::Serialize;
use std::borrow::Cow;
use uuid::Uuid;

/// Traits of a session's own user, for `Session::upsert_user`: an [`UpsertUserRequest`] without
/// identifiers.
///
/// Everything that is not set stays as the server has it.
///
/// ```
/// use lunogram::session::{OwnTraits, Session};
/// use serde_json::json;
///
/// # async fn example(session: Session) -> Result<(), lunogram::Error> {
/// let traits = OwnTraits::new().locale("nl-NL").data(json!({"theme": "dark"}));
/// session.upsert_user(&traits).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct OwnTraits(UpsertUserRequest);

impl OwnTraits {
    /// Traits that change nothing yet.
    #[expect(
        clippy::new_without_default,
        reason = "requests are made with `new`, and `UpsertUserRequest` has no default either"
    )]
    pub fn new() -> Self {
        Self(UpsertUserRequest::new(no_identifiers()))
    }

    /// The email address.
    pub fn email(self, email: impl OptionalText) -> Self {
        Self(self.0.email(email))
    }

    /// The phone number, in E.164: `+31612345678`.
    pub fn phone(self, phone: impl OptionalText) -> Self {
        Self(self.0.phone(phone))
    }

    /// The time zone, a name of the IANA database: `Europe/Amsterdam`; with the feature
    /// `chrono-tz-0_10`, a `chrono_tz::Tz`.
    pub fn timezone(self, timezone: impl OptionalTimeZone) -> Self {
        Self(self.0.timezone(timezone))
    }

    /// The locale, a BCP 47 tag: `nl-NL`.
    pub fn locale(self, locale: impl OptionalText) -> Self {
        Self(self.0.locale(locale))
    }

    /// Other data: a map, or a struct with named fields. A `null` value in it is stored as `null`.
    /// `None` sets nothing.
    pub fn data(self, data: impl Serialize) -> Self {
        Self(self.0.data(data))
    }
}

impl sealed::Traits for OwnTraits {}

impl SessionTraits for OwnTraits {
    fn write(&self, writer: &mut Writer<'_>) {
        self.0.write_after_identifiers(writer);
    }
}

/// A schedule of a session's own user, for `Session::schedule`: a [`ScheduleRequest`] without a
/// subject.
///
/// ```
/// use lunogram::session::{OwnSchedule, Session};
/// use std::time::{Duration, SystemTime};
///
/// # async fn example(session: Session) -> Result<(), lunogram::Error> {
/// let tomorrow = SystemTime::now() + Duration::from_secs(24 * 3600);
/// session.schedule(&OwnSchedule::at("reminder", tomorrow)).await?;
/// session.schedule(&OwnSchedule::every("weekly_goal", "7 days").start_at(tomorrow)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct OwnSchedule(ScheduleRequest);

impl OwnSchedule {
    /// A schedule that fires once. See [`ScheduleRequest::at`].
    pub fn at(name: impl Into<Cow<'static, str>>, moment: impl ToMoment) -> Self {
        Self(ScheduleRequest::at(name, no_identifiers(), moment))
    }

    /// A recurring schedule. See [`ScheduleRequest::every`].
    pub fn every(name: impl Into<Cow<'static, str>>, interval: impl ToInterval) -> Self {
        Self(ScheduleRequest::every(name, no_identifiers(), interval))
    }

    /// Sends an old name as it is. See [`ScheduleRequest::raw_name`].
    pub fn raw_name(self) -> Self {
        Self(self.0.raw_name())
    }

    /// When a recurring schedule starts to fire. By default, at the moment of the request.
    pub fn start_at(self, moment: impl OptionalMoment) -> Self {
        Self(self.0.start_at(moment))
    }

    /// The assignment to update in place, on project-scoped servers.
    pub fn id(self, id: impl Into<Option<Uuid>>) -> Self {
        Self(self.0.id(id))
    }

    /// The data of the event that it emits: a map, or a struct with named fields. `None` sets
    /// nothing.
    pub fn data(self, data: impl Serialize) -> Self {
        Self(self.0.data(data))
    }
}

impl sealed::Schedule for OwnSchedule {}

impl SessionSchedule for OwnSchedule {
    fn name(&self) -> &str {
        AnySchedule::name(&self.0)
    }

    fn write(&self, writer: &mut Writer<'_>) {
        self.0.write_after_identifiers(writer);
    }
}

/// Names one schedule of a session's own user, for `Session::unschedule`: a [`ScheduleKey`]
/// without a subject. A text converts to the key of that name.
///
/// ```
/// use lunogram::session::{OwnScheduleKey, Session};
///
/// # async fn example(session: Session, id: uuid::Uuid) -> Result<(), lunogram::Error> {
/// session.unschedule("reminder").await?;
/// session.unschedule(OwnScheduleKey::id(id)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a key does nothing until it is handed to `unschedule`"]
pub struct OwnScheduleKey(ScheduleKey);

impl OwnScheduleKey {
    /// The schedule of this name, or every assignment of the name on project-scoped servers.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self(ScheduleKey::named(name, no_identifiers()))
    }

    /// One assignment, by the id that the server gave it. Only project-scoped servers know ids.
    pub fn id(id: Uuid) -> Self {
        Self(ScheduleKey::id(id, no_identifiers()))
    }

    /// Restricts the key to one assignment of its name.
    pub fn with_id(self, id: Uuid) -> Self {
        Self(self.0.with_id(id))
    }

    /// The key of this schedule of the session's user.
    #[doc(hidden)]
    pub fn of(self, user: Identifier) -> ScheduleKey {
        self.0.with_subject(user.into())
    }
}

impl From<&'static str> for OwnScheduleKey {
    fn from(name: &'static str) -> Self {
        Self::named(name)
    }
}

impl From<String> for OwnScheduleKey {
    fn from(name: String) -> Self {
        Self::named(name)
    }
}

/// The identifiers of the client's requests within those of a session, which are never written.
fn no_identifiers() -> Identifiers {
    Vec::new().into()
}
