//! The derive macros of `lunogram`; use them through that crate.
//!
//! `ARCHITECTURE.md` lists the modules in order, bottom first; each imports only earlier ones.

mod attr;
mod case;
mod check;
mod errors;
mod expand;
mod keywords;
mod krate;
mod model;
mod pipeline;
mod plan;

use attr::Derive;
use pipeline::Macro;
use proc_macro::TokenStream;

/// Derives `LunogramEvent` for a struct, or for an enum with one event per variant.
///
/// The event's name is the name of the type (or variant) in `snake_case`, the fields marked
/// `external_id` identify its subject, and all other fields are its properties. Without an
/// `external_id` field the subject is chosen at the call, with `to` or `matching`.
/// [The guide][attributes] lists all attributes.
///
/// ```
/// use lunogram::LunogramEvent;
///
/// #[derive(LunogramEvent)]
/// struct PurchaseCompleted<'a> {
///     #[lunogram(external_id)]
///     user_id: &'a str,
///     #[lunogram(external_id, source = "stripe")]
///     customer: Option<&'a str>,
///     amount: f64,
///     #[lunogram(string)]
///     order_number: u64,
/// }
///
/// #[derive(LunogramEvent)]
/// enum Cart {
///     CartUpdated { #[lunogram(external_id)] user: u64, items: u32 },
///     #[lunogram(name = "cart.emptied")]
///     Emptied { #[lunogram(external_id)] user: u64 },
/// }
///
/// #[derive(LunogramEvent)]
/// #[lunogram(organization)]
/// struct ContractSigned<'a> {
///     #[lunogram(external_id)]
///     company: &'a str,
/// }
///
/// assert_eq!(PurchaseCompleted::NAMES, ["purchase_completed"]);
/// assert_eq!(Cart::NAMES, ["cart_updated", "cart.emptied"]);
/// ```
///
/// # Errors
/// A mistake is a compile error on the token to change. All mistakes of a type are reported
/// together.
///
/// ```compile_fail
/// #[derive(lunogram::LunogramEvent)]
/// #[lunogram(name = "Purchase Completed")] // not lower snake_case; `raw_name` would keep it
/// struct PurchaseCompleted {
///     #[lunogram(email)] // events have no `email`
///     email: String,
/// }
/// ```
///
/// [attributes]: https://docs.rs/lunogram/latest/lunogram/guide/attributes/index.html
#[proc_macro_derive(LunogramEvent, attributes(lunogram, serde))]
pub fn lunogram_event(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::Event), input.into()).into()
}

/// Derives `UserTraits`: the data of a user.
///
/// The fields marked `external_id` identify the user. Those marked `email`, `phone`, `timezone` and
/// `locale` are checked and sent outside of `data`. All other fields are its data.
/// [The guide][attributes] lists all attributes.
///
/// ```
/// use lunogram::{AnyTraits, UserTraits};
///
/// #[derive(UserTraits)]
/// struct Customer<'a> {
///     #[lunogram(external_id)]
///     id: u64,
///     #[lunogram(email)]
///     email: Option<&'a str>,
///     #[lunogram(timezone = "Europe/Amsterdam")] // the value for `None`
///     tz: Option<&'a str>,
///     plan: &'a str,
/// }
///
/// let customer = Customer { id: 123, email: Some("jane"), tz: None, plan: "pro" };
/// let invalid = customer.check().unwrap_err();
/// assert_eq!(invalid.problems()[0].path(), "email");
/// ```
///
/// # Errors
/// A mistake is a compile error on the token to change. All mistakes of a type are reported
/// together.
///
/// [attributes]: https://docs.rs/lunogram/latest/lunogram/guide/attributes/index.html
#[proc_macro_derive(UserTraits, attributes(lunogram, serde))]
pub fn user_traits(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::UserTraits), input.into()).into()
}

/// Derives `OrganizationTraits`: the data of an organization.
///
/// The field marked `external_id` identifies the organization, one marked `name` is its name, and
/// all other fields are its data. [The guide][attributes] lists all attributes.
///
/// ```
/// use lunogram::{AnyTraits, OrganizationTraits};
///
/// #[derive(OrganizationTraits)]
/// struct Company<'a> {
///     #[lunogram(external_id)]
///     id: &'a str,
///     #[lunogram(name)]
///     name: &'a str,
///     industry: Option<&'a str>,
/// }
///
/// let company = Company { id: "org_456", name: "Acme", industry: None };
/// assert!(company.check().is_ok());
/// ```
///
/// # Errors
/// A mistake is a compile error on the token to change. All mistakes of a type are reported
/// together.
///
/// [attributes]: https://docs.rs/lunogram/latest/lunogram/guide/attributes/index.html
#[proc_macro_derive(OrganizationTraits, attributes(lunogram, serde))]
pub fn organization_traits(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::OrganizationTraits), input.into()).into()
}

