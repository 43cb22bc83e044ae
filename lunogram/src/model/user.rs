//! Users.

use super::response::{StoredIdentifier, data_as, or_empty};
use chrono::{DateTime, Utc};
use lunogram_core::{Identifier, Identifiers};
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
