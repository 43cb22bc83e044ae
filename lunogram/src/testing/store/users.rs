//! Users.

use super::identity::{Common, Entity};
use super::{Data, Moment, Refused, SentIdentifier, Store, StoredIdentifier, SubjectKind};
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A user as the server keeps it.
///
/// ```
/// use lunogram::UpsertUserRequest;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.upsert_user(&UpsertUserRequest::new("user_123").data(json!({"plan": "free", "beta": true}))).await?;
/// client.upsert_user(&UpsertUserRequest::new("user_123").data(json!({"plan": "pro"}))).await?;
///
/// let user = server.user("user_123").expect("a user");
/// assert_eq!(user.data["plan"], "pro");
/// assert_eq!(user.data["beta"], true);
/// assert_eq!(user.version, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredUser {
    /// The server's own id.
    pub id: Uuid,
    /// Every identifier that leads to this user, the oldest first.
    pub identifiers: Vec<StoredIdentifier>,
    /// The last e-mail address sent.
    pub email: Option<String>,
    /// The last telephone number sent.
    pub phone: Option<String>,
    /// The last time zone sent.
    pub timezone: Option<String>,
    /// The last locale sent.
    pub locale: Option<String>,
    /// All data ever sent, merged key by key.
    pub data: Data,
    /// Whether a device of this user takes push messages.
    pub has_push_device: bool,
    /// 1 after the first upsert, and one more with each.
    pub version: i32,
    /// When the user was first upserted.
    pub created_at: DateTime<Utc>,
    /// When the user was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl StoredUser {
    /// The user's id in `source`, if it has one there; the oldest if it has several.
    pub fn external_id(&self, source: &str) -> Option<&str> {
        self.identifiers
            .iter()
            .find(|known| known.source == source)
            .map(|known| known.external_id.as_str())
    }
}

impl Entity for StoredUser {
    fn create(id: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            id,
            identifiers: Vec::new(),
            email: None,
            phone: None,
            timezone: None,
            locale: None,
            data: Data::new(),
            has_push_device: false,
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    fn common(&mut self) -> Common<'_> {
        Common {
            identifiers: &mut self.identifiers,
            data: &mut self.data,
            version: &mut self.version,
            updated_at: &mut self.updated_at,
        }
    }

    fn identifiers(&self) -> &[StoredIdentifier] {
        &self.identifiers
    }
}

/// The body of an upsert; `None` keeps what is stored.
#[derive(Clone, Debug)]
pub(crate) struct UpsertUser {
    pub(crate) identifiers: Vec<SentIdentifier>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) data: Option<Data>,
}

impl Store {
    /// Creates the user or updates it. Only a [`Refused::Conflict`] is possible.
    pub(crate) fn upsert_user(
        &mut self,
        sent: UpsertUser,
        at: &mut Moment<'_>,
    ) -> Result<&StoredUser, Refused> {
        let data = sent.data.clone();
        let user = self
            .users
            .upsert(sent.identifiers, sent.data, at)
            .ok_or(Refused::Conflict)?;
        self.schemas.learn(Observed::Users, "", data.as_ref());
        user.email = sent.email.or_else(|| user.email.take());
        user.phone = sent.phone.or_else(|| user.phone.take());
        user.timezone = sent.timezone.or_else(|| user.timezone.take());
        user.locale = sent.locale.or_else(|| user.locale.take());
        self.schedules.meet_subject();
        Ok(user)
    }

    /// Deletes the user with its identifiers, memberships, devices, schedules and inbox.
    pub(crate) fn delete_user(&mut self, identifiers: &[SentIdentifier]) -> Result<(), Refused> {
        let row = self.subject(SubjectKind::User, identifiers)?;
        self.users.remove(row);
        self.members.remove_user(row);
        self.devices.remove_user(row);
        self.schedules.remove_subject(SubjectKind::User, row);
        self.inboxes.remove_subject(SubjectKind::User, row);
        Ok(())
    }

    /// Every user, the oldest first.
    pub(crate) fn users(&self) -> impl Iterator<Item = &StoredUser> {
        self.users.iter().map(|(_, user)| user)
    }

    pub(crate) fn user(&self, source: &str, external_id: &str) -> Option<&StoredUser> {
        self.users.get(self.users.row_of(source, external_id)?)
    }
}
