//! Events.

use super::{Matching, Names, Subject, Targeted, ToIdentifiers};
use crate::encode::Writer;
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

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
        // A pattern, because three calls of functions in each type cost more build time.
        match Self::NAMES {
            [name, ..] => name,
            [] => "",
        }
    }

    /// Writes the event without its last two braces: from its opening brace on if it is
    /// [`Addressed`], from its name on if it is [`Unaddressed`].
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

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
    fn to(self, subject: impl ToIdentifiers) -> Targeted<Self>
    where
        Self: Unaddressed + Sized,
    {
        Targeted::new(self, subject.into_identifiers())
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

/// A pointer to an event is that event.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: LunogramEvent + ?Sized> LunogramEvent for $pointer {
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

        #[diagnostic::do_not_recommend]
        impl<T: Addressed + ?Sized> Addressed for $pointer {}

        #[diagnostic::do_not_recommend]
        impl<T: Unaddressed + ?Sized> Unaddressed for $pointer {}
    )*};
}

pointers!(&T, Box<T>, Rc<T>, Arc<T>);

/// An event with a subject: from an `#[lunogram(external_id)]` field, `.to()` or `.matching()`.
///
/// ```
/// use lunogram::subject::Addressed;
/// use lunogram::{Client, Error, LunogramEvent};
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

/// An event without an `external_id` field: its subject is set at the call, with `.to()` or
/// `.matching()`.
///
/// ```
/// use lunogram::subject::Unaddressed;
/// use lunogram::{Client, Error, Identifiers, LunogramEvent};
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
