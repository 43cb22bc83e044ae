//! Schedules: one moment, or every so often.

use super::events::lost_because;
use super::identity::Row;
use super::{
    Data, Lost, LostKind, Moment, Refused, SentIdentifier, Store, StoredIdentifier, SubjectKind,
};
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The schedule that the platform gives to every user and organization.
const ANNIVERSARY: &str = "anniversary";

/// A schedule as the server keeps it. The platform's own `anniversary` is not among them.
///
/// ```
/// use lunogram::UpsertScheduleRequest;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client.upsert_user_scheduled(&UpsertScheduleRequest::every("weekly_digest", "user_123", "168h")).await?;
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
    /// The assignment's id, as the answer gave it.
    pub id: Uuid,
    /// The schedule's name; it fires as the event `scheduled.<name>`.
    pub name: String,
    /// Whether it is a user's or an organization's.
    pub subject: SubjectKind,
    /// The server's own id of that user or organization.
    pub subject_id: Uuid,
    /// The moment of a single schedule.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// Where a recurring schedule starts to count.
    pub start_at: Option<DateTime<Utc>>,
    /// How often a recurring schedule fires: a `PostgreSQL` interval, as it was sent.
    pub interval: Option<String>,
    /// The properties that its events carry.
    pub data: Data,
    /// When it was first assigned.
    pub created_at: DateTime<Utc>,
    /// When it was last assigned.
    pub updated_at: DateTime<Utc>,
}

/// What tells two assignments of one subject apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignments {
    /// The name: sending it again replaces the assignment. Key-scoped servers; an `id` means nothing to them.
    ByName,
    /// The id: without one, each request makes another assignment. Project-scoped servers.
    ById,
}

/// The body of an upsert, its shape checked.
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

/// The answer to an upsert.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AcceptedSchedule {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) scheduled_at: DateTime<Utc>,
    pub(crate) data: Option<Data>,
}

/// Every assignment, and every name that was ever assigned.
#[derive(Debug, Default)]
pub(super) struct Schedules {
    names: BTreeSet<String>,
    assigned: BTreeMap<(SubjectKind, Row), Vec<StoredSchedule>>,
}

impl Schedules {
    /// The first subject brings the platform's own schedule into being.
    pub(super) fn meet_subject(&mut self) {
        if self.names.is_empty() {
            self.names.insert(ANNIVERSARY.to_owned());
        }
    }

    pub(super) fn remove_subject(&mut self, kind: SubjectKind, row: Row) {
        self.assigned.remove(&(kind, row));
    }

    /// Whether `id` is taken by another subject, or by another name of the same subject.
    fn is_foreign(&self, id: Uuid, owner: (SubjectKind, Row), name: &str) -> bool {
        self.assigned
            .iter()
            .filter(|((kind, _), _)| *kind == owner.0)
            .any(|(key, assigned)| {
                assigned
                    .iter()
                    .any(|known| known.id == id && (*key != owner || known.name != name))
            })
    }
}

impl Store {
    /// Assigns a schedule; for a user that does not exist it is accepted all the same, and lost.
    ///
    /// With both `scheduled_at` and `interval` it is a recurring one whose first moment is given, as on the platform.
    pub(crate) fn upsert_schedule(
        &mut self,
        kind: SubjectKind,
        mut sent: UpsertSchedule,
        assignments: Assignments,
        at: &mut Moment<'_>,
    ) -> Result<AcceptedSchedule, Refused> {
        let found = self.subject(kind, &sent.identifiers);
        // An organization is looked up before the answer, a user only by the worker behind it.
        if kind == SubjectKind::Organization {
            found?;
        }
        match &sent.interval {
            Some(interval) if lunogram_rules::interval::check(interval).is_err() => {
                return Err(Refused::BadInterval);
            }
            Some(_) => sent.start_at = sent.start_at.or(Some(at.now())),
            None if sent.scheduled_at.is_none() => return Err(Refused::NoMoment),
            None => {}
        }
        if kind == SubjectKind::User {
            self.schemas
                .learn(Observed::UserSchedules, &sent.name, sent.data.as_ref());
        }
        let mut accepted = AcceptedSchedule {
            id: match (assignments, sent.id) {
                (Assignments::ById, Some(id)) => id,
                _ => at.new_id(),
            },
            name: sent.name.clone(),
            scheduled_at: sent.scheduled_at.or(sent.start_at).unwrap_or(at.now()),
            data: sent.data.clone(),
        };
        match found {
            Ok(row)
                if !self
                    .schedules
                    .is_foreign(accepted.id, (kind, row), &sent.name) =>
            {
                accepted.id = self.assign(kind, row, accepted.id, sent, assignments, at);
            }
            Ok(_) => {
                let reason =
                    "the id belongs to another subject's schedule, or to one of another name";
                self.lose_schedule(kind, sent, reason.to_owned(), at);
            }
            Err(refused) => {
                let reason = lost_because(kind, refused);
                self.lose_schedule(kind, sent, reason, at);
            }
        }
        Ok(accepted)
    }

