//! The platform's state, without HTTP: the effect of each operation, and the errors.
//!
//! The store reads no clock and draws no random ids: both come with each call, as a [`Context`].

mod columns;
mod containment;
mod devices;
mod error;
mod events;
mod identity;
mod inbox;
#[cfg(feature = "page")]
mod listings;
mod log;
mod members;
mod merge;
mod number;
mod organizations;
mod schedules;
mod schemas;
mod sessions;
mod subjects;
mod users;

#[cfg(test)]
mod tests;

pub use devices::{StoredDevice, StoredPush};
pub use events::{EventTarget, Lost, LostKind, ReceivedEvent};
pub use identity::SentIdentifier;
pub use inbox::StoredInboxMessage;
pub use members::StoredMember;
pub use organizations::StoredOrganization;
pub use schedules::StoredSchedule;
pub use sessions::StoredSession;
pub use users::StoredUser;

pub(crate) use devices::RegisterDevice;
pub(crate) use error::StoreError;
pub(crate) use events::SentEvent;
pub(crate) use inbox::{InboxCounts, InboxFilter, Mark, SentInboxMessage, SentMark, enum_value};
pub(crate) use log::{Log, Weight};
pub(crate) use number::as_doubles;
pub(crate) use schedules::{AcceptedSchedule, ScheduleIdentity, ScheduleSelection, UpsertSchedule};
pub(crate) use schemas::Types;
pub(crate) use subjects::{Profile, StoredSubject, Upsert};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use subjects::{BySubject, RowId, Subjects};
use uuid::Uuid;

/// A JSON object.
pub(crate) type Data = serde_json::Map<String, serde_json::Value>;

/// A moment as the platform stores it, in microseconds.
pub(crate) fn stored(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.trunc_subsecs(6)
}

/// The time of an operation, and the source of its ids.
pub(crate) struct Context<'a> {
    now: DateTime<Utc>,
    /// The moments of the events of a batch; those that are missing are `now`.
    moments: Vec<DateTime<Utc>>,
    /// The size of the largest event that can be published.
    pub(crate) largest_event: Option<usize>,
    ids: &'a mut dyn FnMut() -> Uuid,
}

impl<'a> Context<'a> {
    /// `now` is cut to microseconds, the precision of the platform's database.
    pub(crate) fn new(now: DateTime<Utc>, ids: &'a mut dyn FnMut() -> Uuid) -> Self {
        Self {
            now: stored(now),
            moments: Vec::new(),
            largest_event: None,
            ids,
        }
    }

    /// Sets the moments of the events of a batch.
    pub(crate) fn with_moments(self, moments: impl Iterator<Item = DateTime<Utc>>) -> Self {
        Self {
            moments: moments.map(stored).collect(),
            ..self
        }
    }

    /// The moment of the event with this index in its batch.
    fn moment(&self, index: usize) -> DateTime<Utc> {
        self.moments.get(index).copied().unwrap_or(self.now)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    fn new_id(&mut self) -> Uuid {
        (self.ids)()
    }

    /// The current time, or a microsecond after `previous` if the clock has not advanced.
    fn later_than(&self, previous: DateTime<Utc>) -> DateTime<Utc> {
        self.now.max(previous + TimeDelta::microseconds(1))
    }
}

/// The data of one project.
#[derive(Debug)]
pub(crate) struct Store {
    subjects: Subjects,
    members: members::Members,
    devices: BySubject<StoredDevice>,
    sessions: sessions::Sessions,
    schedules: schedules::Schedules,
    inboxes: BySubject<StoredInboxMessage>,
    events: Log<ReceivedEvent>,
    lost: Log<Lost>,
    schemas: schemas::Schemas,
}

impl Store {
    /// A store that keeps this many events, this many lost items, and this many sessions that have
    /// expired.
    pub(crate) fn new(keep: usize) -> Self {
        Self {
            subjects: Subjects::default(),
            members: members::Members::default(),
            devices: BySubject::default(),
            sessions: sessions::Sessions::new(keep),
            schedules: schedules::Schedules::default(),
            inboxes: BySubject::default(),
            events: Log::new(keep),
            lost: Log::new(keep),
            schemas: schemas::Schemas::default(),
        }
    }

    /// The events that were accepted and not lost, in the order of arrival.
    pub(crate) fn events(&self) -> &Log<ReceivedEvent> {
        &self.events
    }

    /// The items that were answered with 202 and lost, in the order of arrival.
    pub(crate) fn lost(&self) -> &Log<Lost> {
        &self.lost
    }

    fn id_of(&self, row: RowId) -> Option<Uuid> {
        self.subjects.get(row).map(|subject| subject.id)
    }
}
