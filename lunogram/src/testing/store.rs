//! The platform's state, without HTTP: what each operation changes, and what it refuses.
//!
//! Nothing here reads a clock or draws an id: both come in with each call, as a [`Moment`].

mod containment;
mod devices;
mod events;
mod identity;
mod inbox;
mod members;
mod merge;
mod number;
mod organizations;
mod refused;
mod schedules;
mod schemas;
mod sessions;
mod users;

#[cfg(test)]
mod tests;

pub use devices::{StoredDevice, StoredPush};
pub use events::{EventTarget, Lost, LostKind, ReceivedEvent};
pub use identity::{SentIdentifier, StoredIdentifier};
pub use inbox::StoredInboxMessage;
pub use members::StoredMember;
pub use organizations::StoredOrganization;
pub use schedules::StoredSchedule;
pub use sessions::StoredSession;
pub use users::StoredUser;

pub use crate::wire::subject_kind::SubjectKind;

pub(crate) use devices::RegisterDevice;
pub(crate) use events::SentEvent;
pub(crate) use inbox::{Counted, InboxFilter, Mark, SentInboxMessage, SentMark, word};
pub(crate) use number::as_doubles;
pub(crate) use organizations::UpsertOrganization;
pub(crate) use refused::Refused;
pub(crate) use schedules::{AcceptedSchedule, Assignments, UpsertSchedule};
pub(crate) use schemas::Types;
pub(crate) use users::UpsertUser;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use identity::{Directory, Lookup, Row};
use uuid::Uuid;

/// A JSON object.
pub(crate) type Data = serde_json::Map<String, serde_json::Value>;

/// When something happens, and the ids that it may use up.
pub(crate) struct Moment<'a> {
    now: DateTime<Utc>,
    ids: &'a mut dyn FnMut() -> Uuid,
}

impl<'a> Moment<'a> {
    /// `now` is cut to microseconds, which is what the platform's database keeps.
    pub(crate) fn new(now: DateTime<Utc>, ids: &'a mut dyn FnMut() -> Uuid) -> Self {
        Self {
            now: now.trunc_subsecs(6),
            ids,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    fn new_id(&mut self) -> Uuid {
        (self.ids)()
    }

    /// This moment, or just after `previous` where the clock has not moved on since.
    fn later_than(&self, previous: DateTime<Utc>) -> DateTime<Utc> {
        self.now.max(previous + TimeDelta::microseconds(1))
    }
}

/// One project's users, organizations, members, devices, sessions, schedules, inboxes and events.
#[derive(Debug, Default)]
pub(crate) struct Store {
    users: Directory<StoredUser>,
    organizations: Directory<StoredOrganization>,
    members: members::Members,
    devices: devices::Devices,
    sessions: sessions::Sessions,
    schedules: schedules::Schedules,
    inboxes: inbox::Inboxes,
    events: Vec<ReceivedEvent>,
    lost: Vec<Lost>,
    schemas: schemas::Schemas,
}

impl Store {
    /// The events that were taken in and not lost, in the order of their arrival.
    pub(crate) fn events(&self) -> &[ReceivedEvent] {
        &self.events
    }

    /// What was answered with 202 and lost all the same, in the order of its arrival.
    pub(crate) fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// The one subject that `identifiers` lead to, or why there is none.
    fn subject(&self, kind: SubjectKind, identifiers: &[SentIdentifier]) -> Result<Row, Refused> {
        let lookup = match kind {
            SubjectKind::User => self.users.lookup(identifiers),
            SubjectKind::Organization => self.organizations.lookup(identifiers),
        };
        match lookup {
            Lookup::One(row) => Ok(row),
            Lookup::Nobody => Err(Refused::NoSubject(kind)),
            Lookup::Conflict => Err(Refused::Conflict),
        }
    }

    /// The subject that has this one identifier.
    fn row_of(&self, kind: SubjectKind, source: &str, external_id: &str) -> Option<Row> {
        match kind {
            SubjectKind::User => self.users.row_of(source, external_id),
            SubjectKind::Organization => self.organizations.row_of(source, external_id),
        }
    }

    fn identifiers_of(&self, kind: SubjectKind, row: Row) -> &[StoredIdentifier] {
        let identifiers = match kind {
            SubjectKind::User => self.users.get(row).map(|user| &user.identifiers),
            SubjectKind::Organization => {
                self.organizations.get(row).map(|found| &found.identifiers)
            }
        };
        identifiers.map_or(&[], Vec::as_slice)
    }

    fn id_of(&self, kind: SubjectKind, row: Row) -> Option<Uuid> {
        match kind {
            SubjectKind::User => self.users.get(row).map(|user| user.id),
            SubjectKind::Organization => self.organizations.get(row).map(|found| found.id),
        }
    }
}
