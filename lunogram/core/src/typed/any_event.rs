//! The object-safe face of everything that can be sent as an event.

use super::pass_through::pass_through;
use super::{Addressed, LunogramEvent, Subject};
use crate::encode::{self, Encodes, Writer};
use crate::problem::{Invalid, Payload};
use crate::subject_kind::SubjectKind;

/// Everything that can be sent as an event: derived events with a subject, dynamic
/// [`Event`](crate::Event)s, and references and boxes of them.
///
/// `Client::send`, `Client::track` and `Client::send_all` take it. The trait is object safe, so a
/// list can hold events of different types:
///
/// ```
/// use lunogram::{AnyEvent, Client, Error, Event, LunogramEvent};
///
/// #[derive(LunogramEvent)]
/// struct SignedUp<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
/// }
///
/// #[derive(LunogramEvent)]
/// struct FeatureAnnounced {
///     feature: &'static str,
/// }
///
/// # async fn example(client: Client) -> Result<(), Error> {
/// let events: Vec<Box<dyn AnyEvent + Send + Sync>> = vec![
///     Box::new(SignedUp { user: "user_123" }),
///     Box::new(FeatureAnnounced { feature: "exports" }.to("user_123")),
///     Box::new(Event::new("newsletter_opened").to("user_123")),
/// ];
/// client.send_all(&events).await?;
/// # Ok(())
/// # }
/// ```
///
/// Applications do not implement it: they derive [`LunogramEvent`](derive@crate::LunogramEvent).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as an event",
    label = "not an event with a subject",
    note = "an event is a type with `#[derive(lunogram::LunogramEvent)]`, or a `lunogram::Event`",
    note = "with the derive, an event needs a subject: a field with `#[lunogram(external_id)]`, or `.to(\"user_123\")` or `.matching(json!({{\"plan\": \"pro\"}}))` at the call",
    note = "the traits of users and organizations are sent with `upsert_user`, `upsert_organization` or `identify`, and schedules with `schedule`"
)]
pub trait AnyEvent {
    /// The name of the event on the wire.
    fn name(&self) -> &str;

    /// Whether the event is about a user or about an organization.
    fn subject(&self) -> SubjectKind;

    /// Checks the event as sending it would, without sending it.
    ///
    /// ```
    /// use lunogram::{AnyEvent, LunogramEvent};
    ///
    /// #[derive(LunogramEvent)]
    /// struct PurchaseCompleted<'a> {
    ///     #[lunogram(external_id)]
    ///     user_id: &'a str,
    ///     amount: f64,
    /// }
    ///
    /// let purchase = PurchaseCompleted { user_id: "user_123", amount: f64::INFINITY };
    /// assert_eq!(purchase.check().unwrap_err().problems()[0].path(), "data.amount");
    /// ```
    ///
    /// # Errors
    /// Every problem of the event, each with its path.
    fn check(&self) -> Result<(), Invalid> {
        encode::check(Payload::Event(self.name()), &|writer: &mut Writer| {
            self.write(writer);
        })
    }

    /// The event as the JSON object that a client sends, for a program without a client: to log it,
    /// to store it, or to hand it to another process.
    ///
    /// The object does not contain [`subject`](Self::subject), which decides the route. The
    /// properties of `#[lunogram(occurred_at)]` and `#[lunogram(event_id)]` are left out: an event
    /// gets its time and its id when it is sent, and nothing is sent.
    ///
    /// ```
    /// use lunogram::{AnyEvent, LunogramEvent};
    ///
    /// #[derive(LunogramEvent)]
    /// struct SignedUp<'a> {
    ///     #[lunogram(external_id)]
    ///     user: u64,
    ///     plan: &'a str,
    /// }
    ///
    /// assert_eq!(
    ///     SignedUp { user: 123, plan: "pro" }.to_json()?,
    ///     r#"{"identifier":[{"external_id":"123"}],"name":"signed_up","data":{"plan":"pro"}}"#,
    /// );
    /// # Ok::<(), lunogram::Invalid>(())
    /// ```
    ///
    /// # Errors
    /// Every problem of the event, each with its path.
    fn to_json(&self) -> Result<String, Invalid> {
        encode::to_json(Payload::Event(self.name()), &|writer: &mut Writer| {
            self.write(writer);
        })
    }

    /// Writes the whole event.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer<'_>);
}

#[diagnostic::do_not_recommend]
impl<E: Addressed + ?Sized> AnyEvent for E {
    fn name(&self) -> &str {
        self.event_name()
    }

    fn subject(&self) -> SubjectKind {
        <E::Subject as Subject>::KIND
    }

    // Like the provided methods, but with fewer functions for each type.
    fn check(&self) -> Result<(), Invalid> {
        encode::check_event(self.event_name(), &Whole(self))
    }

    fn to_json(&self) -> Result<String, Invalid> {
        encode::to_json(Payload::Event(self.event_name()), &Whole(self))
    }

    #[inline]
    fn write(&self, writer: &mut Writer<'_>) {
        self.encode(writer);
        writer.end_event();
    }
}

/// Writes a whole event. A closure would add another function for each type of an application.
struct Whole<'e, E: ?Sized>(&'e E);

impl<E: LunogramEvent + ?Sized> Encodes for Whole<'_, E> {
    fn encode(&self, writer: &mut Writer<'_>) {
        self.0.encode(writer);
        writer.end_event();
    }
}

pass_through!(AnyEvent {
    name: &str,
    subject: SubjectKind
});
