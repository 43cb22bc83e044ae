//! What is read from an inbox.

use super::{Channel, InboxStatus};
use crate::model::response::{data_as, or_empty};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A message as the server has it.
///
/// ```
/// use lunogram::{Channel, InboxQuery, InboxStatus, NewInboxMessage};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client
///     .post_user_inbox_messages(&[NewInboxMessage::to("user_123", Channel::Inbox, "welcome")
///         .content(json!({"title": "Welcome"}))
///         .data(json!({"order": 1042}))])
///     .await?;
///
/// let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox)).await?;
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
    /// The server's own id of the message, by which it is marked as read or archived.
    pub id: Uuid,
    /// The project that it belongs to.
    pub project_id: Uuid,
    /// The server's own id of the user, where it is in a user's inbox.
    #[serde(default)]
    pub user_id: Option<Uuid>,
    /// The server's own id of the organization, where it is in an organization's inbox.
    #[serde(default)]
    pub organization_id: Option<Uuid>,
    /// The sender's own id for it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// By what it reaches its recipient.
    pub channel: Channel,
    /// Who sends it, where it is an email or a text message.
    #[serde(default)]
    pub sender_identity_id: Option<Uuid>,
    /// The campaign that it belongs to.
    #[serde(default)]
    pub campaign_id: Option<Uuid>,
    /// The broadcast that it belongs to.
    #[serde(default)]
    pub broadcast_id: Option<Uuid>,
    /// What is shown: title, body and the like.
    #[serde(default, deserialize_with = "or_empty")]
    pub content: Map<String, Value>,
    /// Whatever else goes with it.
    #[serde(default, deserialize_with = "or_empty")]
    pub data: Map<String, Value>,
    /// Its tags.
    #[serde(default, deserialize_with = "or_empty")]
    pub tags: Vec<String>,
    /// 1 to 5.
    pub priority: u8,
    /// What kind of sending it comes from, such as `campaign`.
    #[serde(default)]
    pub source: Option<String>,
    /// From when on it is in the inbox.
    pub scheduled_at: DateTime<Utc>,
    /// From when on it is there no longer.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was read.
    #[serde(default)]
    pub read_at: Option<DateTime<Utc>>,
    /// When it was archived.
    #[serde(default)]
    pub archived_at: Option<DateTime<Utc>>,
    /// When it went out.
    #[serde(default)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When the server took it in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl InboxMessage {
    /// How far the recipient is with it.
    pub fn status(&self) -> InboxStatus {
        InboxStatus::of(self.read_at, self.archived_at)
    }

    /// [`content`](Self::content) as a type of the application's.
    ///
    /// ```
    /// use lunogram::{Channel, InboxQuery};
    /// use serde::Deserialize;
    /// # use lunogram::NewInboxMessage;
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
    /// # client
    /// #     .post_user_inbox_messages(&[NewInboxMessage::to("user_123", Channel::Inbox, "welcome")
    /// #         .content(json!({"title": "Welcome"}))
    /// #         .data(json!({"order": 1042}))])
    /// #     .await?;
    /// let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox)).await?;
    /// let shown: Shown = page.results[0].content_as()?;
    /// assert_eq!(shown.title, "Welcome");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the content is not of that type.
    pub fn content_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        data_as(&self.content)
    }

    /// [`data`](Self::data) as a type of the application's.
    ///
    /// ```
    /// use lunogram::{Channel, InboxQuery};
    /// use serde::Deserialize;
    /// # use lunogram::NewInboxMessage;
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
    /// # client
    /// #     .post_user_inbox_messages(&[NewInboxMessage::to("user_123", Channel::Inbox, "welcome")
    /// #         .content(json!({"title": "Welcome"}))
    /// #         .data(json!({"order": 1042}))])
    /// #     .await?;
    /// let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox)).await?;
    /// let about: About = page.results[0].data_as()?;
    /// assert_eq!(about.order, 1042);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the data is not of that type.
    pub fn data_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        data_as(&self.data)
    }
}

/// The message's own id, so that messages can be marked as they were listed.
impl From<&InboxMessage> for Uuid {
    fn from(message: &InboxMessage) -> Self {
        message.id
    }
}

/// A part of an inbox, the message that was due last in front.
///
/// ```
/// use lunogram::{Channel, InboxQuery};
/// # use lunogram::NewInboxMessage;
/// # use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// # client
/// #     .post_user_inbox_messages(&[NewInboxMessage::to("user_123", Channel::Inbox, "welcome")
/// #         .content(json!({"title": "Welcome"}))
/// #         .data(json!({"order": 1042}))])
/// #     .await?;
/// let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox).limit(10)).await?;
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
    /// How many messages the query has in all. Servers may say 0 where a page lies behind the last message.
    pub total: u64,
    /// How many messages a page has at most.
    pub limit: u64,
    /// How many messages lie before this page.
    pub offset: u64,
}

/// How many messages there are in an inbox, those that are archived, expired or not yet due left aside.
///
/// ```
/// use lunogram::Channel;
/// # use lunogram::NewInboxMessage;
/// # use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// # client
/// #     .post_user_inbox_messages(&[NewInboxMessage::to("user_123", Channel::Inbox, "welcome")
/// #         .content(json!({"title": "Welcome"}))
/// #         .data(json!({"order": 1042}))])
/// #     .await?;
/// let count = client.get_user_inbox_count("user_123", Channel::Inbox).await?;
/// assert_eq!((count.unread, count.total), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InboxCount {
    /// Those that were not read.
    pub unread: u64,
    /// All of them.
    pub total: u64,
}
