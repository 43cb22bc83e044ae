//! Changes to inboxes: new messages, and read and archived marks.

use super::StoredInboxMessage;
use crate::model::{Channel, InboxSource};
use crate::testing::store::columns::{self, Unstorable};
use crate::testing::store::events::loss_reason;
use crate::testing::store::subjects::RowId;
use crate::testing::store::{Context, Data, Lost, LostKind, SentIdentifier, Store};
use crate::wire::SubjectKind;
use chrono::{DateTime, Utc};
use lunogram_rules::column;
use serde::de::{DeserializeOwned, IntoDeserializer};
use uuid::Uuid;

/// The priority of a message without one.
const DEFAULT_PRIORITY: u8 = 3;

/// One message of a request, parsed.
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

impl SentInboxMessage {
    fn check_columns(&self) -> Result<(), Unstorable> {
        let Self { identifier, .. } = self;
        columns::text("identifier.source", &identifier.source, column::SOURCE)?;
        let id = &identifier.external_id;
        columns::text("identifier.external_id", id, column::EXTERNAL_ID)?;
        columns::json("identifier.metadata", &identifier.metadata)?;
        for (path, data) in [("content", &self.content), ("data", &self.data)] {
            data.as_ref()
                .map_or(Ok(()), |data| columns::json(path, data))?;
        }
        self.tags
            .iter()
            .try_for_each(|tag| columns::unlimited("tags", tag))
    }
}

/// The message to mark, and the identifiers of its subject.
#[derive(Clone, Debug)]
pub(crate) struct SentMark {
    pub(crate) target: Vec<SentIdentifier>,
    pub(crate) message_id: Uuid,
}

/// The mark to set on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Read,
    Archived,
}

impl Store {
    /// Accepts messages. The platform checks them after it has answered, so a message that it
    /// cannot store is lost.
    pub(crate) fn post_inbox(
        &mut self,
        kind: SubjectKind,
        messages: Vec<SentInboxMessage>,
        context: &mut Context<'_>,
    ) {
        for message in messages {
            self.post_message(kind, message, context);
        }
    }

    fn post_message(
        &mut self,
        kind: SubjectKind,
        sent: SentInboxMessage,
        context: &mut Context<'_>,
    ) {
        let (row, source) = match self.placement(kind, &sent) {
            Ok(placement) => placement,
            Err(reason) => {
                self.lost.push(Lost {
                    kind: LostKind::InboxMessage,
                    name: sent.identifier.external_id,
                    subject: kind,
                    identifiers: sent.target,
                    data: sent.data.unwrap_or_default(),
                    reason,
                    received_at: context.now(),
                });
                return;
            }
        };
        let subject_id = self.id_of(row).unwrap_or_default();
        let inbox = self.inboxes.get_mut(row);
        let is_duplicate = inbox.iter().any(|stored| {
            stored.channel == sent.channel
                && stored.identifier.source == sent.identifier.source
                && stored.identifier.external_id == sent.identifier.external_id
        });
        if is_duplicate {
            return;
        }
        inbox.push(StoredInboxMessage {
            id: context.new_id(),
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
            scheduled_at: sent.scheduled_at.unwrap_or(context.now()),
            expires_at: sent.expires_at,
            read_at: None,
            archived_at: None,
            created_at: context.now(),
            updated_at: context.now(),
        });
    }

    /// The row of the subject and the source of a message, or the reason why the message is lost.
    fn placement(
        &self,
        kind: SubjectKind,
        sent: &SentInboxMessage,
    ) -> Result<(RowId, Option<InboxSource>), String> {
        let row = self
            .find(kind, &sent.target)
            .map_err(|error| loss_reason(kind, error))?;
        sent.check_columns().map_err(Unstorable::into_reason)?;
        let source = sent.source.as_deref().map(source).transpose()?;
        if sent.channel.has_sender() != sent.sender_identity_id.is_some() {
            let reason = "emails and text messages need a sender identity, and other channels do not allow one";
            return Err(reason.to_owned());
        }
        Ok((row, source))
    }

    /// Marks messages. The first mark of a kind stays, and a mark on a message that is not in the
    /// inbox is lost.
    pub(crate) fn mark_inbox(
        &mut self,
        kind: SubjectKind,
        mark: Mark,
        sent: Vec<SentMark>,
        context: &Context<'_>,
    ) {
        for sent in sent {
            if let Err(reason) = self.mark_message(kind, mark, &sent, context) {
                self.lost.push(Lost {
                    kind: LostKind::InboxMark,
                    name: sent.message_id.to_string(),
                    subject: kind,
                    identifiers: sent.target,
                    data: Data::new(),
                    reason,
                    received_at: context.now(),
                });
            }
        }
    }

    fn mark_message(
        &mut self,
        kind: SubjectKind,
        mark: Mark,
        sent: &SentMark,
        context: &Context<'_>,
    ) -> Result<(), String> {
        let row = self
            .find(kind, &sent.target)
            .map_err(|error| loss_reason(kind, error))?;
        let inbox = self.inboxes.get_mut(row);
        let message = inbox
            .iter_mut()
            .find(|message| message.id == sent.message_id)
            .ok_or_else(|| format!("no message of this {} has this id", kind.as_str()))?;
        if !message.is_visible(context.now()) {
            return Err("the message is not due yet or has expired".to_owned());
        }
        let marked = match mark {
            Mark::Read => &mut message.read_at,
            Mark::Archived => &mut message.archived_at,
        };
        if marked.is_none() {
            *marked = Some(context.now());
            message.updated_at = context.later_than(message.updated_at);
        }
        Ok(())
    }
}

/// Parses a source. The platform's table of messages accepts no other values.
fn source(text: &str) -> Result<InboxSource, &'static str> {
    enum_value(text).ok_or("the source must be `inbox`, `campaign`, `broadcast` or `journey`")
}

/// Parses a value that the contract enumerates, such as the name of a channel.
pub(crate) fn enum_value<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(text.into_deserializer())
        .map_err(|_: serde::de::value::Error| ())
        .ok()
}
