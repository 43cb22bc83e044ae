//! Users.

use super::response::{StoredIdentifier, data_as, or_empty};
use crate::encode::{Fragment, Writer};
use crate::typed::{self, Identifier, Identifiers, Traits};
use crate::values::{OptionalText, OptionalTimeZone};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A user as the server stores it.
///
/// ```
/// use lunogram::UpsertUserRequest;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let request = UpsertUserRequest::new("user_123")
///     .email("jane@example.com")
///     .data(json!({"plan": "pro"}));
/// let user = client.upsert_user(&request).await?;
/// assert_eq!(user.email.as_deref(), Some("jane@example.com"));
/// assert_eq!(user.data["plan"], "pro");
/// assert_eq!(user.version, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The server's own id for the user.
    pub id: Uuid,
    /// The project that it belongs to.
    pub project_id: Uuid,
    /// Its identifiers.
    pub identifier: Vec<StoredIdentifier>,
    /// Its email address.
    #[serde(default)]
    pub email: Option<String>,
    /// Its phone number, in E.164.
    #[serde(default)]
    pub phone: Option<String>,
    /// Its time zone, a name of the IANA database.
    #[serde(default)]
    pub timezone: Option<String>,
    /// Its locale, a BCP 47 tag.
    #[serde(default)]
    pub locale: Option<String>,
    /// Its other data.
    #[serde(default, deserialize_with = "or_empty")]
    pub data: Map<String, Value>,
    /// Whether a push message can reach it.
    #[serde(default)]
    pub has_push_device: bool,
    /// How often it was changed. A new user has version 0, and each later upsert adds one.
    pub version: i32,
    /// When it was first upserted.
    pub created_at: DateTime<Utc>,
    /// When it was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl User {
    /// Deserializes [`data`](Self::data) as a type of the application.
    ///
    /// ```
    /// use lunogram::UpsertUserRequest;
    /// use serde::Deserialize;
    /// use serde_json::json;
    ///
    /// #[derive(Deserialize)]
    /// struct Known {
    ///     plan: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// let request = UpsertUserRequest::new("user_123").data(json!({"plan": "pro"}));
    /// let known: Known = client.upsert_user(&request).await?.data_as()?;
    /// assert_eq!(known.plan, "pro");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the data does not fit the type.
    pub fn data_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        data_as(&self.data)
    }
}

/// The identifiers of a user that the server returned.
///
/// ```
/// use lunogram::UpsertUserRequest;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let user = client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
/// client.delete_user(&user).await?;
/// # Ok(())
/// # }
/// ```
impl From<&User> for Identifiers {
    fn from(user: &User) -> Self {
        user.identifier.iter().map(Identifier::from).collect()
    }
}

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
    pub fn new(identifier: impl Into<Identifiers>) -> Self {
        Self {
            identifier: identifier.into(),
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

    /// Other data: a map, or a struct with named fields. A `null` value is stored as `null`.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Some(Fragment::object(&data));
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
    type Subject = typed::User;

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":");
        self.identifier.encode(writer);
        self.write_after_identifiers(writer);
    }
}
