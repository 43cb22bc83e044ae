//! Events: the subjects that they reach, and the events that are lost.

use super::columns::{self, Unstorable};
use super::containment::contains;
use super::{Context, Data, SentIdentifier, Store, StoreError, Weight};
use crate::wire::SubjectKind;
use chrono::{DateTime, Utc};
use lunogram_rules::column;
use uuid::Uuid;

/// The recipients of an event.
///
/// ```
/// use lunogram::Event;
/// use lunogram::testing::EventTarget;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client
///     .send_all(&[
///         Event::new("signed_up").to("user_123"),
///         Event::new("feature_announced").matching(json!({"plan": "pro"})),
///     ])
///     .await?;
/// for event in server.all_events() {
///     match &event.target {
///         EventTarget::Identifiers(ids) => assert_eq!(ids[0].external_id, "user_123"),
///         EventTarget::Match(traits) => assert_eq!(traits["plan"], "pro"),
///         _ => unreachable!(),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventTarget {
    /// The subject with these identifiers.
    Identifiers(Vec<SentIdentifier>),
    /// Every subject whose data contained this object on arrival.
    Match(Data),
}

/// An event that the server accepted.
///
/// ```
/// use lunogram::subject::SubjectKind;
/// use lunogram::{Event, UpsertUserRequest};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.upsert_user(&UpsertUserRequest::new("user_123").data(json!({"plan": "pro"}))).await?;
/// let event = Event::new("feature_announced").matching(json!({"plan": "pro"}));
/// client.send(&event).await?;
///
/// let event = &server.events_named("feature_announced")[0];
/// assert_eq!(event.subject, SubjectKind::User);
/// assert_eq!(event.reached, [server.user("user_123").unwrap().id]);
/// assert!(event.data.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedEvent {
    /// The event's name.
    pub name: String,
    /// Whether it is about users or organizations.
    pub subject: SubjectKind,
    /// The recipients.
    pub target: EventTarget,
    /// Its properties; empty for an organization event without `data`.
    pub data: Data,
    /// The server's ids of the subjects that it reached: one for identifiers, any number for a
    /// `match`.
    pub reached: Vec<Uuid>,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}

/// The kind of a [`Lost`] item.
///
/// ```
/// use lunogram::testing::LostKind;
/// use lunogram::{Event, ScheduleRequest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// // user_123 was never upserted.
/// client.send(&Event::new("signed_up").to("user_123")).await?;
/// let schedule = ScheduleRequest::every("weekly_digest", "user_123", "168h");
/// client.schedule(&schedule).await?;
///
/// let kinds: Vec<_> = server.lost().iter().map(|lost| lost.kind).collect();
/// assert_eq!(kinds, [LostKind::Event, LostKind::Schedule]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LostKind {
    /// An event.
    Event,
    /// A schedule.
    Schedule,
    /// An inbox message; its name is the sender's id of the message.
    InboxMessage,
    /// A read or archived mark on an inbox message; its name is the server's id of the message.
    InboxMark,
}

/// An event, schedule, message or mark that was answered with 202 and that the platform then loses.
///
/// ```
/// use lunogram::Event;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.send(&Event::new("signed_up").to("user_123")).await?;
///
/// let lost = &server.lost()[0];
/// assert_eq!(lost.name, "signed_up");
/// assert_eq!(lost.identifiers[0].external_id, "user_123");
/// assert_eq!(lost.reason, "no user has any of these identifiers; upsert the user first");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// The kind of item.
    pub kind: LostKind,
    /// The name of the event or schedule; for other kinds, see [`LostKind`].
    pub name: String,
    /// Whether it is about a user or an organization.
    pub subject: SubjectKind,
    /// The identifiers of the recipient.
    pub identifiers: Vec<SentIdentifier>,
    /// Its properties.
    pub data: Data,
    /// Why it is lost, as a sentence.
    pub reason: String,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}

/// One event of a batch, parsed.
#[derive(Clone, Debug)]
pub(crate) struct SentEvent {
    pub(crate) name: String,
    pub(crate) identifiers: Option<Vec<SentIdentifier>>,
    pub(crate) matching: Option<Data>,
    pub(crate) data: Option<Data>,
}

