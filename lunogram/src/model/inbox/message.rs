//! Messages read from an inbox.

use super::{Channel, InboxStatus};
use crate::model::response::{data_as, or_empty};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A message as the server stores it.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery, InboxStatus, NewInboxMessage};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let message = NewInboxMessage::new("welcome", Channel::Inbox)
///     .to("user_123")
///     .content(json!({"title": "Welcome"}))
///     .data(json!({"order": 1042}));
/// client.post_inbox_messages(&[message]).await?;
///
/// let query = InboxQuery::new(Channel::Inbox);
/// let page = client.user_inbox("user_123").page(&query).await?;
/// let message = &page.results[0];
/// assert_eq!(message.external_id.as_deref(), Some("welcome"));
/// assert_eq!(message.content["title"], "Welcome");
/// assert_eq!(message.status(), InboxStatus::Unread);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InboxMessage {
    /// The server's own id for the message, to mark it as read or archived.
    pub id: Uuid,
    /// The project that it belongs to.
    pub project_id: Uuid,
    /// The server's own id for the user, if it is in a user's inbox.
    #[serde(default)]
    pub user_id: Option<Uuid>,
    /// The server's own id for the organization, if it is in an organization's inbox.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The sender's own id for it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The channel by which it reaches its recipient.
    pub channel: Channel,
    /// The sender identity of an email or a text message.
    #[serde(default)]
    pub sender_identity_id: Option<Uuid>,
    /// The campaign that it belongs to.
    #[serde(default)]
    pub campaign_id: Option<Uuid>,
    /// The broadcast that it belongs to.
    #[serde(default)]
    pub broadcast_id: Option<Uuid>,
    /// The content to show, such as title and body.
    #[serde(default, deserialize_with = "or_empty")]
    pub content: Map<String, Value>,
    /// Its other data.
    #[serde(default, deserialize_with = "or_empty")]
    pub data: Map<String, Value>,
    /// Its tags.
    #[serde(default, deserialize_with = "or_empty")]
    pub tags: Vec<String>,
    /// Its priority, 1 to 5.
    pub priority: u8,
    /// The kind of sending that it comes from, such as `campaign`.
    #[serde(default)]
    pub source: Option<String>,
    /// When it appears in the inbox.
    pub scheduled_at: DateTime<Utc>,
    /// When it disappears from the inbox.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was read.
    #[serde(default)]
    pub read_at: Option<DateTime<Utc>>,
    /// When it was archived.
    #[serde(default)]
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was sent.
    #[serde(default)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When the server stored it.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl InboxMessage {
    /// Whether the recipient has read or archived it.
    pub fn status(&self) -> InboxStatus {
        InboxStatus::of(self.read_at, self.archived_at)
    }

    /// Deserializes [`content`](Self::content) as a type of the application.
    ///
    /// ```
    /// use lunogram::inbox::{Channel, InboxQuery};
    /// use serde::Deserialize;
    /// # use lunogram::inbox::NewInboxMessage;
    /// # use serde_json::json;
    ///
    /// #[derive(Deserialize)]
    /// struct Shown {
    ///     title: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
    /// # let message = NewInboxMessage::new("welcome", Channel::Inbox)
    /// #     .to("user_123")
    /// #     .content(json!({"title": "Welcome"}))
    /// #     .data(json!({"order": 1042}));
    /// # client.post_inbox_messages(&[message]).await?;
    /// let query = InboxQuery::new(Channel::Inbox);
    /// let page = client.user_inbox("user_123").page(&query).await?;
    /// let shown: Shown = page.results[0].content_as()?;
    /// assert_eq!(shown.title, "Welcome");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the content does not fit the type.
    pub fn content_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        data_as(&self.content)
    }

    /// Deserializes [`data`](Self::data) as a type of the application.
    ///
    /// ```
    /// use lunogram::inbox::{Channel, InboxQuery};
    /// use serde::Deserialize;
    /// # use lunogram::inbox::NewInboxMessage;
    /// # use serde_json::json;
    ///
    /// #[derive(Deserialize)]
    /// struct About {
    ///     order: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
    /// # let message = NewInboxMessage::new("welcome", Channel::Inbox)
    /// #     .to("user_123")
    /// #     .content(json!({"title": "Welcome"}))
    /// #     .data(json!({"order": 1042}));
    /// # client.post_inbox_messages(&[message]).await?;
    /// let query = InboxQuery::new(Channel::Inbox);
    /// let page = client.user_inbox("user_123").page(&query).await?;
    /// let about: About = page.results[0].data_as()?;
    /// assert_eq!(about.order, 1042);
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

/// The id of the message, so that listed messages can be passed to the calls that mark them.
impl From<&InboxMessage> for Uuid {
    fn from(message: &InboxMessage) -> Self {
        message.id
    }
}

/// A page of an inbox, the latest message first.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery};
/// # use lunogram::inbox::NewInboxMessage;
/// # use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// # let message = NewInboxMessage::new("welcome", Channel::Inbox)
/// #     .to("user_123")
/// #     .content(json!({"title": "Welcome"}))
/// #     .data(json!({"order": 1042}));
/// # client.post_inbox_messages(&[message]).await?;
/// let query = InboxQuery::new(Channel::Inbox).limit(10);
/// let page = client.user_inbox("user_123").page(&query).await?;
/// assert_eq!((page.results.len(), page.total), (1, 1));
/// assert_eq!((page.limit, page.offset), (10, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InboxPage {
    /// The messages.
    #[serde(deserialize_with = "or_empty")]
    pub results: Vec<InboxMessage>,
    /// How many messages match the query in total. Servers may report 0 for a page after the last
    /// message.
    pub total: u64,
    /// The maximum number of messages on a page.
    pub limit: u64,
    /// The number of messages before this page.
    pub offset: u64,
}

/// The number of messages in an inbox, without those that are archived, expired or not yet due.
///
/// ```
/// use lunogram::inbox::Channel;
/// # use lunogram::inbox::NewInboxMessage;
/// # use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// # let message = NewInboxMessage::new("welcome", Channel::Inbox)
/// #     .to("user_123")
/// #     .content(json!({"title": "Welcome"}))
/// #     .data(json!({"order": 1042}));
/// # client.post_inbox_messages(&[message]).await?;
/// let count = client.user_inbox("user_123").count(Channel::Inbox).await?;
/// assert_eq!((count.unread, count.total), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InboxCount {
    /// The unread messages.
    pub unread: u64,
    /// All messages.
    pub total: u64,
}
