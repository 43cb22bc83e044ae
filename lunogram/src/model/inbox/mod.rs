//! The inbox of a user or an organization: messages to create, messages to read, and queries.

mod create;
mod message;
mod query;

pub use create::NewInboxMessage;
pub use message::{InboxCount, InboxMessage, InboxPage};
pub use query::InboxQuery;
pub(crate) use query::{DEFAULT_PAGE, LARGEST_PAGE, Parameters, inbox_parameters};

use chrono::{DateTime, Utc};
use lunogram_rules::{ProblemKind, Violation};
use serde::{Deserialize, Serialize};

/// The most messages, or marks of messages, in one request.
pub(crate) const LARGEST_BATCH: usize = 100;

/// The valid priorities.
pub(crate) const PRIORITIES: std::ops::RangeInclusive<u8> = 1..=5;

/// The message for a priority outside of [`PRIORITIES`].
const WRONG_PRIORITY: Violation = Violation::fixed(
    ProblemKind::OutOfRange,
    "the priority is not within 1 to 5; leave it out for the default, 3",
);

/// The channel by which a message reaches its recipient.
///
/// ```
/// use lunogram::inbox::{Channel, NewInboxMessage};
/// use uuid::Uuid;
///
/// let shown = NewInboxMessage::new("welcome_123", Channel::Inbox).to("user_123");
/// # let sender = Uuid::from_u128(7);
/// let mailed = NewInboxMessage::new("invoice_2026_11", Channel::Email).to("user_123")
///     .sender_identity(sender);
/// assert_eq!(Channel::Email.as_str(), "email");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// An inbox within the application, which reads the messages from the server.
    Inbox,
    /// Email, from a sender identity.
    Email,
    /// A text message, from a sender identity.
    Sms,
    /// A push message to the recipient's devices.
    Push,
}

impl Channel {
    /// Its name in the API: `inbox`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
        }
    }

    /// Whether messages need a sender identity. Those of the other channels must not have one.
    pub(crate) fn has_sender(self) -> bool {
        match self {
            Self::Email | Self::Sms => true,
            Self::Inbox | Self::Push => false,
        }
    }
}

/// Whether the recipient has read or archived a message.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery, InboxStatus};
///
/// let archived = InboxQuery::new(Channel::Inbox).status(InboxStatus::Archived);
/// assert_eq!(InboxStatus::Archived.as_str(), "archived");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum InboxStatus {
    /// Neither read nor archived.
    Unread,
    /// Read, and not archived.
    Read,
    /// Archived, whether it was read or not.
    Archived,
}

impl InboxStatus {
    /// The status of a message that was read and archived at these times.
    pub(crate) fn of(read_at: Option<DateTime<Utc>>, archived_at: Option<DateTime<Utc>>) -> Self {
        match (archived_at, read_at) {
            (Some(_), _) => Self::Archived,
            (None, Some(_)) => Self::Read,
            (None, None) => Self::Unread,
        }
    }

    /// Its name in the API: `unread`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Archived => "archived",
        }
    }
}

/// The kind of sending that a message comes from. The server accepts no other kinds.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery, InboxSource};
///
/// let of_campaigns = InboxQuery::new(Channel::Inbox).source(InboxSource::Campaign);
/// assert_eq!(InboxSource::Campaign.as_str(), "campaign");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum InboxSource {
    /// A single message that belongs to no campaign, broadcast or journey.
    Inbox,
    /// A campaign.
    Campaign,
    /// A broadcast.
    Broadcast,
    /// A journey.
    Journey,
}

impl InboxSource {
    /// Its name in the API: `campaign`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Campaign => "campaign",
            Self::Broadcast => "broadcast",
            Self::Journey => "journey",
        }
    }
}
