//! Which schedule to delete.

use super::{Identifiers, ToIdentifiers};
use crate::encode::{Writer, encoded};
use crate::problem::{Invalid, Payload};
use crate::subject_kind::SubjectKind;
use lunogram_rules::name;
use std::borrow::Cow;
use uuid::Uuid;

/// Names one schedule of one subject, for `Client::unschedule`.
///
/// A derived type gives its own key by [`Schedule::of`](crate::Schedule::of). Project-scoped
/// servers hold several assignments of one name; the id that `ScheduledAccepted` reports picks one
/// of them.
///
/// ```
/// use lunogram::{Client, Error, ScheduleKey};
/// use uuid::Uuid;
///
/// # async fn example(client: Client, id: Uuid) -> Result<(), Error> {
/// client.unschedule(ScheduleKey::named("trial_end", "user_123")).await?;
/// client.unschedule(ScheduleKey::named("audit", "org_456").organization()).await?;
/// client.unschedule(ScheduleKey::id(id, "user_123")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a key does nothing until it is handed to `unschedule`"]
pub struct ScheduleKey {
    name: Option<Cow<'static, str>>,
    id: Option<Uuid>,
    identifier: Identifiers,
    subject: SubjectKind,
}

impl ScheduleKey {
    /// The schedule of this name that a user has, or every assignment of the name on project-scoped
    /// servers. Old names that the derive would refuse are accepted: they may exist on the server.
    pub fn named(name: impl Into<Cow<'static, str>>, subject: impl ToIdentifiers) -> Self {
        Self {
            name: Some(name.into()),
            id: None,
            identifier: subject.into_identifiers(),
            subject: SubjectKind::User,
        }
    }

    /// One assignment of a user, by the id that the server gave it. Only project-scoped servers
    /// know ids; the API requires the subject beside it.
    pub fn id(id: Uuid, subject: impl ToIdentifiers) -> Self {
        Self {
            name: None,
            id: Some(id),
            identifier: subject.into_identifiers(),
            subject: SubjectKind::User,
        }
    }

    /// Restricts the key to one assignment of its name.
    pub fn with_id(mut self, id: Uuid) -> Self {
        self.id = Some(id);
        self
    }

    /// The subject is an organization.
    pub fn organization(self) -> Self {
        self.about(SubjectKind::Organization)
    }

    pub(crate) fn about(mut self, subject: SubjectKind) -> Self {
        self.subject = subject;
        self
    }

    pub(crate) fn with_subject(mut self, identifier: Identifiers) -> Self {
        self.identifier = identifier;
        self
    }

    /// Whether the schedule is of a user or of an organization.
    #[doc(hidden)]
    #[must_use]
    pub fn subject(&self) -> SubjectKind {
        self.subject
    }

    /// The body of the request that deletes the schedule.
    ///
    /// # Errors
    /// Every problem of the key.
    #[doc(hidden)]
    pub fn encoded(&self) -> Result<Vec<u8>, Invalid> {
        let payload = Payload::Schedule(self.name.as_deref().unwrap_or_default());
        let encode = |writer: &mut Writer<'_>| {
            writer.literal("{\"identifier\":");
            self.identifier.encode(writer);
            if let Some(name) = &self.name {
                writer.literal(",\"name\":");
                writer.named(name, name::raw_schedule);
            }
            writer.property(",\"id\":", &self.id);
            writer.literal("}");
        };
        encoded(payload, &encode, None)
    }
}
