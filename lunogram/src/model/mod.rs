//! The wire's types, both ways, one file a concept.

mod answer;
mod device;
mod event;
mod identifier;
mod inbox;
mod moment;
mod organization;
mod schedule;
mod session;
mod spelling;
mod user;
mod vapid;

pub use answer::Identifier;
pub use device::{Device, WebPush};
pub use event::Event;
pub use identifier::{ExternalId, Identifiers};
pub use inbox::{
    Channel, InboxCount, InboxMessage, InboxPage, InboxQuery, InboxSource, InboxStatus,
    NewInboxMessage,
};
pub(crate) use inbox::{LARGEST_PAGE, counting};
pub use organization::{Organization, UpsertOrganizationRequest};
pub use schedule::{ScheduledAccepted, UpsertScheduleRequest};
pub use session::SessionToken;
pub use user::{UpsertUserRequest, User};
pub use vapid::VapidPublicKey;
