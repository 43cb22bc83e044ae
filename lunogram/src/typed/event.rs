//! Events.

use super::{Identifiers, Matching, Names, Subject, Targeted, check_event};
use crate::encode::Writer;
use crate::problem::Invalid;
use serde::Serialize;

/// An event: implemented by `#[derive(LunogramEvent)]`.
///
/// ```
/// use lunogram::LunogramEvent;
///
/// #[derive(LunogramEvent)]
/// enum Cart<'a> {
///     CartUpdated { #[lunogram(external_id)] user: &'a str, items: u32 },
///     #[lunogram(name = "cart.emptied")]
///     Emptied { #[lunogram(external_id)] user: &'a str },
/// }
///
/// /// Works for every event.
/// fn log<E: LunogramEvent>(event: &E) -> String {
///     format!("{} of {:?}", event.event_name(), E::NAMES)
/// }
///
/// let event = Cart::Emptied { user: "user_123" };
/// assert_eq!(log(&event), r#"cart.emptied of ["cart_updated", "cart.emptied"]"#);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Lunogram event",
    label = "not an event",
    note = "add `#[derive(lunogram::LunogramEvent)]` to `{Self}`"
)]
pub trait LunogramEvent {
    /// The kind of its subject.
    type Subject: Subject;

    /// Its name as sent; for an enum, the names of its variants in their order.
    const NAMES: &'static [&'static str];

    /// For each of [`NAMES`](Self::NAMES) the list of its fields, by the names that serde gives
    /// them. If a field is not sent as the property of that name, its name is followed by `@` and
    /// the source of the identifier, or by `=` and the name of the property.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// The name of this event.
    fn event_name(&self) -> &'static str {
        // The derive overrides this for enums.
        Self::NAMES.first().copied().unwrap_or_default()
    }

    /// Writes the event without its last two braces: from its opening brace on if it is
    /// [`Addressed`], from its name on if it is [`Unaddressed`].
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Runs the same checks as sending the event, without sending it.
    ///
    /// ```
    /// use lunogram::LunogramEvent;
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
    fn check(&self) -> Result<(), Invalid>
    where
        Self: Addressed,
    {
        check_event(self.event_name(), &|writer: &mut Writer| {
            self.encode(writer);
        })
    }

    /// Sets the subject of an event that has no `external_id` field.
    ///
    /// ```
    /// use lunogram::LunogramEvent;
    ///
    /// #[derive(LunogramEvent)]
    /// struct FeatureAnnounced {
    ///     feature: String,
    /// }
    ///
    /// let event = FeatureAnnounced { feature: "exports".into() }.to("user_123");
    /// ```
    #[must_use = "an event does nothing until it is sent or tracked"]
    fn to(self, subject: impl Into<Identifiers>) -> Targeted<Self>
    where
        Self: Unaddressed + Sized,
    {
        Targeted::new(self, subject.into())
    }

    /// Addresses an event that has no `external_id` field to every subject whose stored data
    /// contains `traits` (by `PostgreSQL`'s JSONB containment) when the event is processed. There
    /// may be none.
    ///
    /// `traits` has to serialize to an object with at least one key.
    ///
    /// ```
    /// use lunogram::LunogramEvent;
    /// use serde_json::json;
    ///
    /// #[derive(LunogramEvent)]
    /// struct FeatureAnnounced {
    ///     feature: String,
    /// }
    ///
    /// let event = FeatureAnnounced { feature: "exports".into() };
    /// let event = event.matching(&json!({"plan": "pro"}));
    /// ```
    #[must_use = "an event does nothing until it is sent or tracked"]
    fn matching<M: Serialize>(self, traits: M) -> Matching<Self>
    where
        Self: Unaddressed + Sized,
    {
        Matching::new(self, &traits)
    }
}

impl<T: LunogramEvent + ?Sized> LunogramEvent for &T {
    type Subject = T::Subject;
    const NAMES: &'static [&'static str] = T::NAMES;
    const KEYS: Names = T::KEYS;

    fn event_name(&self) -> &'static str {
        (**self).event_name()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        (**self).encode(writer);
    }
}

/// An event with a subject: from an `#[lunogram(external_id)]` field, `.to()` or `.matching()`.
///
/// ```
/// use lunogram::{Addressed, Client, Error, LunogramEvent};
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
/// /// Takes any event that can be sent.
/// async fn logged(client: &Client, event: &impl Addressed) -> Result<(), Error> {
///     println!("{}", event.event_name());
///     client.send(event).await
/// }
///
/// # async fn example(client: Client) -> Result<(), Error> {
/// logged(&client, &SignedUp { user: "user_123" }).await?;
/// logged(&client, &FeatureAnnounced { feature: "exports" }.to("user_123")).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no subject",
    label = "an event without a subject",
    note = "add a field with `#[lunogram(external_id)]`, or choose the subject here: `.to(\"user_123\")` or `.matching(&json!({{\"plan\": \"pro\"}}))`"
)]
pub trait Addressed: LunogramEvent {}

#[diagnostic::do_not_recommend]
impl<T: Addressed + ?Sized> Addressed for &T {}

/// An event without an `external_id` field: its subject is set at the call, with `.to()` or
/// `.matching()`.
///
/// ```
/// use lunogram::{Client, Error, Identifiers, LunogramEvent, Unaddressed};
///
/// #[derive(Clone, LunogramEvent)]
/// struct FeatureAnnounced {
///     feature: &'static str,
/// }
///
/// /// Tracks the same event for several users.
/// fn track_for_all<E>(client: &Client, event: &E, users: &[&str]) -> Result<(), Error>
/// where
///     E: Unaddressed + Clone,
/// {
///     users.iter().try_for_each(|user| client.track(&event.clone().to(*user)))
/// }
///
/// # fn example(client: Client) -> Result<(), Error> {
/// track_for_all(&client, &FeatureAnnounced { feature: "exports" }, &["user_123", "user_456"])?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` already has a subject",
    label = "already has a subject",
    note = "send it as it is; `.to()` and `.matching()` are for events without an `#[lunogram(external_id)]` field, and can be called once"
)]
pub trait Unaddressed: LunogramEvent {}

#[diagnostic::do_not_recommend]
impl<T: Unaddressed + ?Sized> Unaddressed for &T {}

/// An event that can be posted about an `S`: typed events with that subject, and the dynamic
/// [`Event`](crate::Event).
///
/// ```
/// use lunogram::{Client, Error, EventFor, subject};
///
/// /// Posts events in requests of 500.
/// async fn post_all<E>(client: &Client, events: &[E]) -> Result<(), Error>
/// where
///     E: EventFor<subject::User>,
/// {
///     for part in events.chunks(500) {
///         client.post_user_events(part).await?;
///     }
///     Ok(())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event of `{S}`s",
    label = "not an event of `{S}`s"
)]
pub trait EventFor<S: Subject> {
    #[doc(hidden)]
    fn encode_for(&self, writer: &mut Writer<'_>);
}

impl<S: Subject, E: Addressed + LunogramEvent<Subject = S> + ?Sized> EventFor<S> for E {
    fn encode_for(&self, writer: &mut Writer<'_>) {
        self.encode(writer);
        writer.end_event();
    }
}
