//! What comes into inboxes and what is marked in them; what the platform cannot keep is lost.

use super::StoredInboxMessage;
use crate::model::{Channel, InboxSource};
use crate::testing::store::events::lost_because;
use crate::testing::store::{Data, Lost, LostKind, Moment, SentIdentifier, Store, SubjectKind};
use chrono::{DateTime, Utc};
use serde::de::{DeserializeOwned, IntoDeserializer};
use uuid::Uuid;

/// The priority of a message that names none.
const DEFAULT_PRIORITY: u8 = 3;

/// One message of a request, its shape checked.
#[derive(Clone, Debug)]
pub(crate) struct SentInboxMessage {
    pub(crate) target: Vec<SentIdentifier>,
    pub(crate) identifier: SentIdentifier,
    pub(crate) channel: Channel,
    pub(crate) sender_identity_id: Option<Uuid>,
    pub(crate) campaign_id: Option<Uuid>,
    pub(crate) broadcast_id: Option<Uuid>,
    pub(crate) content: Option<Data>,
    pub(crate) data: Option<Data>,
    pub(crate) tags: Vec<String>,
    pub(crate) priority: Option<u8>,
    pub(crate) source: Option<String>,
    pub(crate) scheduled_at: Option<DateTime<Utc>>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

/// A message to be marked, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct SentMark {
    pub(crate) target: Vec<SentIdentifier>,
    pub(crate) message_id: Uuid,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Read,
    Archived,
}

impl Store {
    /// Takes messages in. The platform only looks at them behind the answer: what it cannot keep then is lost.
    pub(crate) fn post_inbox(
        &mut self,
        kind: SubjectKind,
        messages: Vec<SentInboxMessage>,
        at: &mut Moment<'_>,
    ) {
        for message in messages {
            self.post_message(kind, message, at);
        }
    }

    fn post_message(&mut self, kind: SubjectKind, sent: SentInboxMessage, at: &mut Moment<'_>) {
        let row = match self.subject(kind, &sent.target) {
            Ok(row) => row,
            Err(refused) => {
                return self.lose_message(kind, sent, lost_because(kind, refused), at);
            }
        };
        let source = match sent.source.as_deref().map(known_source).transpose() {
            Ok(source) => source,
            Err(reason) => return self.lose_message(kind, sent, reason.to_owned(), at),
        };
        if sent.channel.has_sender() != sent.sender_identity_id.is_some() {
            let reason = "emails and text messages need a sender identity, and others have none";
            return self.lose_message(kind, sent, reason.to_owned(), at);
        }
        let subject_id = self.id_of(kind, row).unwrap_or_default();
        let inbox = self.inboxes.0.entry((kind, row)).or_default();
        let is_known = inbox.iter().any(|known| {
            known.channel == sent.channel
                && known.identifier.source == sent.identifier.source
                && known.identifier.external_id == sent.identifier.external_id
        });
        if is_known {
            return;
        }
        inbox.push(StoredInboxMessage {
            id: at.new_id(),
            subject: kind,
            subject_id,
            identifier: sent.identifier,
            channel: sent.channel,
            sender_identity_id: sent.sender_identity_id,
            campaign_id: sent.campaign_id,
            broadcast_id: sent.broadcast_id,
            content: sent.content.unwrap_or_default(),
            data: sent.data.unwrap_or_default(),
            tags: sent.tags,
            priority: sent.priority.unwrap_or(DEFAULT_PRIORITY),
            source,
            scheduled_at: sent.scheduled_at.unwrap_or(at.now()),
            expires_at: sent.expires_at,
            read_at: None,
            archived_at: None,
            created_at: at.now(),
            updated_at: at.now(),
        });
    }

    fn lose_message(
        &mut self,
        subject: SubjectKind,
        sent: SentInboxMessage,
        reason: String,
        at: &Moment<'_>,
    ) {
        self.lost.push(Lost {
            kind: LostKind::InboxMessage,
            name: sent.identifier.external_id,
            subject,
            identifiers: sent.target,
            data: sent.data.unwrap_or_default(),
            reason,
            received_at: at.now(),
        });
    }

    /// Marks messages that are in the inboxes that they are said to be in; the first mark of a kind stays.
    pub(crate) fn mark_inbox(
        &mut self,
        kind: SubjectKind,
        mark: Mark,
        sent: Vec<SentMark>,
        at: &Moment<'_>,
    ) {
        for sent in sent {
            if let Err(reason) = self.mark_message(kind, mark, &sent, at) {
                self.lost.push(Lost {
                    kind: LostKind::InboxMark,
                    name: sent.message_id.to_string(),
                    subject: kind,
                    identifiers: sent.target,
                    data: Data::new(),
                    reason,
                    received_at: at.now(),
                });
            }
        }
    }

    fn mark_message(
        &mut self,
        kind: SubjectKind,
        mark: Mark,
        sent: &SentMark,
        at: &Moment<'_>,
    ) -> Result<(), String> {
        let row = self
            .subject(kind, &sent.target)
            .map_err(|refused| lost_because(kind, refused))?;
        let inbox = self.inboxes.0.get_mut(&(kind, row));
        let message = inbox
            .into_iter()
            .flatten()
            .find(|message| message.id == sent.message_id)
            .ok_or_else(|| format!("no message of this {} has this id", kind.as_str()))?;
        if !message.is_there(at.now()) {
            return Err("the message is not yet due, or expired".to_owned());
        }
        let marked = match mark {
            Mark::Read => &mut message.read_at,
            Mark::Archived => &mut message.archived_at,
        };
        if marked.is_none() {
            *marked = Some(at.now());
            message.updated_at = at.later_than(message.updated_at);
        }
        Ok(())
    }
}

/// The platform's table of messages holds no other source.
fn known_source(text: &str) -> Result<InboxSource, &'static str> {
    word(text).ok_or("its source is none of `inbox`, `campaign`, `broadcast` and `journey`")
}

/// What a word of the contract, such as the name of a channel, stands for.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(text.into_deserializer())
        .map_err(|_: serde::de::value::Error| ())
        .ok()
}
