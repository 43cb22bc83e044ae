//! Events that are sent at once, with a response.

use super::Client;
use super::batches::arrays;
use crate::encode::{Buffer, Encode, Writer};
use crate::error::Error;
use crate::problem::{Invalid, Payload, Problem};
use crate::transport::{Operation, Request};
use crate::typed::{Addressed, EventFor, Organization, Subject, SubjectKind, User, append_event};

impl Client {
    /// Sends one event and waits for the response. The type determines whether the event is about a
    /// user or an organization.
    ///
    /// An event that has no subject, that is, no identifier field, gets one by
    /// [`to`](crate::LunogramEvent::to) or [`matching`](crate::LunogramEvent::matching); otherwise
    /// this does not compile.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::LunogramEvent;
    ///
    /// #[derive(LunogramEvent)]
    /// struct PurchaseCompleted<'a> {
    ///     #[lunogram(external_id)]
    ///     user_id: &'a str,
    ///     amount: f64,
    /// }
    ///
    /// client.send(&PurchaseCompleted { user_id: "user_123", amount: 99.99 }).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event, or an error of the
    /// server or the network. The server accepts an event about a subject that it does not know,
    /// and loses it.
    pub fn send<E: Addressed + ?Sized>(
        &self,
        event: &E,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<E> {
        let operation = post(<E::Subject as Subject>::KIND);
        self.send_and_discard(Request::encoded(
            operation,
            batch_of_one(event.event_name(), &|writer: &mut Writer| {
                event.encode(writer);
            }),
        ))
    }

    /// Sends events about users in one request: events of one derived type (an enum has several
    /// events), or dynamic events.
    ///
    /// The server refuses the whole request if one event is malformed or not allowed with this key.
    /// Otherwise the request is not atomic: after a failure that
    /// [`may have arrived`](Error::may_have_arrived), the server may have accepted some of the
    /// events. [`Retries`](crate::Retries) lists which failures are retried.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    /// use serde_json::json;
    ///
    /// let viewed = |path: &str| {
    ///     Event::new("page_viewed").to("user_123").data(json!({"path": path}))
    /// };
    /// client.post_user_events(&[viewed("/"), viewed("/pricing")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every event, each with a path
    /// that starts with the event's index (`[3].data.amount`), or if there is no event; or an error
    /// of the server or the network.
    pub fn post_user_events<E: EventFor<User>>(
        &self,
        events: &[E],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<E> {
        self.send_and_discard(Request::encoded(
            post(SubjectKind::User),
            batch::<User, E>(events),
        ))
    }

    /// Sends events about organizations in one request, like
    /// [`post_user_events`](Self::post_user_events).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// client
    ///     .post_organization_events(&[Event::new("contract.signed").to("org_456")])
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`post_user_events`](Self::post_user_events).
    pub fn post_organization_events<E: EventFor<Organization>>(
        &self,
        events: &[E],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<E> {
        self.send_and_discard(Request::encoded(
            post(SubjectKind::Organization),
            batch::<Organization, E>(events),
        ))
    }
}

fn post(kind: SubjectKind) -> Operation {
    match kind {
        SubjectKind::User => Operation::PostUserEvents,
        SubjectKind::Organization => Operation::PostOrganizationEvents,
    }
}

/// Encodes a batch of one event. Paths of problems start at the event, without an index.
fn batch_of_one(name: &str, event: Encode<'_>) -> Result<Vec<u8>, Invalid> {
    let mut batch = Buffer::default();
    batch.push(b'[');
    match append_event(&mut batch, event) {
        Ok(_) => {
            batch.push(b']');
            Ok(batch.into_written())
        }
        Err(problems) => Err(Invalid::new(Payload::Event(name), problems)),
    }
}

fn batch<S: Subject, E: EventFor<S>>(events: &[E]) -> Result<Vec<u8>, Invalid> {
    let arrays = arrays(Payload::Events, events, usize::MAX, &E::encode_for)?;
    arrays.into_iter().next().ok_or_else(|| {
        let problem = Problem::new("", "the list of events is empty; send at least one");
        Invalid::new(Payload::Events, vec![problem])
    })
}
