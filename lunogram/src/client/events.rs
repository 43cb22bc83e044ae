//! Events that are sent at once, with a response.

use super::batches::array;
use super::{Call, Client};
use crate::encode::{Payload, Writer, batch_of_one};
#[cfg(doc)]
use crate::error::Error;
use crate::transport::Request;
use crate::wire::{Operation, SubjectKind};
use lunogram_core::{AnyEvent, Invalid, Problem};
use lunogram_rules::{ProblemKind, Violation};

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
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops it, or an error
    /// of the server or the network. The server accepts an event about a subject that it does not
    /// know, and loses it.
    #[doc(alias("post_user_events", "post_organization_events"))]
    pub fn send<E: AnyEvent + ?Sized>(&self, event: &E) -> Call<()> {
        let encode = |writer: &mut Writer| event.write(writer);
        self.send_and_discard(Request::encoded(
            post(event.subject()),
            batch_of_one(event.name(), &encode),
        ))
    }

    /// Sends several events in one request, derived or dynamic, all about users or all about
    /// organizations.
    ///
    /// The list may hold events of different types behind [`AnyEvent`]: `Vec<Box<dyn AnyEvent>>`.
    /// The server refuses the whole request if one event is malformed or not allowed for the key.
    /// Beyond that the request is not atomic: after a failure that
    /// [`may have arrived`](Error::may_have_arrived), the server may have taken some of the events.
    /// [`Retries`](crate::Retries) lists the failures after which a call is repeated. Events that
    /// [`before_send`](crate::ClientBuilder::before_send) drops are left out of the request.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    /// use serde_json::json;
    ///
    /// let viewed = |path: &str| {
    ///     Event::new("page_viewed").to("user_123").data(json!({"path": path}))
    /// };
    /// client.send_all(&[viewed("/"), viewed("/pricing")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every event, each path starting
    /// with the position of its event (`[3].data.amount`); if the list is empty; or if it mixes
    /// events about users and about organizations, which the API takes in different requests.
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops every event.
    /// Otherwise an error of the server or the network.
    #[doc(alias("post_user_events", "post_organization_events"))]
    pub fn send_all<E: AnyEvent>(&self, events: &[E]) -> Call<()> {
        let kind = events.first().map_or(SubjectKind::User, AnyEvent::subject);
        self.send_and_discard(Request::encoded(post(kind), batch(kind, events)))
    }
}

fn post(kind: SubjectKind) -> Operation {
    match kind {
        SubjectKind::User => Operation::PostUserEvents,
        SubjectKind::Organization => Operation::PostOrganizationEvents,
    }
}

fn batch<E: AnyEvent>(kind: SubjectKind, events: &[E]) -> Result<Vec<u8>, Invalid> {
    let refused = |path: String, violation: Violation| {
        Invalid::new(Payload::Events, vec![Problem::new(path, violation)])
    };
    let other = events.iter().position(|event| event.subject() != kind);
    if let Some(other) = other {
        let message = format!(
            "about {}, but the first event is about {}; send them in separate calls",
            with_article(events[other].subject()),
            with_article(kind)
        );
        let violation = Violation::new(ProblemKind::Conflict, message);
        return Err(refused(format!("[{other}]"), violation));
    }
    if events.is_empty() {
        let message = "the list of events is empty; send at least one";
        let violation = Violation::fixed(ProblemKind::Missing, message);
        return Err(refused(String::new(), violation));
    }
    array(events, 0, &E::write).map_err(|problems| Invalid::new(Payload::Events, problems))
}

fn with_article(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "a user",
        SubjectKind::Organization => "an organization",
    }
}