    /// Stores the assignment and returns its id, which an earlier one of the same name keeps.
    fn assign(
        &mut self,
        subject: SubjectKind,
        row: Row,
        id: Uuid,
        sent: UpsertSchedule,
        assignments: Assignments,
        at: &Moment<'_>,
    ) -> Uuid {
        let subject_id = self.id_of(subject, row).unwrap_or_default();
        self.schedules.names.insert(sent.name.clone());
        let assigned = self.schedules.assigned.entry((subject, row)).or_default();
        let known = assigned.iter_mut().find(|known| match assignments {
            Assignments::ByName => known.name == sent.name,
            Assignments::ById => known.id == id,
        });
        let Some(known) = known else {
            assigned.push(StoredSchedule {
                id,
                name: sent.name,
                subject,
                subject_id,
                scheduled_at: sent.scheduled_at,
                start_at: sent.start_at,
                interval: sent.interval,
                data: sent.data.unwrap_or_default(),
                created_at: at.now(),
                updated_at: at.now(),
            });
            return id;
        };
        known.updated_at = at.later_than(known.updated_at);
        match assignments {
            Assignments::ByName => {
                known.scheduled_at = sent.scheduled_at;
                known.start_at = sent.start_at;
                known.interval = sent.interval;
                known.data = sent.data.unwrap_or_default();
            }
            Assignments::ById => {
                known.scheduled_at = sent.scheduled_at.or(known.scheduled_at);
                known.start_at = sent.start_at.or(known.start_at);
                known.interval = sent.interval.or(known.interval.take());
                if let Some(data) = sent.data {
                    known.data = data;
                }
            }
        }
        known.id
    }

    fn lose_schedule(
        &mut self,
        subject: SubjectKind,
        sent: UpsertSchedule,
        reason: String,
        at: &Moment<'_>,
    ) {
        self.lost.push(Lost {
            kind: LostKind::Schedule,
            name: sent.name,
            subject,
            identifiers: sent.identifiers,
            data: sent.data.unwrap_or_default(),
            reason,
            received_at: at.now(),
        });
    }

    /// Takes every assignment of this name from the subject, of which there may be none.
    ///
    /// A name is known to the whole project from its first assignment on, so that it is found where this subject never
    /// had it, or has it no longer.
    pub(crate) fn delete_schedule(
        &mut self,
        kind: SubjectKind,
        name: &str,
        identifiers: &[SentIdentifier],
    ) -> Result<(), Refused> {
        let row = self.subject(kind, identifiers)?;
        if !self.schedules.names.contains(name) {
            return Err(Refused::NoSchedule);
        }
        if let Some(assigned) = self.schedules.assigned.get_mut(&(kind, row)) {
            assigned.retain(|known| known.name != name);
        }
        Ok(())
    }

    /// Every assignment: users' before organizations', the oldest subject's first.
    pub(crate) fn schedules(&self) -> impl Iterator<Item = &StoredSchedule> {
        self.schedules.assigned.values().flatten()
    }

    /// The same, each with the identifiers of the one that it is assigned to.
    pub(crate) fn schedules_and_subjects(
        &self,
    ) -> impl Iterator<Item = (&StoredSchedule, &[StoredIdentifier])> {
        self.schedules
            .assigned
            .iter()
            .flat_map(|((kind, row), assigned)| {
                let identifiers = self.identifiers_of(*kind, *row);
                assigned.iter().map(move |schedule| (schedule, identifiers))
            })
    }

    /// What one subject has been assigned, the oldest first.
    pub(crate) fn schedules_of(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> &[StoredSchedule] {
        self.row_of(kind, source, external_id)
            .and_then(|row| self.schedules.assigned.get(&(kind, row)))
            .map_or(&[], Vec::as_slice)
    }
}
