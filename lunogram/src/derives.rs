//! The derives and the macro, with their documentation: here its examples compile.

/// An event: something that happened, as a struct, or as an enum with one event to a variant.
///
/// Its name is the type's (or the variant's) in `snake_case`, the fields marked `external_id` say whom it is about, and all others
/// are its properties. Without an `external_id` field the subject is chosen at the call, by
/// [`to`](crate::LunogramEvent::to) or [`matching`](crate::LunogramEvent::matching). All attributes stand at
/// [`guide::attributes`](crate::guide::attributes).
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
/// A mistake is a compile error on the token to change. Those of a type come together.
///
/// ```compile_fail
/// #[derive(lunogram::LunogramEvent)]
/// #[lunogram(name = "Purchase Completed")] // not lower snake_case; `raw_name` would keep it
/// struct PurchaseCompleted {
///     #[lunogram(email)] // events have none
///     email: String,
/// }
/// ```
pub use lunogram_derive::LunogramEvent;

/// A type of an application's own among the properties, for the tracking plan: what it looks like as JSON.
///
/// It says what serde's attributes on the type say, and goes beside `#[derive(Serialize)]`. A type without it can be sent all the same: in
/// the plan, its values are any.
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
pub use lunogram_derive::LunogramProperty;

/// What is known of an organization.
///
/// The field marked `external_id` identifies it, one marked `name` is its name, and all others are its data. All attributes stand at
/// [`guide::attributes`](crate::guide::attributes).
///
/// ```
/// use lunogram::OrganizationTraits;
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
/// A mistake is a compile error on the token to change. Those of a type come together.
pub use lunogram_derive::OrganizationTraits;

/// Something that is going to happen, once or again and again; when it does, the platform emits the event `scheduled.<name>`.
///
/// One with a `scheduled_at` field fires once, one with an `interval`, on the type or as a field, again and again. All attributes stand
/// at [`guide::attributes`](crate::guide::attributes).
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
///     plan: &'a str, // goes with the event
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
/// A mistake is a compile error on the token to change; an interval that `PostgreSQL` would refuse is one.
///
/// ```compile_fail
/// #[derive(lunogram::Schedule)]
/// #[lunogram(interval = "1 fortnight")]
/// struct Digest {
///     #[lunogram(external_id)]
///     user: String,
/// }
/// ```
pub use lunogram_derive::Schedule;

/// What is known of a user.
///
/// The fields marked `external_id` identify it, those marked `email`, `phone`, `timezone` and `locale` are checked and sent beside the data,
/// and all others are its data. All attributes stand at [`guide::attributes`](crate::guide::attributes).
///
/// ```
/// use lunogram::UserTraits;
///
/// #[derive(UserTraits)]
/// struct Customer<'a> {
///     #[lunogram(external_id)]
///     id: u64,
///     #[lunogram(email)]
///     email: Option<&'a str>,
///     #[lunogram(timezone = "Europe/Amsterdam")] // where it is `None`
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
/// A mistake is a compile error on the token to change. Those of a type come together.
pub use lunogram_derive::UserTraits;

/// The name of an event that no type stands for, as a `&'static str`: checked by the rules that the derives' names are checked by,
/// and against the tracking plan where there is one.
///
/// ```
/// use lunogram::{Event, event_name};
///
/// const OPENED: &str = event_name!("newsletter_opened");
/// let event = Event::new(OPENED).to("user_123");
/// // A name from before there were rules is kept as it is.
/// let old = Event::new(event_name!(raw_name = "Newsletter Opened")).to("user_123");
/// ```
///
/// # Errors
/// Another name does not compile.
///
/// ```compile_fail
/// lunogram::event_name!("user.opened"); // reserved for the platform's own events
/// ```
pub use lunogram_derive::event_name;
