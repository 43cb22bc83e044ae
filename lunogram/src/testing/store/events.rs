//! Events: whom they reach, and which are lost.

use super::containment::contains;
use super::{Data, Moment, Refused, SentIdentifier, Store, SubjectKind};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Whom an event was sent to.
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
///     .post_user_events(&[
///         Event::new("signed_up").to("user_123"),
///         Event::new("feature_announced").matching(json!({"plan": "pro"})),
///     ])
///     .await?;
/// for event in server.all_events() {
///     match &event.target {
///         EventTarget::Identifiers(identifiers) => assert_eq!(identifiers[0].external_id, "user_123"),
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
    /// The subject that all of these lead to.
    Identifiers(Vec<SentIdentifier>),
    /// Every subject whose data contained this object when the event arrived.
    Match(Data),
}

/// An event that the server took in.
///
/// ```
/// use lunogram::testing::SubjectKind;
/// use lunogram::{Event, UpsertUserRequest};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.upsert_user(&UpsertUserRequest::new("user_123").data(json!({"plan": "pro"}))).await?;
/// client.post_user_events(&[Event::new("feature_announced").matching(json!({"plan": "pro"}))]).await?;
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
    /// Whom it was sent to.
    pub target: EventTarget,
    /// Its properties; empty where an organization event had none.
    pub data: Data,
    /// The server's own ids of the subjects that it reached: one for identifiers, any number for a `match`.
    pub reached: Vec<Uuid>,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}

/// What is lost.
///
/// ```
/// use lunogram::testing::LostKind;
/// use lunogram::{Event, UpsertScheduleRequest};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.post_user_events(&[Event::new("signed_up").to("user_123")]).await?; // nobody has upserted user_123
/// client.upsert_user_scheduled(&UpsertScheduleRequest::every("weekly_digest", "user_123", "168h")).await?;
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
    /// A message to an inbox; its name is the sender's own id for it.
    InboxMessage,
    /// A mark, read or archived, on a message in an inbox; its name is the server's own id of the message.
    InboxMark,
}

/// Something that was answered with 202 and that the platform then loses.
///
/// ```
/// use lunogram::Event;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.post_user_events(&[Event::new("signed_up").to("user_123")]).await?;
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
    /// What it is.
    pub kind: LostKind,
    /// Its name: that of the event or schedule, or what stands at its kind.
    pub name: String,
    /// Whether it is about a user or an organization.
    pub subject: SubjectKind,
    /// Whom it was sent to.
    pub identifiers: Vec<SentIdentifier>,
    /// Its properties.
    pub data: Data,
    /// Why it is lost, in words.
    pub reason: String,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}

/// One event of a batch, its shape checked.
#[derive(Clone, Debug)]
pub(crate) struct SentEvent {
    pub(crate) name: String,
    pub(crate) identifiers: Option<Vec<SentIdentifier>>,
    pub(crate) matching: Option<Data>,
    pub(crate) data: Option<Data>,
}

/// Why something is lost whose subject was `refused`.
pub(super) fn lost_because(kind: SubjectKind, refused: Refused) -> String {
    let kind = kind.as_str();
    if refused == Refused::Conflict {
        format!("the identifiers belong to more than one {kind}")
    } else {
        format!("no {kind} has any of these identifiers; upsert the {kind} first")
    }
}

impl Store {
    /// Takes in a batch, one event after the other, up to the first that is refused.
    ///
    /// The events before that one stay in, as on the platform.
    pub(crate) fn post_events(
        &mut self,
        kind: SubjectKind,
        events: Vec<SentEvent>,
        at: &Moment<'_>,
    ) -> Result<(), Refused> {
        events
            .into_iter()
            .try_for_each(|event| self.post_event(kind, event, at))
    }

    fn post_event(
        &mut self,
        kind: SubjectKind,
        event: SentEvent,
        at: &Moment<'_>,
    ) -> Result<(), Refused> {
        let data = event.data.unwrap_or_default();
        match (event.identifiers, event.matching) {
            (Some(_), Some(_)) => Err(Refused::BothTargets),
            (None, None) => Err(Refused::NoTarget),
            (None, Some(wanted)) => {
                self.learn_event(kind, &event.name, &data);
                let reached = self.matching(kind, &wanted);
                let target = EventTarget::Match(wanted);
                self.receive(kind, event.name, target, data, reached, at);
                Ok(())
            }
            (Some(identifiers), None) => {
                self.post_to_subject(kind, event.name, identifiers, data, at)
            }
        }
    }

    fn post_to_subject(
        &mut self,
        kind: SubjectKind,
        name: String,
        identifiers: Vec<SentIdentifier>,
        data: Data,
        at: &Moment<'_>,
    ) -> Result<(), Refused> {
        let found = self.subject(kind, &identifiers);
        if kind == SubjectKind::User || found != Err(Refused::Conflict) {
            self.learn_event(kind, &name, &data);
        }
        match found {
            Ok(row) => {
                let reached = self.id_of(kind, row).into_iter().collect();
                let target = EventTarget::Identifiers(identifiers);
                self.receive(kind, name, target, data, reached, at);
            }
            // An organization is looked up before the answer, a user only by the worker behind it.
            Err(Refused::Conflict) if kind == SubjectKind::Organization => {
                return Err(Refused::Conflict);
            }
            Err(refused) => self.lost.push(Lost {
                kind: LostKind::Event,
                name,
                subject: kind,
                identifiers,
                data,
                reason: lost_because(kind, refused),
                received_at: at.now(),
            }),
        }
        Ok(())
    }

    fn receive(
        &mut self,
        subject: SubjectKind,
        name: String,
        target: EventTarget,
        data: Data,
        reached: Vec<Uuid>,
        at: &Moment<'_>,
    ) {
        self.events.push(ReceivedEvent {
            name,
            subject,
            target,
            data,
            reached,
            received_at: at.now(),
        });
    }

    /// Everyone whose data contains `wanted`, the oldest first.
    fn matching(&self, kind: SubjectKind, wanted: &Data) -> Vec<Uuid> {
        match kind {
            SubjectKind::User => self
                .users()
                .filter(|user| contains(&user.data, wanted))
                .map(|user| user.id)
                .collect(),
            SubjectKind::Organization => self
                .organizations()
                .filter(|organization| contains(&organization.data, wanted))
                .map(|organization| organization.id)
                .collect(),
        }
    }
}
