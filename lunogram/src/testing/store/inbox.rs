//! Inboxes: stored messages, and the queries on them.

mod intake;

pub(crate) use intake::{Mark, SentInboxMessage, SentMark, enum_value};

use super::{Data, SentIdentifier, Store, StoreError};
use crate::model::{Channel, InboxSource, InboxStatus};
use crate::wire::SubjectKind;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use uuid::Uuid;

/// An inbox message as the server stores it.
///
/// ```
/// use lunogram::inbox::{Channel, InboxStatus, NewInboxMessage};
/// use std::time::{Duration, SystemTime};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let later = SystemTime::now() + Duration::from_secs(3600);
/// let message = NewInboxMessage::new("welcome", Channel::Inbox)
///     .to("user_123")
///     .scheduled_at(later);
/// client.post_inbox_messages(&[message]).await?;
///
/// let stored = &server.user_inbox("user_123")[0]; // also before it is due
/// assert_eq!(stored.identifier.external_id, "welcome");
/// assert_eq!(stored.status(), InboxStatus::Unread);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredInboxMessage {
    /// The server's id.
    pub id: Uuid,
    /// Whether it is in a user's or an organization's inbox.
    pub subject: SubjectKind,
    /// The server's id of that user or organization.
    pub subject_id: Uuid,
    /// The sender's id of the message.
    pub identifier: SentIdentifier,
    /// The channel that it is sent by.
    pub channel: Channel,
    /// The sender identity of an e-mail or text message.
    pub sender_identity_id: Option<Uuid>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Uuid>,
    /// The broadcast that it belongs to.
    pub broadcast_id: Option<Uuid>,
    /// The content to show.
    pub content: Data,
    /// Additional data.
    pub data: Data,
    /// Its tags.
    pub tags: Vec<String>,
    /// 1 to 5.
    pub priority: u8,
    /// The kind of sending that it belongs to.
    pub source: Option<InboxSource>,
    /// The time from which it is listed.
    pub scheduled_at: DateTime<Utc>,
    /// The time from which it is no longer listed.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was first marked as read.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was first archived.
    pub archived_at: Option<DateTime<Utc>>,
    /// When the server accepted it.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl StoredInboxMessage {
    /// Unread, read or archived.
    pub fn status(&self) -> InboxStatus {
        InboxStatus::of(self.read_at, self.archived_at)
    }

    /// Whether it is due and not expired.
    fn is_visible(&self, now: DateTime<Utc>) -> bool {
        self.scheduled_at <= now && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A query on an inbox, with one page of its result.
#[derive(Clone, Debug)]
pub(crate) struct InboxFilter {
    pub(crate) channel: Channel,
    /// `None` selects every message that is not archived.
    pub(crate) status: Option<InboxStatus>,
    /// The tags that a message must have, all of them.
    pub(crate) tags: Vec<String>,
    pub(crate) source: Option<String>,
    pub(crate) priority: Option<i64>,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl InboxFilter {
    fn matches(&self, message: &StoredInboxMessage) -> bool {
        let status = message.status();
        message.channel == self.channel
            && match self.status {
                Some(wanted) => status == wanted,
                None => status != InboxStatus::Archived,
            }
            && self.tags.iter().all(|tag| message.tags.contains(tag))
            && self
                .source
                .as_deref()
                .is_none_or(|wanted| message.source.map(InboxSource::as_str) == Some(wanted))
            && self
                .priority
                .is_none_or(|wanted| i64::from(message.priority) == wanted)
    }
}

/// The number of messages in an inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InboxCounts {
    pub(crate) unread: usize,
    pub(crate) total: usize,
}

impl Store {
    /// One page of the visible messages that match `filter`, latest `scheduled_at` first, and the
    /// number of all matches; 0 with an empty page.
    pub(crate) fn inbox(
        &self,
        kind: SubjectKind,
        identifier: SentIdentifier,
        filter: &InboxFilter,
        now: DateTime<Utc>,
    ) -> Result<(Vec<&StoredInboxMessage>, usize), StoreError> {
        let row = self.find(kind, &[identifier])?;
        let mut matching: Vec<_> = self
            .inboxes
            .get(row)
            .iter()
            .rev()
            .filter(|message| message.is_visible(now) && filter.matches(message))
            .collect();
        matching.sort_by_key(|message| Reverse((message.scheduled_at, message.created_at)));
        let all = matching.len();
        let page = matching.into_iter().skip(filter.offset).take(filter.limit);
        let page: Vec<_> = page.collect();
        // The platform reads the number of all matches from the rows of the page.
        let total = if page.is_empty() { 0 } else { all };
        Ok((page, total))
    }

    /// Counts the visible messages of a channel.
    pub(crate) fn count_inbox(
        &self,
        kind: SubjectKind,
        identifier: SentIdentifier,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> Result<InboxCounts, StoreError> {
        let row = self.find(kind, &[identifier])?;
        let inbox = self.inboxes.get(row).iter();
        let visible = inbox.filter(|message| message.channel == channel && message.is_visible(now));
        let mut counts = InboxCounts {
            unread: 0,
            total: 0,
        };
        for message in visible {
            counts.unread += usize::from(message.status() == InboxStatus::Unread);
            counts.total += usize::from(message.status() != InboxStatus::Archived);
        }
        Ok(counts)
    }

    /// Every message in one inbox in the order of arrival, visible or not.
    pub(crate) fn all_messages(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> &[StoredInboxMessage] {
        self.subjects
            .row_of(kind, source, external_id)
            .map_or(&[], |row| self.inboxes.get(row))
    }
}
