//! Validated values: text that was checked when the value was created.
//!
//! Requests, the fields of derived types, and data accept them wherever they accept strings. A
//! mistake in a `String` is reported when the payload is sent. A mistake in one of these types is
//! reported where the text enters the application: a form, a row, a file. Rules and messages
//! do not differ.
//!
//! | type | text | for |
//! |---|---|---|
//! | [`Email`] | an email address, by the server's pattern | users' `email` |
//! | [`Phone`] | a phone number in E.164 | users' `phone` |
//! | [`TimeZone`] | a name of the IANA database | users' `timezone` |
//! | [`Locale`] | a BCP 47 tag of a registered language, script and region | users' `locale` |
//! | [`Interval`] | a `PostgreSQL` interval greater than zero | recurring schedules |
//! | [`EventName`] | lower `snake_case` words joined by dots, not reserved | [`Event`] |
//! | [`ScheduleName`] | the same for schedules | [`ScheduleRequest`] |
//! | [`ExternalId`] | an external id, not blank | users and organizations |
//!
//! Each type converts from a `&str` or a `String` with `try_from` or `parse`, deserializes with the
//! same check, serializes as a string, compares with strings, and returns its text with `as_str`,
//! `Display` or `String::from`. The text is never changed: it is sent as it was passed.
//!
//! [`Event`]: crate::Event
//! [`ScheduleRequest`]: crate::ScheduleRequest
//!
//! ```
//! use lunogram::values::{Email, Locale};
//! use lunogram::{AnyTraits, UpsertUserRequest};
//!
//! #[derive(serde::Deserialize)]
//! struct SignUpForm {
//!     email: Email,
//!     locale: Option<Locale>,
//! }
//!
//! let refused = serde_json::from_str::<SignUpForm>(r#"{"email": "jane"}"#);
//! assert!(refused.is_err());
//!
//! let form: SignUpForm = serde_json::from_str(r#"{"email": "jane@example.com"}"#)?;
//! let request = UpsertUserRequest::new("user_123").email(&form.email);
//! assert!(request.check().is_ok());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod email;
mod external_id;
mod interval;
mod locale;
mod moment;
mod name;
mod optional;
mod phone;
mod text;
mod time_zone;

pub use email::Email;
pub use external_id::ExternalId;
pub use interval::{Interval, ToInterval};
pub use locale::Locale;
pub use lunogram_rules::Violation;
pub use moment::{OptionalMoment, ToMoment};
pub use name::{EventName, ScheduleName};
pub use optional::{OptionalText, OptionalTimeZone};
pub use phone::Phone;
pub use time_zone::{TimeZone, ToTimeZone};
