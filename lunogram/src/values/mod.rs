//! Values that cannot be wrong: text that was checked when it was made.
//!
//! Whatever takes a string takes one of these as well: requests, the fields of derived types, and data. With a `String`, a
//! mistake comes up where the payload is sent; with one of these, where the text comes from: a form, a row, a file. The rules
//! are the same, and so are the words.
//!
//! | type | is | for |
//! |---|---|---|
//! | [`Email`] | an email address, by the pattern that the server has | users' `email` |
//! | [`Phone`] | a phone number in E.164 | users' `phone` |
//! | [`TimeZone`] | a name of the IANA database | users' `timezone` |
//! | [`Locale`] | a BCP 47 tag of a language, script and region that exist | users' `locale` |
//! | [`Interval`] | a `PostgreSQL` interval greater than zero | recurring schedules |
//! | [`EventName`] | lower `snake_case` words joined by dots, none of the platform's own | [`Event`](crate::Event) |
//! | [`ScheduleName`] | the same for schedules | [`UpsertScheduleRequest`](crate::UpsertScheduleRequest) |
//! | [`SubjectId`] | what an application knows a user or an organization by: not empty | every external id |
//!
//! Each is made of a `&str` or a `String` with `try_from` or `parse`, is read by serde with the same check and written as the
//! string that it is, compares with strings, and gives its text back by `as_str`, `Display` or `String::from`. None of them
//! changes the text: what was given is what is sent.
//!
//! ```
//! use lunogram::values::{Email, Locale};
//! use lunogram::{UpsertUserRequest, UserTraits};
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
mod interval;
mod locale;
mod name;
mod phone;
mod subject_id;
mod text;
mod time_zone;

pub use email::Email;
pub use interval::Interval;
pub use locale::Locale;
/// Every rule gives its reason as one of these. It becomes an [`Error`](crate::Error) of the kind
/// [`Invalid`](crate::ErrorKind::Invalid) by `?`:
///
/// ```
/// use lunogram::values::Email;
/// use lunogram::{Client, UpsertUserRequest};
///
/// async fn subscribe(client: &Client, typed_in: &str) -> Result<(), lunogram::Error> {
///     let email = Email::try_from(typed_in)?;
///     client.upsert_user(&UpsertUserRequest::new(&email).email(&email)).await?;
///     Ok(())
/// }
///
/// let violation = Email::try_from("jane").unwrap_err();
/// assert_eq!(
///     violation.to_string(),
///     "not an email address: it has no `@`; write one such as `jane@example.com`",
/// );
/// ```
pub use lunogram_rules::Violation;
pub use name::{EventName, ScheduleName};
pub use phone::Phone;
pub use subject_id::SubjectId;
pub use time_zone::{TimeZone, ToTimeZone};
