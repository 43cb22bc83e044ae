//! Schedules, single and recurring.

use super::columns::{self, Unstorable};
use super::events::loss_reason;
use super::subjects::{BySubject, RowId};
use super::{Context, Data, Lost, LostKind, SentIdentifier, Store, StoreError};
use crate::wire::SubjectKind;
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use lunogram_rules::column;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The schedule that the platform itself assigns to every user and organization.
const ANNIVERSARY: &str = "anniversary";

/// A schedule as the server stores it. The platform's `anniversary` is not listed.
///
/// ```
/// use lunogram::ScheduleRequest;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let request = ScheduleRequest::every("weekly_digest", "user_123", "168h");
/// client.schedule(&request).await?;
///
/// let schedule = server.user_schedule("user_123", "weekly_digest").expect("a schedule");
/// assert_eq!(schedule.interval.as_deref(), Some("168h"));
/// assert_eq!(schedule.scheduled_at, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredSchedule {
    /// The assignment's id, as in the response.
    pub id: Uuid,
    /// The schedule's name; it fires as the event `scheduled.<name>`.
    pub name: String,
    /// Whether it is a user's or an organization's.
    pub subject: SubjectKind,
    /// The server's id of that user or organization.
    pub subject_id: Uuid,
    /// When a single schedule fires.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// When a recurring schedule starts.
    pub start_at: Option<DateTime<Utc>>,
    /// The interval of a recurring schedule, in `PostgreSQL`'s syntax, as it was sent.
    pub interval: Option<String>,
    /// The properties of its events; on key-scoped routes, those of the last request.
    pub data: Data,
    /// When the schedule was first assigned.
    pub created_at: DateTime<Utc>,
    /// When the schedule was last assigned.
    pub updated_at: DateTime<Utc>,
}

/// How the assignments of one subject are identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScheduleIdentity {
    /// By name: a second request with the name updates the assignment, and `id` is ignored.
    /// Key-scoped routes.
    ByName,
    /// By id: each request without an id adds an assignment. Project-scoped routes.
    ById,
}

/// The parsed body of an upsert.
#[derive(Clone, Debug)]
pub(crate) struct UpsertSchedule {
    pub(crate) id: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) identifiers: Vec<SentIdentifier>,
    pub(crate) scheduled_at: Option<DateTime<Utc>>,
    pub(crate) start_at: Option<DateTime<Utc>>,
    pub(crate) interval: Option<String>,
    pub(crate) data: Option<Data>,
}

impl UpsertSchedule {
    fn check_columns(&self) -> Result<(), Unstorable> {
        columns::text("name", &self.name, column::SCHEDULE_NAME)?;
        columns::identifiers("identifier", &self.identifiers)?;
        self.data.as_ref().map_or(Ok(()), columns::learned)
    }
}

/// The assignments that a deletion removes.
#[derive(Clone, Debug)]
pub(crate) enum ScheduleSelection {
    /// Every assignment of this name.
    Named(String),
    /// The assignment with this id, if it has this name or no name is required.
    Assignment { id: Uuid, name: Option<String> },
}

impl ScheduleSelection {
    /// The name that the project must have.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Assignment { name, .. } => name.as_deref(),
        }
    }

    fn selects(&self, schedule: &StoredSchedule) -> bool {
        match self {
            Self::Named(name) => schedule.name == *name,
            Self::Assignment { id, name } => {
                schedule.id == *id && name.as_ref().is_none_or(|name| schedule.name == *name)
            }
        }
    }
}

/// The response to an upsert.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AcceptedSchedule {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) scheduled_at: DateTime<Utc>,
    pub(crate) data: Option<Data>,
}

/// The assignments, and every name that the project has ever had.
#[derive(Debug, Default)]
pub(super) struct Schedules {
    names: BTreeSet<String>,
    pub(super) assigned: BySubject<StoredSchedule>,
}

impl Schedules {
    /// Adds the platform's schedule, which exists from the first subject on.
    pub(super) fn add_anniversary(&mut self) {
        if self.names.is_empty() {
            self.names.insert(ANNIVERSARY.to_owned());
        }
    }

    pub(super) fn remove_subject(&mut self, row: RowId) {
        self.assigned.remove(row);
    }

    /// Whether `id` belongs to another subject of the same kind, or to a schedule of another name.
    fn is_taken(&self, id: Uuid, owner: RowId, name: &str) -> bool {
        self.assigned
            .iter()
            .filter(|(row, _)| row.kind == owner.kind)
            .any(|(row, assigned)| {
                assigned
                    .iter()
                    .any(|other| other.id == id && (row != owner || other.name != name))
            })
    }
}

