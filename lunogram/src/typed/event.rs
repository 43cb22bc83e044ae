//! Events.

use super::{Identifiers, Matching, Names, Subject, Targeted, check_event};
use crate::encode::Writer;
use crate::problem::Invalid;
use serde::Serialize;

/// An event, by `#[derive(LunogramEvent)]`.
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
/// /// What goes for every event.
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
    /// Whom it is about.
    type Subject: Subject;

    /// Its name on the wire; for an enum, the names of its variants in their order.
    const NAMES: &'static [&'static str];

    /// For each of [`NAMES`](Self::NAMES) the list of its fields by the names that serde gives them. Behind those that are
    /// not in the property of that name stands where they are: `@` and the source of the identifier, or `=` and the name of
    /// the property.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// The name of this very event.
    fn event_name(&self) -> &'static str {
        // Of an enum, the derive asks for the variant.
        Self::NAMES.first().copied().unwrap_or_default()
    }

    /// Writes the event without its last two braces: from its opening brace where it is [`Addressed`], from its name on
    /// where it is [`Unaddressed`].
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Checks the event as sending it would, without sending it.
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

    /// Says whom an event without identifier field is about.
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

    /// Sends an event without identifier field to everybody whose stored data contains `traits` (`PostgreSQL`'s JSONB
    /// containment), at the moment it is processed; possibly to nobody.
    ///
    /// `traits` serializes to an object with at least one key.
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
    /// let event = FeatureAnnounced { feature: "exports".into() }.matching(&json!({"plan": "pro"}));
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

/// An event that says whom it is about: by an `#[lunogram(external_id)]` field, `.to()` or `.matching()`.
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
/// /// Whatever can be sent.
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
    message = "`{Self}` does not say whom it is about",
    label = "an event without a subject",
    note = "add a field with `#[lunogram(external_id)]`, or choose the subject here: `.to(\"user_123\")` or `.matching(&json!({{\"plan\": \"pro\"}}))`"
)]
pub trait Addressed: LunogramEvent {}

#[diagnostic::do_not_recommend]
impl<T: Addressed + ?Sized> Addressed for &T {}

/// An event without identifier field: the subject is chosen at the call, by `.to()` or `.matching()`.
///
/// ```
/// use lunogram::{Client, Error, Identifiers, LunogramEvent, Unaddressed};
///
/// #[derive(Clone, LunogramEvent)]
/// struct FeatureAnnounced {
///     feature: &'static str,
/// }
///
/// /// The same to each of them.
/// fn tell_all<E: Unaddressed + Clone>(client: &Client, event: &E, users: &[&str]) -> Result<(), Error> {
///     users.iter().try_for_each(|user| client.track(&event.clone().to(*user)))
/// }
///
/// # fn example(client: Client) -> Result<(), Error> {
/// tell_all(&client, &FeatureAnnounced { feature: "exports" }, &["user_123", "user_456"])?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` already says whom it is about",
    label = "whom it is about is said already",
    note = "send it as it is; only an event without `#[lunogram(external_id)]` field takes `.to()` or `.matching()`, and only once"
)]
pub trait Unaddressed: LunogramEvent {}

#[diagnostic::do_not_recommend]
impl<T: Unaddressed + ?Sized> Unaddressed for &T {}

/// What can be posted as an event of an `S`: typed events about an `S`, and the dynamic [`Event`](crate::Event).
///
/// ```
/// use lunogram::{Client, Error, EventFor, subject};
///
/// /// In requests of 500.
/// async fn post_all(client: &Client, events: &[impl EventFor<subject::User>]) -> Result<(), Error> {
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
