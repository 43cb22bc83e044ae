//! A sink that keeps what it is given.

use super::api::sent_events;
use super::server::Received;
use super::store::{EventTarget, ReceivedEvent};
use crate::client::Sink;
use crate::encode::{Payload, Writer, batch_of_one, encoded};
use crate::error::Error;
use crate::wire::SubjectKind;
use chrono::Utc;
use lunogram_core::{AnyEvent, AnyTraits, LunogramEvent};
use serde_json::{Map, Value};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Records tracked payloads in memory, without a server: for unit tests of code that takes a
/// [`Sink`].
///
/// It checks payloads as a client does. It does not know which subjects exist, so it cannot tell
/// which events the platform would lose; [`Server`](super::Server) can.
///
/// ```
/// use lunogram::testing::Recorder;
/// use lunogram::{LunogramEvent, Sink, UpsertUserRequest};
///
/// #[derive(LunogramEvent)]
/// struct SignedUp<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
///     plan: &'a str,
/// }
///
/// fn sign_up(sink: &dyn Sink) -> Result<(), lunogram::Error> {
///     sink.identify(&UpsertUserRequest::new("user_123").email("jane@example.com"))?;
///     sink.track(&SignedUp { user: "user_123", plan: "pro" })
/// }
///
/// let recorder = Recorder::new();
/// sign_up(&recorder)?;
/// assert_eq!(recorder.events::<SignedUp>()[0].data["plan"], "pro");
/// assert_eq!(recorder.traits()[0].body["email"], "jane@example.com");
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Recorder {
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    events: Vec<ReceivedEvent>,
    traits: Vec<RecordedTraits>,
}

/// The traits of one subject that a [`Recorder`] was given.
///
/// ```
/// use lunogram::testing::Recorder;
/// use lunogram::subject::SubjectKind;
/// use lunogram::{Sink, UpsertOrganizationRequest};
///
/// let recorder = Recorder::new();
/// recorder.identify(&UpsertOrganizationRequest::new("org_456").name("Acme"))?;
/// let acme = &recorder.traits()[0];
/// assert_eq!(acme.subject, SubjectKind::Organization);
/// assert_eq!(acme.body["name"], "Acme");
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedTraits {
    /// Whether they describe a user or an organization.
    pub subject: SubjectKind,
    /// The upsert as a client would send it: `identifier`, the columns such as `email`, and `data`.
    pub body: Map<String, Value>,
}

impl Recorder {
    /// A recorder without records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The recorded events of type `E`, in the order in which they were tracked.
    ///
    /// ```
    /// use lunogram::testing::Recorder;
    /// use lunogram::{LunogramEvent, Sink};
    ///
    /// #[derive(LunogramEvent)]
    /// struct Viewed<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    /// }
    ///
    /// let recorder = Recorder::new();
    /// recorder.track(&Viewed { user: "user_123" })?;
    /// assert_eq!(recorder.events::<Viewed>().len(), 1);
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[must_use]
    pub fn events<E: LunogramEvent + ?Sized>(&self) -> Vec<Received<E>> {
        let records = self.records();
        let of_type = records
            .events
            .iter()
            .filter(|event| E::NAMES.contains(&event.name.as_str()));
        of_type.cloned().map(Received::new).collect()
    }

    /// Every recorded event, in the order in which they were tracked.
    #[must_use]
    pub fn all_events(&self) -> Vec<ReceivedEvent> {
        self.records().events.clone()
    }

    /// Every recorded upsert, in the order in which they were identified.
    #[must_use]
    pub fn traits(&self) -> Vec<RecordedTraits> {
        self.records().traits.clone()
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Recorder {
    fn track(&self, event: &dyn AnyEvent) -> Result<(), Error> {
        let encode = |writer: &mut Writer| event.write(writer);
        let json = batch_of_one(event.name(), &encode)?;
        let subject = event.subject();
        let now = Utc::now();
        let events = sent_events(subject, &json);
        let events = events.into_iter().map(|event| ReceivedEvent {
            name: event.name,
            subject,
            target: match (event.identifiers, event.matching) {
                (Some(identifiers), _) => EventTarget::Identifiers(identifiers),
                (None, matching) => EventTarget::Match(matching.unwrap_or_default()),
            },
            data: event.data.unwrap_or_default(),
            reached: Vec::new(),
            received_at: now,
        });
        self.records().events.extend(events);
        Ok(())
    }

    fn identify(&self, traits: &dyn AnyTraits) -> Result<(), Error> {
        let subject = traits.subject();
        let payload = Payload::upsert(subject);
        let json = encoded(payload, &|writer: &mut Writer| traits.write(writer))?;
        let body = serde_json::from_slice(&json).unwrap_or_default();
        self.records().traits.push(RecordedTraits { subject, body });
        Ok(())
    }
}