/// Derives `Schedule`: at a time in the future, once or repeatedly, the platform emits the event
/// `scheduled.<name>`.
///
/// A schedule with a `scheduled_at` field fires once. One with an `interval`, on the type or as a
/// field, is recurring. [The guide][attributes] lists all attributes.
///
/// ```
/// use lunogram::Schedule;
/// use std::time::{Duration, SystemTime};
///
/// #[derive(Schedule)]
/// struct TrialEnd<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
///     #[lunogram(scheduled_at)]
///     at: SystemTime,
///     plan: &'a str, // a property of the event
/// }
///
/// #[derive(Schedule)]
/// #[lunogram(name = "weekly_digest", interval = "168h")]
/// struct WeeklyDigest<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
/// }
///
/// #[derive(Schedule)]
/// struct CheckIn<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
///     #[lunogram(interval)]
///     every: Duration,
///     #[lunogram(start_at)]
///     from: Option<SystemTime>,
/// }
/// ```
///
/// # Errors
/// A mistake is a compile error on the token to change, as is an interval that `PostgreSQL` would
/// refuse.
///
/// ```compile_fail
/// #[derive(lunogram::Schedule)]
/// #[lunogram(interval = "1 fortnight")]
/// struct Digest {
///     #[lunogram(external_id)]
///     user: String,
/// }
/// ```
///
/// [attributes]: https://docs.rs/lunogram/latest/lunogram/guide/attributes/index.html
#[proc_macro_derive(Schedule, attributes(lunogram, serde))]
pub fn schedule(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::Schedule), input.into()).into()
}

/// Derives `LunogramProperty`: the type's JSON schema, for the tracking plan.
///
/// Use it beside `#[derive(Serialize)]`, whose serde attributes it follows, on an application's
/// types that occur as properties. Types without it can be sent, too: the plan then allows any
/// value.
///
/// ```
/// use lunogram::{LunogramEvent, LunogramProperty};
/// use serde::Serialize;
///
/// #[derive(Serialize, LunogramProperty)]
/// #[serde(rename_all = "lowercase")]
/// enum Plan {
///     Free,
///     Pro,
/// }
///
/// #[derive(LunogramEvent)]
/// struct SubscriptionStarted<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
///     plan: Plan,
/// }
/// ```
#[proc_macro_derive(LunogramProperty, attributes(lunogram, serde))]
pub fn lunogram_property(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Property, input.into()).into()
}

/// Derives `ToExternalId` for a newtype of an external id.
///
/// The id is sent as the inner value is: a string, an integer, a `Uuid`, or another type that
/// implements `ToExternalId`. The type's own `Display` is not used, so it may be made for people.
///
/// ```
/// use lunogram::{ExternalId, LunogramEvent, ToExternalId};
/// use std::fmt;
/// use std::marker::PhantomData;
///
/// #[derive(Clone, ExternalId)]
/// struct UserId(String);
///
/// /// Hides most of the id in logs.
/// impl fmt::Display for UserId {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         write!(f, "{:.4}…", self.0)
///     }
/// }
///
/// /// One type for the ids of all tables. A `PhantomData` is not part of the id.
/// #[derive(ExternalId)]
/// struct Id<T> {
///     number: u64,
///     of: PhantomData<T>,
/// }
///
/// #[derive(LunogramEvent)]
/// struct SignedUp {
///     #[lunogram(external_id)]
///     user: UserId,
/// }
///
/// struct Company;
/// let company = Id::<Company> { number: 456, of: PhantomData };
/// assert_eq!(UserId("user_123".into()).to_external_id(), "user_123");
/// assert_eq!(company.to_external_id(), "456");
/// ```
///
/// One field is sent; `#[lunogram(skip)]` excludes another. The source of an id is not part of its
/// type. A field or an identifier sets it: `#[lunogram(external_id, source = "stripe")]`,
/// `Identifier::source`.
///
/// # Errors
/// An enum, and a struct without a field or with several, do not compile. Implement
/// `ToExternalId` for them.
///
/// ```compile_fail
/// #[derive(lunogram::ExternalId)]
/// struct TenantUser {
///     tenant: u32,
///     user: u32,
/// }
/// ```
#[proc_macro_derive(ExternalId, attributes(lunogram))]
pub fn external_id(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::ExternalId, input.into()).into()
}

/// The name of an event without a type, as a `&'static str` that is checked at compile time.
///
/// The rules are those for derived names. If the crate has a tracking plan, the name is checked
/// against it, too.
///
/// ```
/// use lunogram::{AnyEvent, Event, event_name};
///
/// const OPENED: &str = event_name!("newsletter_opened");
/// let event = Event::new(OPENED).to("user_123");
/// assert!(event.check().is_ok());
/// // An old name that breaks the rules can be sent as it is.
/// const OLD: &str = event_name!(raw_name = "Newsletter Opened");
/// let old = Event::new(OLD).raw_name().to("user_123");
/// assert!(old.check().is_ok());
/// ```
///
/// # Errors
/// A name that breaks the rules is a compile error.
///
/// ```compile_fail
/// lunogram::event_name!("user.opened"); // reserved for the platform's own events
/// ```
#[proc_macro]
pub fn event_name(input: TokenStream) -> TokenStream {
    pipeline::event_name(input.into()).into()
}
