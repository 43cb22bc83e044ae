//! Messages to put into an inbox.

use super::{Channel, InboxSource, PRIORITIES, WRONG_PRIORITY};
use crate::encode::{Fragment, Writer};
use crate::typed::{ExternalId, Identifiers, MomentField, encoded_moment};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A message to put into the inbox of a user, with
/// [`post_user_inbox_messages`](crate::Client::post_user_inbox_messages), or of an organization,
/// with [`post_organization_inbox_messages`](crate::Client::post_organization_inbox_messages).
///
/// ```
/// use lunogram::{Channel, NewInboxMessage};
/// use serde_json::json;
/// use std::time::{Duration, SystemTime};
///
/// let message = NewInboxMessage::to("user_123", Channel::Inbox, "order_1042_shipped")
///     .content(json!({"title": "On its way", "body": "Your order has left our warehouse."}))
///     .tags(["orders"])
///     .expires_at(SystemTime::now() + Duration::from_secs(14 * 24 * 3600));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a message does nothing until it is sent"]
pub struct NewInboxMessage {
    target: Identifiers,
    identifier: ExternalId,
    channel: Channel,
    sender_identity: Option<Uuid>,
    campaign: Option<Uuid>,
    broadcast: Option<Uuid>,
    content: Option<Fragment>,
    data: Option<Fragment>,
    tags: Vec<String>,
    priority: Option<u8>,
    source: Option<InboxSource>,
    /// Encoded at once, so that the message has one type for every kind of moment.
    scheduled_at: Option<Fragment>,
    expires_at: Option<Fragment>,
}

impl NewInboxMessage {
    /// A message to the user or organization with these identifiers.
    ///
    /// `identifier` is the sender's own id for the message. Sending a message again with the same
    /// id, recipient and channel changes nothing, so that it is safe to retry until the message has
    /// certainly arrived.
    pub fn to(
        recipient: impl Into<Identifiers>,
        channel: Channel,
        identifier: impl Into<ExternalId>,
    ) -> Self {
        Self {
            target: recipient.into(),
            identifier: identifier.into(),
            channel,
            sender_identity: None,
            campaign: None,
            broadcast: None,
            content: None,
            data: None,
            tags: Vec::new(),
            priority: None,
            source: None,
            scheduled_at: None,
            expires_at: None,
        }
    }

    /// The content to show, such as title and body: a map, or a struct with named fields.
    pub fn content(mut self, content: impl Serialize) -> Self {
        self.content = Some(Fragment::object(&content));
        self
    }

    /// Other data: a map, or a struct with named fields.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Some(Fragment::object(&data));
        self
    }

    /// Adds tags, for [`InboxQuery::tags`](crate::InboxQuery::tags). A query cannot search for tags
    /// with a comma.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// The priority, 1 to 5. 3 by default.
    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = Some(priority);
        self
    }

    /// When the message appears in the inbox. By default, at once.
    pub fn scheduled_at(mut self, moment: impl MomentField) -> Self {
        self.scheduled_at = encoded_moment(&moment);
        self
    }

    /// When the message disappears from the inbox. By default, never.
    pub fn expires_at(mut self, moment: impl MomentField) -> Self {
        self.expires_at = encoded_moment(&moment);
        self
    }

    /// The sender identity, which [`Channel::Email`] and [`Channel::Sms`] require and the other
    /// channels must not have.
    pub fn sender_identity(mut self, id: Uuid) -> Self {
        self.sender_identity = Some(id);
        self
    }

    /// The campaign that it belongs to.
    pub fn campaign(mut self, id: Uuid) -> Self {
        self.campaign = Some(id);
        self
    }

    /// The broadcast that it belongs to.
    pub fn broadcast(mut self, id: Uuid) -> Self {
        self.broadcast = Some(id);
        self
    }

    /// The kind of sending that it comes from, for
    /// [`InboxQuery::source`](crate::InboxQuery::source).
    pub fn source(mut self, source: InboxSource) -> Self {
        self.source = Some(source);
        self
    }

    /// Writes the message as an item of a request.
    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"target\":");
        self.target.encode(writer);
        writer.literal(",\"identifier\":");
        self.identifier.encode(writer);
        writer.literal(",\"channel\":");
        writer.string(self.channel.as_str());
        self.encode_sender(writer);
        writer.property(",\"campaign_id\":", &self.campaign);
        writer.property(",\"broadcast_id\":", &self.broadcast);
        writer.optional_fragment(",\"content\":", self.content.as_ref());
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        if !self.tags.is_empty() {
            writer.property(",\"tags\":", &self.tags);
        }
        writer.property(",\"priority\":", &self.priority);
        if self
            .priority
            .is_some_and(|priority| !PRIORITIES.contains(&priority))
        {
            writer.report_at_end(WRONG_PRIORITY);
        }
        writer.property(",\"source\":", &self.source.map(InboxSource::as_str));
        writer.optional_fragment(",\"scheduled_at\":", self.scheduled_at.as_ref());
        writer.optional_fragment(",\"expires_at\":", self.expires_at.as_ref());
        if self.is_never_visible() {
            writer.report_at_end(
                "not later than `scheduled_at`, so the message would never be visible; set a later moment, or leave it out",
            );
        }
        writer.literal("}");
    }

    /// The server accepts a message whose sender identity does not fit its channel, but then fails
    /// to store it.
    fn encode_sender(&self, writer: &mut Writer<'_>) {
        const KEY: &str = ",\"sender_identity_id\":";
        match (self.channel.has_sender(), &self.sender_identity) {
            (true, None) => {
                writer.literal(KEY);
                writer.report("missing; emails and text messages need the id of a sender identity");
            }
            (_, id) => {
                writer.property(KEY, id);
                if id.is_some() && !self.channel.has_sender() {
                    writer.report_at_end(
                        "only emails and text messages have a sender identity; leave it out",
                    );
                }
            }
        }
    }

    fn is_never_visible(&self) -> bool {
        let moment = |fragment: &Option<Fragment>| -> Option<DateTime<Utc>> {
            serde_json::from_slice(fragment.as_ref()?.json()).ok()
        };
        match (moment(&self.scheduled_at), moment(&self.expires_at)) {
            (Some(scheduled), Some(expires)) => expires <= scheduled,
            _ => false,
        }
    }
}