impl SentEvent {
    fn check_columns(&self) -> Result<(), Unstorable> {
        columns::text("name", &self.name, column::EVENT_NAME)?;
        if let Some(identifiers) = &self.identifiers {
            columns::identifiers("identifier", identifiers)?;
        }
        if let Some(wanted) = &self.matching {
            columns::json("match", wanted)?;
        }
        self.data.as_ref().map_or(Ok(()), columns::learned)
    }
}

impl Weight for ReceivedEvent {}
impl Weight for Lost {}

/// The reason for [`Lost`] when the item was not stored because of `error`.
pub(super) fn loss_reason(kind: SubjectKind, error: StoreError) -> String {
    let kind = kind.as_str();
    match error {
        StoreError::Conflict => format!("the identifiers belong to more than one {kind}"),
        StoreError::Unstorable(unstorable) => unstorable.into_reason(),
        _ => format!("no {kind} has any of these identifiers; upsert the {kind} first"),
    }
}

impl Store {
    /// Processes a batch in order and stops at the first error. The events before it stay
    /// processed, as on the platform.
    pub(crate) fn post_events(
        &mut self,
        kind: SubjectKind,
        events: Vec<SentEvent>,
        context: &Context<'_>,
    ) -> Result<(), StoreError> {
        events
            .into_iter()
            .enumerate()
            .try_for_each(|(index, event)| self.post_event(kind, event, context.moment(index)))
    }

    fn post_event(
        &mut self,
        kind: SubjectKind,
        event: SentEvent,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        match (&event.identifiers, &event.matching) {
            (Some(_), Some(_)) => return Err(StoreError::BothTargets),
            (None, None) => return Err(StoreError::NoTarget),
            _ => {}
        }
        if let Err(unstorable) = event.check_columns() {
            let identifiers = event.identifiers.unwrap_or_default();
            let data = event.data.unwrap_or_default();
            self.lose(kind, event.name, identifiers, data, unstorable.into(), now);
            return Ok(());
        }
        let data = event.data.unwrap_or_default();
        match (event.identifiers, event.matching.unwrap_or_default()) {
            (None, wanted) => {
                self.learn_event(kind, &event.name, &data);
                let reached = self.matching(kind, &wanted);
                let target = EventTarget::Match(wanted);
                self.receive(kind, event.name, target, data, reached, now);
                Ok(())
            }
            (Some(identifiers), _) => {
                self.post_to_subject(kind, event.name, identifiers, data, now)
            }
        }
    }

    fn post_to_subject(
        &mut self,
        kind: SubjectKind,
        name: String,
        identifiers: Vec<SentIdentifier>,
        data: Data,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let found = self.find(kind, &identifiers);
        if kind == SubjectKind::User || found != Err(StoreError::Conflict) {
            self.learn_event(kind, &name, &data);
        }
        match found {
            Ok(row) => {
                let reached = self.id_of(row).into_iter().collect();
                let target = EventTarget::Identifiers(identifiers);
                self.receive(kind, name, target, data, reached, now);
            }
            // The platform looks an organization up before it answers, and a user afterwards.
            Err(StoreError::Conflict) if kind == SubjectKind::Organization => {
                return Err(StoreError::Conflict);
            }
            Err(error) => self.lose(kind, name, identifiers, data, error, now),
        }
        Ok(())
    }

    fn lose(
        &mut self,
        kind: SubjectKind,
        name: String,
        identifiers: Vec<SentIdentifier>,
        data: Data,
        error: StoreError,
        now: DateTime<Utc>,
    ) {
        self.lost.push(Lost {
            kind: LostKind::Event,
            name,
            subject: kind,
            identifiers,
            data,
            reason: loss_reason(kind, error),
            received_at: now,
        });
    }

    fn receive(
        &mut self,
        subject: SubjectKind,
        name: String,
        target: EventTarget,
        data: Data,
        reached: Vec<Uuid>,
        now: DateTime<Utc>,
    ) {
        self.events.push(ReceivedEvent {
            name,
            subject,
            target,
            data,
            reached,
            received_at: now,
        });
    }

    /// The ids of the subjects whose data contains `wanted`, the oldest first.
    fn matching(&self, kind: SubjectKind, wanted: &Data) -> Vec<Uuid> {
        self.subjects(kind)
            .filter(|subject| contains(&subject.data, wanted))
            .map(|subject| subject.id)
            .collect()
    }
}
