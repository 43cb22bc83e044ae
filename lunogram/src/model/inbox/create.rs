//! Messages to put into an inbox.

use super::{Channel, InboxSource, PRIORITIES, WRONG_PRIORITY};
use crate::encode::{Fragment, Writer, encoded_moment};
use crate::wire::SubjectKind;
use chrono::{DateTime, Utc};
use lunogram_core::values::OptionalMoment;
use lunogram_core::{Identifier, Identifiers, ToIdentifier, ToIdentifiers};
use lunogram_rules::{ProblemKind, Violation};
use serde::Serialize;
use uuid::Uuid;

/// A message to put into the inbox of a user or an organization, with
/// [`post_inbox_messages`](crate::Client::post_inbox_messages).
///
/// ```
/// use lunogram::inbox::{Channel, NewInboxMessage};
/// use serde_json::json;
/// use std::time::{Duration, SystemTime};
///
/// let message = NewInboxMessage::new("order_1042_shipped", Channel::Inbox)
///     .to("user_123")
///     .content(json!({"title": "On its way", "body": "Your order has left our warehouse."}))
///     .tags(["orders"])
///     .expires_at(SystemTime::now() + Duration::from_secs(14 * 24 * 3600));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a message does nothing until it is sent"]
pub struct NewInboxMessage {
    target: Option<Identifiers>,
    subject: SubjectKind,
    identifier: Identifier,
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
    /// A message in a channel; [`to`](Self::to) sets its recipient.
    ///
    /// `own_id` is the sender's own id for the message. Sending a message again with the same id,
    /// recipient and channel changes nothing, so that it is safe to retry until the message has
    /// certainly arrived.
    pub fn new(own_id: impl ToIdentifier, channel: Channel) -> Self {
        Self {
            target: None,
            subject: SubjectKind::User,
            identifier: own_id.into_identifier(),
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

    /// Sets the recipient, a user unless [`organization`](Self::organization) is called.
    pub fn to(mut self, recipient: impl ToIdentifiers) -> Self {
        self.target = Some(recipient.into_identifiers());
        self
    }

    /// The recipient is an organization.
    pub fn organization(mut self) -> Self {
        self.subject = SubjectKind::Organization;
        self
    }

    /// The kind of the recipient.
    pub(crate) fn subject(&self) -> SubjectKind {
        self.subject
    }

    /// The content to show, such as title and body: a map, or a struct with named fields.
    pub fn content(mut self, content: impl Serialize) -> Self {
        self.content = Fragment::optional_object(&content);
        self
    }

    /// Other data: a map, or a struct with named fields.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_object(&data);
        self
    }

    /// Adds tags, for [`InboxQuery::tags`](crate::inbox::InboxQuery::tags). A query cannot search
    /// for tags with a comma.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// The priority, 1 to 5. 3 by default.
    pub fn priority(mut self, priority: impl Into<Option<u8>>) -> Self {
        self.priority = priority.into();
        self
    }

    /// When the message appears in the inbox. By default, at once.
    pub fn scheduled_at(mut self, moment: impl OptionalMoment) -> Self {
        self.scheduled_at = encoded_moment(&moment);
        self
    }

    /// When the message disappears from the inbox. By default, never.
    pub fn expires_at(mut self, moment: impl OptionalMoment) -> Self {
        self.expires_at = encoded_moment(&moment);
        self
    }

    /// The sender identity, which [`Channel::Email`] and [`Channel::Sms`] require and the other
    /// channels must not have.
    pub fn sender_identity(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.sender_identity = id.into();
        self
    }

    /// The campaign that it belongs to.
    pub fn campaign(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.campaign = id.into();
        self
    }

    /// The broadcast that it belongs to.
    pub fn broadcast(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.broadcast = id.into();
        self
    }

    /// The kind of sending that it comes from, for
    /// [`InboxQuery::source`](crate::inbox::InboxQuery::source).
    pub fn source(mut self, source: impl Into<Option<InboxSource>>) -> Self {
        self.source = source.into();
        self
    }

    /// Writes the message as an item of a request.
    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"target\":");
        match &self.target {
            Some(target) => target.encode(writer),
            None => writer.report(Violation::fixed(
                ProblemKind::NoSubject,
                "the message has no recipient; set it with `.to(…)`",
            )),
        }
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
            writer.report_at_end(Violation::fixed(ProblemKind::Conflict,
                "not later than `scheduled_at`, so the message would never be visible; set a later moment, or leave it out",
            ));
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
                writer.report(Violation::fixed(
                    ProblemKind::Missing,
                    "missing; emails and text messages need the id of a sender identity",
                ));
            }
            (_, id) => {
                writer.property(KEY, id);
                if id.is_some() && !self.channel.has_sender() {
                    writer.report_at_end(Violation::fixed(
                        ProblemKind::Conflict,
                        "only emails and text messages have a sender identity; leave it out",
                    ));
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
