//! The public view of a user.

use super::identity;
use super::{Data, StoredSubject};
use crate::model::StoredIdentifier;
use chrono::{DateTime, Utc};
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
/// let trial = UpsertUserRequest::new("user_123").data(json!({"plan": "free", "beta": true}));
/// client.upsert_user(&trial).await?;
/// let paid = UpsertUserRequest::new("user_123").data(json!({"plan": "pro"}));
/// client.upsert_user(&paid).await?;
///
/// let user = server.user("user_123").expect("a user");
/// assert_eq!(user.data["plan"], "pro");
/// assert_eq!(user.data["beta"], true);
/// assert_eq!(user.version, 1); // a new user has version 0
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredUser {
    /// The server's id.
    pub id: Uuid,
    /// The user's identifiers, the oldest first.
    pub identifiers: Vec<StoredIdentifier>,
    /// The last e-mail address sent.
    pub email: Option<String>,
    /// The last telephone number sent.
    pub phone: Option<String>,
    /// The last time zone sent.
    pub timezone: Option<String>,
    /// The last locale sent.
    pub locale: Option<String>,
    /// The data of all upserts, merged key by key.
    pub data: Data,
    /// Whether the user has registered a device.
    pub has_push_device: bool,
    /// The number of upserts after the first.
    pub version: i32,
    /// When the user was first upserted.
    pub created_at: DateTime<Utc>,
    /// When the user was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl StoredUser {
    /// The user's external id in `source`; the oldest one if there are several.
    pub fn external_id(&self, source: &str) -> Option<&str> {
        identity::external_id(&self.identifiers, source)
    }
}

impl From<&StoredSubject> for StoredUser {
    fn from(subject: &StoredSubject) -> Self {
        let profile = subject.profile.clone();
        Self {
            id: subject.id,
            identifiers: subject.identifiers.clone(),
            email: profile.email,
            phone: profile.phone,
            timezone: profile.timezone,
            locale: profile.locale,
            data: subject.data.clone(),
            has_push_device: subject.has_push_device,
            version: subject.version,
            created_at: subject.created_at,
            updated_at: subject.updated_at,
        }
    }
}