impl Store {
    /// Assigns a schedule. The schedule of an unknown user is accepted and then lost, as on the
    /// platform.
    ///
    /// With both `scheduled_at` and `interval`, the schedule is recurring and `scheduled_at` is its
    /// first occurrence.
    pub(crate) fn upsert_schedule(
        &mut self,
        kind: SubjectKind,
        mut sent: UpsertSchedule,
        identity: ScheduleIdentity,
        context: &mut Context<'_>,
    ) -> Result<AcceptedSchedule, StoreError> {
        let found = self.find(kind, &sent.identifiers);
        // The platform looks an organization up before it answers, and a user afterwards.
        let found = match kind {
            SubjectKind::User => found,
            SubjectKind::Organization => Ok(found?),
        };
        match &sent.interval {
            Some(interval) if lunogram_rules::interval::check(interval).is_err() => {
                return Err(StoreError::InvalidInterval);
            }
            Some(_) => sent.start_at = sent.start_at.or(Some(context.now())),
            None if sent.scheduled_at.is_none() => return Err(StoreError::MissingScheduledAt),
            None => {}
        }
        let storable = sent.check_columns();
        if kind == SubjectKind::User && storable.is_ok() {
            self.schemas
                .learn(Observed::UserSchedules, &sent.name, sent.data.as_ref());
        }
        let mut accepted = AcceptedSchedule {
            id: match (identity, sent.id) {
                (ScheduleIdentity::ById, Some(id)) => id,
                _ => context.new_id(),
            },
            name: sent.name.clone(),
            scheduled_at: sent.scheduled_at.or(sent.start_at).unwrap_or(context.now()),
            data: sent.data.clone(),
        };
        let reason = match storable.map_err(StoreError::from).and(found) {
            Ok(row) if !self.schedules.is_taken(accepted.id, row, &sent.name) => {
                accepted.id = self.assign(row, accepted.id, sent, identity, context);
                return Ok(accepted);
            }
            Ok(_) => {
                "the id belongs to a schedule of another subject or of another name".to_owned()
            }
            Err(error) => loss_reason(kind, error),
        };
        self.lost.push(Lost {
            kind: LostKind::Schedule,
            name: sent.name,
            subject: kind,
            identifiers: sent.identifiers,
            data: sent.data.unwrap_or_default(),
            reason,
            received_at: context.now(),
        });
        Ok(accepted)
    }

    /// Stores the assignment and returns its id. An assignment that is replaced keeps its id.
    fn assign(
        &mut self,
        row: RowId,
        id: Uuid,
        sent: UpsertSchedule,
        identity: ScheduleIdentity,
        context: &Context<'_>,
    ) -> Uuid {
        let subject_id = self.id_of(row).unwrap_or_default();
        self.schedules.names.insert(sent.name.clone());
        let assigned = self.schedules.assigned.get_mut(row);
        let stored = assigned.iter_mut().find(|stored| match identity {
            ScheduleIdentity::ByName => stored.name == sent.name,
            ScheduleIdentity::ById => stored.id == id,
        });
        let Some(stored) = stored else {
            assigned.push(StoredSchedule {
                id,
                name: sent.name,
                subject: row.kind,
                subject_id,
                scheduled_at: sent.scheduled_at,
                start_at: sent.start_at,
                interval: sent.interval,
                data: sent.data.unwrap_or_default(),
                created_at: context.now(),
                updated_at: context.now(),
            });
            return id;
        };
        stored.updated_at = context.later_than(stored.updated_at);
        match identity {
            ScheduleIdentity::ByName => {
                // A recurring schedule's next occurrence replaces the moment of a single one.
                stored.scheduled_at = sent.scheduled_at;
                stored.start_at = sent.start_at.or(stored.start_at);
                stored.interval = sent.interval.or(stored.interval.take());
                // Absent data is `null` there, which replaces the stored data.
                stored.data = sent.data.unwrap_or_default();
            }
            ScheduleIdentity::ById => {
                stored.scheduled_at = sent.scheduled_at.or(stored.scheduled_at);
                stored.start_at = sent.start_at.or(stored.start_at);
                stored.interval = sent.interval.or(stored.interval.take());
                if let Some(data) = sent.data {
                    stored.data = data;
                }
            }
        }
        stored.id
    }

    /// Removes assignments of the subject.
    ///
    /// A name is known to the whole project from its first assignment on. Deleting a known name or
    /// an id that this subject does not have is not an error.
    pub(crate) fn delete_schedule(
        &mut self,
        kind: SubjectKind,
        selection: &ScheduleSelection,
        identifiers: &[SentIdentifier],
    ) -> Result<(), StoreError> {
        let row = self.find(kind, identifiers)?;
        if let Some(name) = selection.name() {
            columns::unlimited("name", name)?;
            if !self.schedules.names.contains(name) {
                return Err(StoreError::UnknownSchedule);
            }
        }
        let assigned = self.schedules.assigned.get_mut(row);
        assigned.retain(|schedule| !selection.selects(schedule));
        Ok(())
    }

    /// Every assignment: users' before organizations', the oldest subject's first.
    pub(crate) fn schedules(&self) -> impl Iterator<Item = &StoredSchedule> {
        let assigned = self.schedules.assigned.iter();
        assigned.flat_map(|(_, assigned)| assigned)
    }

    /// The assignments of one subject, the oldest first.
    pub(crate) fn schedules_of(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> &[StoredSchedule] {
        self.subjects
            .row_of(kind, source, external_id)
            .map_or(&[], |row| self.schedules.assigned.get(row))
    }
}
