//! Inboxes: what lies in them, and who sees what of it.

mod intake;

pub(crate) use intake::{Mark, SentInboxMessage, SentMark, word};

use super::identity::Row;
use super::{Data, Refused, SentIdentifier, Store, StoredIdentifier, SubjectKind};
use crate::model::{Channel, InboxSource, InboxStatus};
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A message as the server keeps it.
///
/// ```
/// use lunogram::{Channel, InboxStatus, NewInboxMessage};
/// use std::time::{Duration, SystemTime};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let later = SystemTime::now() + Duration::from_secs(3600);
/// let message = NewInboxMessage::to("user_123", Channel::Inbox, "welcome").scheduled_at(later);
/// client.post_user_inbox_messages(&[message]).await?;
///
/// let stored = &server.user_inbox("user_123")[0]; // although it is not yet due
/// assert_eq!(stored.identifier.external_id, "welcome");
/// assert_eq!(stored.status(), InboxStatus::Unread);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredInboxMessage {
    /// The server's own id.
    pub id: Uuid,
    /// Whether it is in a user's or an organization's inbox.
    pub subject: SubjectKind,
    /// The server's own id of that user or organization.
    pub subject_id: Uuid,
    /// The sender's own id for it.
    pub identifier: SentIdentifier,
    /// By what it reaches its recipient.
    pub channel: Channel,
    /// Who sends it.
    pub sender_identity_id: Option<Uuid>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<Uuid>,
    /// The broadcast that it belongs to.
    pub broadcast_id: Option<Uuid>,
    /// What is shown.
    pub content: Data,
    /// Whatever else goes with it.
    pub data: Data,
    /// Its tags.
    pub tags: Vec<String>,
    /// 1 to 5.
    pub priority: u8,
    /// What kind of sending it comes from.
    pub source: Option<InboxSource>,
    /// From when on it is listed.
    pub scheduled_at: DateTime<Utc>,
    /// From when on it is no longer.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was first marked as read.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was first archived.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was taken in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl StoredInboxMessage {
    /// How far the recipient is with it.
    pub fn status(&self) -> InboxStatus {
        InboxStatus::of(self.read_at, self.archived_at)
    }

    /// Whether it is due and not expired.
    fn is_there(&self, now: DateTime<Utc>) -> bool {
        self.scheduled_at <= now && self.expires_at.is_none_or(|end| end > now)
    }
}

/// Which messages are wanted, and which part of them.
#[derive(Clone, Debug)]
pub(crate) struct InboxFilter {
    pub(crate) channel: Channel,
    /// `None` is everything that is not archived.
    pub(crate) status: Option<InboxStatus>,
    /// All of them.
    pub(crate) tags: Vec<String>,
    pub(crate) source: Option<String>,
    pub(crate) priority: Option<i64>,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl InboxFilter {
    fn wants(&self, message: &StoredInboxMessage) -> bool {
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

/// How many messages there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) unread: usize,
    pub(crate) total: usize,
}

/// Every inbox, each message where it was put behind the earlier ones.
#[derive(Debug, Default)]
pub(super) struct Inboxes(BTreeMap<(SubjectKind, Row), Vec<StoredInboxMessage>>);

impl Inboxes {
    pub(super) fn remove_subject(&mut self, kind: SubjectKind, row: Row) {
        self.0.remove(&(kind, row));
    }

    fn of(&self, kind: SubjectKind, row: Row) -> &[StoredInboxMessage] {
        self.0.get(&(kind, row)).map_or(&[], Vec::as_slice)
    }
}

impl Store {
    /// A page of the messages that `filter` wants, the one that was due last in front, and how many they are in all.
    pub(crate) fn inbox(
        &self,
        kind: SubjectKind,
        identifier: SentIdentifier,
        filter: &InboxFilter,
        now: DateTime<Utc>,
    ) -> Result<(Vec<&StoredInboxMessage>, usize), Refused> {
        let row = self.subject(kind, &[identifier])?;
        let mut wanted: Vec<_> = self
            .inboxes
            .of(kind, row)
            .iter()
            .rev()
            .filter(|message| message.is_there(now) && filter.wants(message))
            .collect();
        wanted.sort_by_key(|message| Reverse((message.scheduled_at, message.created_at)));
        let total = wanted.len();
        let page = wanted.into_iter().skip(filter.offset).take(filter.limit);
        Ok((page.collect(), total))
    }

    /// Counts what is listed without a filter but the channel.
    pub(crate) fn count_inbox(
        &self,
        kind: SubjectKind,
        identifier: SentIdentifier,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> Result<Counted, Refused> {
        let row = self.subject(kind, &[identifier])?;
        let inbox = self.inboxes.of(kind, row).iter();
        let there = inbox.filter(|message| message.channel == channel && message.is_there(now));
        let mut counted = Counted {
            unread: 0,
            total: 0,
        };
        for message in there {
            counted.unread += usize::from(message.status() == InboxStatus::Unread);
            counted.total += usize::from(message.status() != InboxStatus::Archived);
        }
        Ok(counted)
    }

    /// Every message in every inbox, with the identifiers of the one whose inbox it is.
    pub(crate) fn messages_and_subjects(
        &self,
    ) -> impl Iterator<Item = (&StoredInboxMessage, &[StoredIdentifier])> {
        self.inboxes.0.iter().flat_map(|((kind, row), messages)| {
            let identifiers = self.identifiers_of(*kind, *row);
            messages.iter().map(move |message| (message, identifiers))
        })
    }

    /// Everything in one inbox, in the order of its arrival, whoever may see it.
    pub(crate) fn whole_inbox(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> &[StoredInboxMessage] {
        self.row_of(kind, source, external_id)
            .map_or(&[], |row| self.inboxes.of(kind, row))
    }
}
