//! Requests and responses of the API, one file per concept.

mod device;
mod event;
mod inbox;
mod membership;
mod name_rule;
mod organization;
mod own;
mod response;
mod schedule;
mod session;
mod user;
mod vapid;

pub use device::{Device, WebPush};
pub use event::Event;
pub use inbox::{
    Channel, InboxCount, InboxMessage, InboxPage, InboxQuery, InboxSource, InboxStatus,
    NewInboxMessage,
};
pub(crate) use inbox::{LARGEST_PAGE, Parameters, inbox_parameters};
pub use membership::{Member, Membership};
pub use organization::{Organization, UpsertOrganizationRequest};
pub use own::{OwnSchedule, OwnScheduleKey, OwnTraits};
pub use response::StoredIdentifier;
pub use schedule::{ScheduleRequest, ScheduledAccepted};
pub use session::SessionToken;
pub use user::{UpsertUserRequest, User};
pub use vapid::VapidPublicKey;
