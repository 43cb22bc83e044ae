//! Users whose data is known only at run time.

mod serde_form;

use crate::encode::{Fragment, Writer};
use crate::typed::{Identifiers, ToIdentifiers, Traits, User};
use crate::values::{OptionalText, OptionalTimeZone};
use serde::Serialize;

/// The request that creates or updates a user, built at run time.
///
/// Everything that is not set stays as the server has it. If the data is known at compile time, use
/// [`#[derive(UserTraits)]`](derive@crate::UserTraits) instead.
///
/// ```
/// use lunogram::{AnyTraits, UpsertUserRequest};
/// use serde_json::json;
///
/// let request = UpsertUserRequest::new("user_123")
///     .email("jane@example.com")
///     .timezone("Europe/Amsterdam")
///     .data(json!({"plan": "pro"}));
/// assert!(request.check().is_ok());
///
/// let problems = UpsertUserRequest::new("").email("jane").check().unwrap_err();
/// assert_eq!(problems.problems().len(), 2);
/// ```
///
/// It serializes as the API has it, and is checked when it is read. Unknown members are refused.
///
/// ```
/// use lunogram::UpsertUserRequest;
///
/// let json = r#"{"identifier":[{"external_id":"user_123"}],"email":"jane@example.com"}"#;
/// let request: UpsertUserRequest = serde_json::from_str(json)?;
/// assert_eq!(request, UpsertUserRequest::new("user_123").email("jane@example.com"));
/// assert_eq!(serde_json::to_string(&request)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct UpsertUserRequest {
    identifier: Identifiers,
    email: Option<String>,
    phone: Option<String>,
    timezone: Option<String>,
    locale: Option<String>,
    data: Option<Fragment>,
}

impl UpsertUserRequest {
    /// A request for the user with these identifiers. Identifiers that are new to the server are
    /// added to the user.
    pub fn new(identifier: impl ToIdentifiers) -> Self {
        Self {
            identifier: identifier.into_identifiers(),
            email: None,
            phone: None,
            timezone: None,
            locale: None,
            data: None,
        }
    }

    /// The email address.
    pub fn email(mut self, email: impl OptionalText) -> Self {
        self.email = email.into_text();
        self
    }

    /// The phone number, in E.164: `+31612345678`.
    pub fn phone(mut self, phone: impl OptionalText) -> Self {
        self.phone = phone.into_text();
        self
    }

    /// The time zone, a name of the IANA database: `Europe/Amsterdam`; with the feature
    /// `chrono-tz-0_10`, a `chrono_tz::Tz`.
    pub fn timezone(mut self, timezone: impl OptionalTimeZone) -> Self {
        self.timezone = timezone.into_time_zone();
        self
    }

    /// The locale, a BCP 47 tag: `nl-NL`.
    pub fn locale(mut self, locale: impl OptionalText) -> Self {
        self.locale = locale.into_text();
        self
    }

    /// Other data: a map, or a struct with named fields. A `null` value in it is stored as `null`.
    /// `None` sets nothing.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_data(&data);
        self
    }

    /// Writes the request from the end of its identifiers on.
    pub(super) fn write_after_identifiers(&self, writer: &mut Writer<'_>) {
        writer.text(",\"email\":", &self.email, lunogram_rules::email::check);
        writer.text(",\"phone\":", &self.phone, lunogram_rules::phone::check);
        writer.text(
            ",\"timezone\":",
            &self.timezone,
            lunogram_rules::zone::check,
        );
        writer.text(",\"locale\":", &self.locale, lunogram_rules::locale::check);
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        writer.literal("}");
    }
}

impl Traits for UpsertUserRequest {
    type Subject = User;

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":");
        self.identifier.encode(writer);
        self.write_after_identifiers(writer);
    }
}
